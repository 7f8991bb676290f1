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

/** A row of {@link EVENT_COLUMNS}. */
export interface EventRow {
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

/** What is read of an event. */
export const EVENT_COLUMNS = `
  event_id, time, received_at, clock_adjusted, event_type, user_id, session_id, properties,
  page_host, page_path, referrer_host, browser, os, device, country`;

export const storedEvent = (row: EventRow): StoredEvent => ({
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
});
