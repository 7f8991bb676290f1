import { queryRows, type Queryable } from '../postgres-pool.js';
import { EVENT_COLUMNS, storedEvent, type EventRow, type StoredEvent } from './stored-event.js';

export interface RecentEventsQuery {
  projectId: string;
  /** Events at most. */
  limit: number;
  /** Only events of this type. `page_view`, `button_click` and `api_call` cost a walk back through an index until `limit` are found. */
  eventType?: string;
  /** Only events accepted before this instant (excluded), to page on from the last `receivedAt` of the page before. */
  before?: Date;
}

// Two statements, since `$4 IS NULL OR event_type = $4` would be a condition on rows and not on the index.
const recentEvents = (ofType: string): string => `
  SELECT ${EVENT_COLUMNS}
    FROM events
   WHERE project_id = $1 AND received_at < $3 ${ofType}
   ORDER BY received_at DESC
   LIMIT $2`;

const OF_ALL_TYPES = recentEvents('');
const OF_ONE_TYPE = recentEvents('AND event_type = $4');

/** Answers "what was accepted last?" from the raw events, by index. */
export class RecentEventsReader {
  constructor(private readonly db: Queryable) {}

  async read({ projectId, limit, eventType, before }: RecentEventsQuery): Promise<StoredEvent[]> {
    const values = [projectId, limit, before ?? 'infinity'];
    const rows =
      eventType === undefined
        ? await queryRows<EventRow>(this.db, OF_ALL_TYPES, values)
        : await queryRows<EventRow>(this.db, OF_ONE_TYPE, [...values, eventType]);
    return rows.map(storedEvent);
  }
}
