import type {
  EventAnswerDto,
  EventQuestionDto,
  EventsAnswerDto,
  EventsQuestionDto,
  UserAnswerDto,
  UserQuestionDto,
  ValuesAnswerDto,
  ValuesQuestionDto,
} from '@analytics/dto';
import { LOOK_BACK_DAYS, type EventSet, type FilterCondition } from '@analytics/timescale';
import { Injectable, NotFoundException } from '@nestjs/common';
import { StoredData } from '../stored-data.service.js';
import { readCursor, writeCursor, type EventCursor } from './event-cursor.js';
import { EventSetAnswers } from './event-set-answers.service.js';
import { narrowed } from './event-set.js';
import { QueryAnswers } from './query-answers.service.js';

/** Answers questions for single events: lists, one by its id, a user's timeline, values for pickers. */
@Injectable()
export class EventAnswers {
  constructor(
    private readonly stored: StoredData,
    private readonly answers: QueryAnswers,
    private readonly sets: EventSetAnswers,
  ) {}

  events(params: EventsQuestionDto): Promise<EventsAnswerDto> {
    const cursor = params.cursor == null ? undefined : readCursor('events', params, params.cursor);
    return this.sets.answer<EventsAnswerDto>('events', params, (set) => this.page('events', params, set, cursor), cursor?.range);
  }

  /** @throws {NotFoundException} telling where it was looked for. */
  async event(eventId: string, { project, time }: EventQuestionDto): Promise<EventAnswerDto> {
    await this.answers.requireProject(project);
    const now = Date.now();
    const at = time == null ? undefined : new Date(time);
    const event = await this.answers.timed('event', () => this.stored.events.find(project, eventId, at, now));
    if (event) return { asOf: new Date(now).toISOString(), event };
    const where = at
      ? `at ${at.toISOString()}`
      : `within an hour of the time in its id (version 7), nor in the newest ${LOOK_BACK_DAYS} days; give its timestamp as time to find an older one`;
    throw new NotFoundException([`event ${eventId} is not stored in project ${project} ${where}`]);
  }

  user(user: string, params: UserQuestionDto): Promise<UserAnswerDto> {
    const route = `users/${user}`;
    const cursor = params.cursor == null ? undefined : readCursor(route, params, params.cursor);
    return this.sets.answer<UserAnswerDto>(
      'user',
      params,
      async (set) => {
        const theirs = narrowed(set, { field: 'user', op: 'is', value: user });
        const [page, summary] = await Promise.all([this.page(route, params, theirs, cursor), this.stored.events.summary(theirs)]);
        const { firstSeen, lastSeen, events, sessions } = summary;
        return {
          user,
          firstSeen: firstSeen?.toISOString() ?? null,
          lastSeen: lastSeen?.toISOString() ?? null,
          totalEvents: events,
          totalSessions: sessions,
          ...page,
        };
      },
      cursor?.range,
    );
  }

  values(params: ValuesQuestionDto): Promise<ValuesAnswerDto> {
    const { field, search, limit } = params;
    return this.sets.answer<ValuesAnswerDto>('values', params, async (set) => {
      const containing: FilterCondition | undefined = search ? { field, op: 'contains', value: search } : undefined;
      const { data } = await this.stored.metrics.breakdown({
        ...(containing ? narrowed(set, containing) : set),
        metrics: [{ name: 'events' }],
        by: [field],
        limit,
        offset: 0,
        includeMissing: false,
      });
      const values = data.rows.map((row) => ({ value: row.values[0]!, events: row.metrics[0]! }));
      return { field, values, distinctValues: data.distinctValues };
    });
  }

  private async page(
    route: string,
    params: EventsQuestionDto,
    set: EventSet,
    cursor: EventCursor | undefined,
  ): Promise<Pick<EventsAnswerDto, 'events' | 'nextCursor'>> {
    // One more than asked for tells whether there is a next page.
    const found = await this.stored.events.page({ ...set, limit: params.limit + 1, after: cursor?.place });
    const events = found.slice(0, params.limit);
    const last = events.at(-1);
    if (!last || found.length === events.length) return { events, nextCursor: null };
    const place = { time: new Date(last.timestamp), eventId: last.eventId };
    return { events, nextCursor: writeCursor(route, params, { range: set.range, place }) };
  }
}
