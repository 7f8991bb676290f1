import type { Pool } from 'pg';
import { inTransaction, queryRows } from '../postgres-pool.js';
import { EVENT_COLUMNS, storedEvent, type EventRow, type StoredEvent } from '../readers/stored-event.js';
import { lookUpRanges } from './event-lookup.js';
import { eventSetSql, type EventSet } from './event-set.js';
import { SNAPSHOT } from './metrics.reader.js';
import { SqlParameters } from './sql-parameters.js';

/** Where a page of events ends: its last event, in the order of (time, event_id). */
export interface EventPlace {
  time: Date;
  eventId: string;
}

export interface EventPageQuestion extends EventSet {
  /** Events at most. */
  limit: number;
  /** Only events before this one; default: from the newest. */
  after?: EventPlace | undefined;
}

/** What a user, or any other set of events, amounts to. */
export interface EventSetSummary {
  /** Time of the first and the last event; null without any. */
  firstSeen: Date | null;
  lastSeen: Date | null;
  events: number;
  /** Distinct `session_id`s; events without one do not count. */
  sessions: number;
}

/** Lists single events. */
export class EventsReader {
  constructor(private readonly pool: Pool) {}

  /** Events in the order of (time, event_id), newest first. Each page is of the moment it is read. */
  async page(question: EventPageQuestion): Promise<StoredEvent[]> {
    const parameters = new SqlParameters(question);
    const { limit, after } = question;
    const matching = eventSetSql(question, parameters);
    const before = after ? `AND (time, event_id) < (${parameters.add(after.time, 'timestamptz')}, ${parameters.add(after.eventId, 'uuid')})` : '';
    const rows = await queryRows<EventRow>(
      this.pool,
      `SELECT ${EVENT_COLUMNS} FROM events WHERE ${matching} ${before} ORDER BY time DESC, event_id DESC LIMIT ${parameters.add(limit, 'int')}`,
      parameters.values,
    );
    return rows.map(storedEvent);
  }

  /** What all events of the set amount to. */
  async summary(question: EventSet): Promise<EventSetSummary> {
    const parameters = new SqlParameters(question);
    const [row] = await queryRows<{ first: Date | null; last: Date | null; events: number; sessions: number }>(
      this.pool,
      `SELECT min(time) AS first, max(time) AS last, count(*) AS events, count(DISTINCT session_id) AS sessions
         FROM events WHERE ${eventSetSql(question, parameters)}`,
      parameters.values,
    );
    const { first, last, events, sessions } = row!;
    return { firstSeen: first, lastSeen: last, events, sessions };
  }

  /**
   * One event by its id, which has no index of its own: it is looked for where {@link lookUpRanges} says.
   * @param time of the event, where it is known; then it is read by index.
   * @param now ms since 1970.
   */
  async find(projectId: string, eventId: string, time: Date | undefined, now: number): Promise<StoredEvent | undefined> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      for (const { from, to } of lookUpRanges(eventId, time, now)) {
        const [row] = await queryRows<EventRow>(
          client,
          `SELECT ${EVENT_COLUMNS} FROM events
            WHERE project_id = $1 AND time >= $2 AND time < $3 AND event_id = $4
            ORDER BY time DESC LIMIT 1`,
          [projectId, from, to, eventId],
        );
        if (row) return storedEvent(row);
      }
      return undefined;
    });
  }
}
