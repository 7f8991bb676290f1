import { queryRows, type Queryable } from '../postgres-pool.js';

export interface RecentEventsQuery {
  projectId: string;
  /** Events at most. */
  limit: number;
  /** Only events of this type. A rare type costs a walk back through the index until `limit` are found. */
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

const RECENT_EVENTS = `
  SELECT event_id, time, received_at, clock_adjusted, event_type, user_id, session_id, properties,
         page_host, page_path, referrer_host, browser, os, device, country
    FROM events
   WHERE project_id = $1 AND ($3::text IS NULL OR event_type = $3) AND received_at < coalesce($4::timestamptz, 'infinity')
   ORDER BY received_at DESC
   LIMIT $2`;

/** Answers "what was accepted last?" from the raw events, by the index on (project_id, received_at). */
export class RecentEventsReader {
  constructor(private readonly db: Queryable) {}

  async read({ projectId, limit, eventType, before }: RecentEventsQuery): Promise<StoredEvent[]> {
    const rows = await queryRows<EventRow>(this.db, RECENT_EVENTS, [projectId, limit, eventType ?? null, before ?? null]);
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
