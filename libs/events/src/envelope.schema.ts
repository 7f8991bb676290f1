import { z } from 'zod';

const timestamp = z.iso.datetime({ offset: true, error: 'expected an ISO 8601 instant with a zone, such as 2026-01-31T12:00:00.000Z' });
const eventType = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected a name of 1 to 64 characters: a-z, then a-z, 0-9 or _');
const properties = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a JSON object',
);

/** What a client sends. `event_id` and `timestamp` are filled in by the collector when they are missing. */
export const clientEventSchema = z.strictObject({
  event_id: z.uuid().optional(),
  timestamp: timestamp.optional(),
  event_type: eventType,
  user_id: z.string().min(1).max(128),
  properties,
});

/** What flows through the stream and is stored: the client's event and what the server knows about it. */
export const ingestedEventSchema = z.strictObject({
  event_id: z.uuid(),
  timestamp,
  event_type: eventType,
  user_id: z.string().min(1).max(128),
  properties,
  /** From the write key; never from the client. */
  project_id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** When the collector accepted it. */
  received_at: timestamp,
  /** Present when the client's clock was more than a minute ahead, so that `timestamp` is the server's. */
  clock_adjusted: z.literal(true).optional(),
  browser: z.string().max(64).optional(),
  os: z.string().max(64).optional(),
  device: z.string().max(64).optional(),
  country: z.string().max(64).optional(),
});

export type ClientEvent = z.infer<typeof clientEventSchema>;
export type IngestedEvent = z.infer<typeof ingestedEventSchema>;

/** What the server adds to a client's event. */
export type ServerContext = Pick<IngestedEvent, 'project_id' | 'browser' | 'os' | 'device' | 'country'>;
