import { ExportQuestionDto } from '@analytics/dto';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiAnswer, ApiProblem } from '../http/api-answer.decorator.js';
import { EventExport } from '../queries/event-export.service.js';

@ApiTags('questions')
@Controller('api/v1')
export class ExportController {
  constructor(private readonly exports: EventExport) {}

  @Get('export')
  @ApiAnswer({
    summary: 'The events themselves, as a file',
    description:
      'Newest first, of one snapshot; at most 1,000,000 events unless EXPORT_MAX_ROWS says otherwise. `x-row-count` tells how many rows there are before the first one, and the last ' +
      'line of NDJSON is `{"_manifest":{"rows":…,"complete":true}}`. An export that fails on its way ends with a broken connection. In CSV, a ' +
      'text that begins with = + - @, a tab or a carriage return has an apostrophe before it, numbers have none; nothing at all is a value that ' +
      'is absent, and `""` an empty text.',
    type: String,
  })
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiProblem(429, '4 exports are running already, and no more are allowed; try again when one of them has ended')
  export(@Query() params: ExportQuestionDto, @Res() response: Response): Promise<void> {
    return this.exports.send(params, response);
  }
}
