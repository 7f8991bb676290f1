import { RecentEventsDto, RecentQueryDto } from '@analytics/dto';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/api-answer.decorator.js';
import { QueryAnswers } from '../queries/query-answers.service.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly answers: QueryAnswers) {}

  @Get('recent')
  @ApiAnswer({ summary: 'The newest stored events', type: RecentEventsDto })
  recent(@Query() params: RecentQueryDto): Promise<RecentEventsDto> {
    return this.answers.ask('events/recent', params);
  }
}
