import { ProjectQueryDto, SeriesDto, SummaryDto, TimeseriesQueryDto, TopDto, TopQueryDto } from '@analytics/dto';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/api-answer.decorator.js';
import { QueryAnswers } from '../queries/query-answers.service.js';

@ApiTags('metrics')
@Controller('api/v1/metrics')
export class MetricsController {
  constructor(private readonly answers: QueryAnswers) {}

  @Get('summary')
  @ApiAnswer({ summary: 'The last hour, compared with the hour before', type: SummaryDto })
  summary(@Query() params: ProjectQueryDto): Promise<SummaryDto> {
    return this.answers.ask('metrics/summary', params);
  }

  @Get('realtime')
  @ApiAnswer({ summary: 'The last 5 minutes in buckets of 10 seconds, by type', type: SeriesDto })
  realtime(@Query() params: ProjectQueryDto): Promise<SeriesDto> {
    return this.answers.ask('metrics/realtime', params);
  }

  @Get('hourly')
  @ApiAnswer({ summary: 'The last 24 hours in buckets of an hour, by type', type: SeriesDto })
  hourly(@Query() params: ProjectQueryDto): Promise<SeriesDto> {
    return this.answers.ask('metrics/hourly', params);
  }

  @Get('timeseries')
  @ApiAnswer({
    summary: 'Events over any range',
    description: 'Buckets are aligned to their width in UTC, so the first may begin before `from` and the last end after `to`.',
    type: SeriesDto,
  })
  timeseries(@Query() params: TimeseriesQueryDto): Promise<SeriesDto> {
    return this.answers.ask('metrics/timeseries', params);
  }

  @Get('top')
  @ApiAnswer({
    summary: 'The most frequent pages, endpoints, errors and more',
    description: 'Counted from every event of the range, in whole minutes. Endpoints come with the quantiles of their duration.',
    type: TopDto,
  })
  top(@Query() params: TopQueryDto): Promise<TopDto> {
    return this.answers.ask('metrics/top', params);
  }
}
