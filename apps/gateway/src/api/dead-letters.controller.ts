import { DeadLetterActionDto, DeadLetterDto, DeadLettersDto, DeadLettersQueryDto } from '@analytics/dto';
import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { boundTo, type Caller } from '../access/caller.js';
import { Needs, WhoAsks } from '../access/needs.decorator.js';
import { DeadLetterActions } from '../dead-letters/dead-letter-actions.service.js';
import { DeadLetters } from '../dead-letters/dead-letters.service.js';
import { ApiAction, ApiAnswer, ApiLetterId } from '../http/api-answer.decorator.js';
import { QueryAnswers } from '../queries/query-answers.service.js';
import { LetterIdPipe } from '../queries/letter-id.pipe.js';

@ApiTags('dead letters')
@Controller('api/v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly answers: QueryAnswers,
    private readonly letters: DeadLetters,
    private readonly actions: DeadLetterActions,
  ) {}

  @Get()
  @ApiAnswer({ summary: 'What could not be stored, why, and what became of it', type: DeadLettersDto })
  list(@Query() params: DeadLettersQueryDto): Promise<DeadLettersDto> {
    return this.answers.ask('dead-letters', params);
  }

  @Get(':id')
  @Needs('read', 'caller')
  @ApiLetterId()
  @ApiAnswer({ summary: 'One dead letter with its whole payload', type: DeadLetterDto })
  letter(@Param('id', LetterIdPipe) id: number, @WhoAsks() caller: Caller): Promise<DeadLetterDto> {
    return this.letters.get(id, boundTo(caller));
  }

  @Post(':id/replay')
  @Needs('admin', 'caller')
  @ApiLetterId()
  @ApiAction({
    summary: 'Store a dead letter after all',
    description: 'It is validated again and keeps its ids. Safe to repeat: it is stored once.',
    type: DeadLetterActionDto,
  })
  replay(@Param('id', LetterIdPipe) id: number, @WhoAsks() caller: Caller): Promise<DeadLetterActionDto> {
    return this.settle(id, 'replay', caller);
  }

  @Post(':id/discard')
  @Needs('admin', 'caller')
  @ApiLetterId()
  @ApiAction({
    summary: 'Give a dead letter up',
    description: 'It stays readable and counted as dead. Safe to repeat.',
    type: DeadLetterActionDto,
  })
  discard(@Param('id', LetterIdPipe) id: number, @WhoAsks() caller: Caller): Promise<DeadLetterActionDto> {
    return this.settle(id, 'discard', caller);
  }

  /** The consumer knows nobody, so that the letter is the caller's to settle is checked here. */
  private async settle(id: number, action: 'replay' | 'discard', caller: Caller): Promise<DeadLetterActionDto> {
    if (boundTo(caller) !== null) await this.letters.get(id, boundTo(caller));
    return this.actions.perform(id, action);
  }
}
