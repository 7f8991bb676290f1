import { FunnelAnswerDto, FunnelQuestionDto, PathsAnswerDto, PathsQuestionDto, RetentionAnswerDto, RetentionQuestionDto } from '@analytics/dto';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.decorator.js';
import { ApiAnswer } from '../http/api-answer.decorator.js';
import { ClientGone } from '../http/client-gone.decorator.js';
import { JourneyAnswers } from '../queries/journey-answers.service.js';

@ApiTags('questions')
@Controller('api/v1')
@Needs('view')
export class JourneysController {
  constructor(private readonly answers: JourneyAnswers) {}

  @Get('funnel')
  @ApiAnswer({ summary: 'How far users or sessions get on a way of steps', type: FunnelAnswerDto })
  funnel(@Query() params: FunnelQuestionDto, @ClientGone() gone: AbortSignal): Promise<FunnelAnswerDto> {
    return this.answers.funnel(params, gone);
  }

  @Get('retention')
  @ApiAnswer({
    summary: 'Who comes back, by the day or week of the first time',
    description: 'Both the first time and returns are looked for in the range alone; at most 100 days or weeks.',
    type: RetentionAnswerDto,
  })
  retention(@Query() params: RetentionQuestionDto, @ClientGone() gone: AbortSignal): Promise<RetentionAnswerDto> {
    return this.answers.retention(params, gone);
  }

  @Get('paths')
  @ApiAnswer({
    summary: 'Which pages sessions view after a page, or before it',
    description:
      'Views are events of type `page_view` with a session; a page that is viewed again without another one in between counts once. Each session ' +
      'goes one way, from its first view of the anchor in the range.',
    type: PathsAnswerDto,
  })
  paths(@Query() params: PathsQuestionDto, @ClientGone() gone: AbortSignal): Promise<PathsAnswerDto> {
    return this.answers.paths(params, gone);
  }
}
