import {
  EventAnswerDto,
  EventQuestionDto,
  EventsAnswerDto,
  EventsQuestionDto,
  UserAnswerDto,
  UserQuestionDto,
  ValuesAnswerDto,
  ValuesQuestionDto,
} from '@analytics/dto';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/api-answer.decorator.js';
import { EventAnswers } from '../queries/event-answers.service.js';
import { EventIdPipe, UserIdPipe } from '../queries/path-ids.pipe.js';

@ApiTags('questions')
@Controller('api/v1')
export class EventListsController {
  constructor(private readonly answers: EventAnswers) {}

  @Get('events')
  @ApiAnswer({ summary: 'The events themselves, page by page', type: EventsAnswerDto })
  events(@Query() params: EventsQuestionDto): Promise<EventsAnswerDto> {
    return this.answers.events(params);
  }

  @Get('events/:id')
  @ApiAnswer({ summary: 'One event', type: EventAnswerDto })
  @ApiParam({ name: 'id', format: 'uuid', description: 'Id of an event', example: '0190f3a2-0000-7000-8000-00000000abcd' })
  event(@Param('id', EventIdPipe) id: string, @Query() params: EventQuestionDto): Promise<EventAnswerDto> {
    return this.answers.event(id, params);
  }

  @Get('users/:id')
  @ApiAnswer({ summary: "A user's events, page by page, and what they amount to in the range", type: UserAnswerDto })
  @ApiParam({ name: 'id', description: 'Id of a user, percent-encoded', example: 'user_042' })
  user(@Param('id', UserIdPipe) id: string, @Query() params: UserQuestionDto): Promise<UserAnswerDto> {
    return this.answers.user(id, params);
  }

  @Get('values')
  @ApiAnswer({ summary: 'Values of a field with their events, to pick from', type: ValuesAnswerDto })
  values(@Query() params: ValuesQuestionDto): Promise<ValuesAnswerDto> {
    return this.answers.values(params);
  }
}
