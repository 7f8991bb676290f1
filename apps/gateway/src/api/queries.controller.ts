import {
  BreakdownAnswerDto,
  BreakdownQuestionDto,
  HeatmapAnswerDto,
  HeatmapQuestionDto,
  TimeseriesAnswerDto,
  TimeseriesQuestionDto,
  TotalsAnswerDto,
  TotalsQuestionDto,
} from '@analytics/dto';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.decorator.js';
import { ApiAnswer } from '../http/api-answer.decorator.js';
import { QuestionAnswers } from '../queries/question-answers.service.js';

@ApiTags('questions')
@Controller('api/v1')
@Needs('view')
export class QueriesController {
  constructor(private readonly answers: QuestionAnswers) {}

  @Get('totals')
  @ApiAnswer({ summary: 'Metrics of any events of any time', type: TotalsAnswerDto })
  totals(@Query() params: TotalsQuestionDto): Promise<TotalsAnswerDto> {
    return this.answers.totals(params);
  }

  @Get('timeseries')
  @ApiAnswer({
    summary: 'Metrics over time',
    description: 'Buckets follow the clocks of the zone; the first and the last one are cut to the range.',
    type: TimeseriesAnswerDto,
  })
  timeseries(@Query() params: TimeseriesQuestionDto): Promise<TimeseriesAnswerDto> {
    return this.answers.timeseries(params);
  }

  @Get('breakdown')
  @ApiAnswer({
    summary: 'Metrics of each value of a field, or of each pair of values of two',
    description: 'What is not listed is measured together as `other`: distinct users of it are counted, not added up.',
    type: BreakdownAnswerDto,
  })
  breakdown(@Query() params: BreakdownQuestionDto): Promise<BreakdownAnswerDto> {
    return this.answers.breakdown(params);
  }

  @Get('heatmap')
  @ApiAnswer({ summary: 'Metrics of each hour of the week, by the clocks of the zone', type: HeatmapAnswerDto })
  heatmap(@Query() params: HeatmapQuestionDto): Promise<HeatmapAnswerDto> {
    return this.answers.heatmap(params);
  }
}
