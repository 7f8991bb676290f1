import { randomFillSync } from 'node:crypto';
import {
  FUTURE_TOLERANCE_MS,
  stampEvent,
  type ClientEvent,
  type IngestedEvent,
  type ParseResult,
  type ServerContext,
} from '@analytics/events';
import { v7 as uuidv7 } from 'uuid';

const DAY_MS = 86_400_000;
/** Where a UUID says its version. */
const VERSION_AT = 14;

export interface StampTimes {
  /** The server's clock, ms since 1970. */
  now: number;
  /** Events older than this many days are refused. */
  retentionDays: number;
}

/**
 * Adds what only the server may add, and an id where there is none.
 * An event without a timestamp happened when its id was made, if that is a version 7 and its time is one that a timestamp might have.
 * So an event that is sent again under its id has the same time again, which the store needs to know it by.
 */
export function stampClientEvent(event: ClientEvent, context: ServerContext, times: StampTimes): ParseResult<IngestedEvent> {
  const timestamp = event.timestamp ?? timeOfId(event.event_id, times);
  return stampEvent(timestamp === event.timestamp ? event : { ...event, timestamp }, context, { ...times, newId });
}

const RANDOM_BYTES = 16;
const pool = new Uint8Array(RANDOM_BYTES * 1024);
let used = pool.length;

/** A UUID of version 7. Random bytes are drawn for a thousand at a time: one by one they cost as much as the rest of an event. */
function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return uuidv7({ random: pool.subarray(used, (used += RANDOM_BYTES)) });
}

function timeOfId(id: string | undefined, { now, retentionDays }: StampTimes): string | undefined {
  if (id?.[VERSION_AT] !== '7') return undefined;
  const time = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return time >= now - retentionDays * DAY_MS && time <= now + FUTURE_TOLERANCE_MS ? new Date(time).toISOString() : undefined;
}
