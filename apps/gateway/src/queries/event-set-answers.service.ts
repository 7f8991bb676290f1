import type { EventSetAnswerDto, EventSetDto } from '@analytics/dto';
import type { TimeRange } from '@analytics/timescale';
import { Injectable } from '@nestjs/common';
import { Completeness } from '../pipeline/completeness.service.js';
import { resolveEventSet, type ResolvedEventSet } from './event-set.js';
import { QueryAnswers } from './query-answers.service.js';

/** What an answer holds beyond what all of them say of themselves, and where it was read, unless that was the events. */
type Data<A extends EventSetAnswerDto> = Omit<A, keyof EventSetAnswerDto> & Partial<Pick<EventSetAnswerDto, 'source' | 'explain'>>;

/** The frame of every answer about a set of events: what was asked, how far it reaches, how long it took. */
@Injectable()
export class EventSetAnswers {
  constructor(
    private readonly answers: QueryAnswers,
    private readonly completeness: Completeness,
  ) {}

  /**
   * @param given the range, where it is known from a page before.
   * @throws {NotFoundException} when there is no such project.
   * @throws {BadRequestException} when parameters do not fit together.
   */
  async answer<A extends EventSetAnswerDto>(
    name: string,
    params: EventSetDto,
    read: (set: ResolvedEventSet, now: number) => Promise<Data<A>>,
    given?: TimeRange,
  ): Promise<A> {
    await this.answers.requireProject(params.project);
    const now = Date.now();
    const { echo, ...set } = resolveEventSet(params, now, given);
    // Before the events are read: what is stored in between may be in the answer, and what is told to be stored must be.
    const completeness = this.completeness.of(params.project, now);
    const data = await this.answers.timed(name, () => read({ ...set, echo }, now));
    const frame = { query: echo, source: 'raw' as const, exact: true, asOf: new Date(now).toISOString(), ...completeness };
    return { ...frame, ...data } as unknown as A;
  }
}
