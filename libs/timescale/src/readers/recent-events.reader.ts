import { queryRows, type Queryable } from '../postgres-pool.js';

export interface RecentEventsQuery {
  projectId: string;
  /** Events at most. */
  limit: number;
  /** Only events of this type. `page_view`, `button_click` and `api_call` cost a walk back through an index until `limit` are found. */
  eventType?: string;
  /** Only events accepted before this instant (excluded), to page on from the last `receivedAt` of the page before. */
  before?: Date;
}

/** One stored event: the client's fields, and what was derived from them. Instants are ISO 8601 in UTC. */
export interface StoredEvent {
  eventId: string;
  timestamp: string;
  receivedAt: string;
  /** The client's clock was ahead, so `timestamp` is the server's. */
  clockAdjusted: boolean;
  eventType: string;
  userId: string;
  sessionId: string | null;
  properties: Record<string, unknown>;
  pageHost: string | null;
  pagePath: string | null;
  referrerHost: string | null;
  browser: string | null;
  os: string | null;
  device: string | null;
  country: string | null;
}

interface EventRow {
  event_id: string;
  time: Date;
  received_at: Date;
  clock_adjusted: boolean;
  event_type: string;
  user_id: string;
  session_id: string | null;
  properties: Record<string, unknown>;
  page_host: string | null;
  page_path: string | null;
  referrer_host: string | null;
  browser: string | null;
  os: string | null;
  device: string | null;
  country: string | null;
}

// Two statements, since `$4 IS NULL OR event_type = $4` would be a condition on rows and not on the index.
const recentEvents = (ofType: string): string => `
  SELECT event_id, time, received_at, clock_adjusted, event_type, user_id, session_id, properties,
         page_host, page_path, referrer_host, browser, os, device, country
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
    return rows.map((row) => ({
      eventId: row.event_id,
      timestamp: row.time.toISOString(),
      receivedAt: row.received_at.toISOString(),
      clockAdjusted: row.clock_adjusted,
      eventType: row.event_type,
      userId: row.user_id,
      sessionId: row.session_id,
      properties: row.properties,
      pageHost: row.page_host,
      pagePath: row.page_path,
      referrerHost: row.referrer_host,
      browser: row.browser,
      os: row.os,
      device: row.device,
      country: row.country,
    }));
  }
}
