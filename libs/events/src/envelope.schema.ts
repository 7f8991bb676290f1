import { z } from 'zod';

const instant = z.iso.datetime({ offset: true, error: 'expected an ISO 8601 instant with a zone, such as 2026-01-31T12:00:00.000Z' });
const eventId = z.uuid().describe('The key for deduplication: a retry keeps it. Version 7 is preferred.');
const timestamp = instant.describe("When it happened, by the client's clock.");
const eventType = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected a name of 1 to 64 characters: a-z, then a-z, 0-9 or _')
  .describe('A built-in type, or a name of your own.');
const userId = z.string().min(1).max(128).describe('Who did it; opaque.');
const properties = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected a JSON object',
  )
  .describe('What is particular to the type.')
  .meta({ type: 'object' });

/** What a client sends. `event_id` and `timestamp` are filled in by the collector when they are missing. */
export const clientEventSchema = z.strictObject({
  event_id: eventId.optional(),
  timestamp: timestamp.optional(),
  event_type: eventType,
  user_id: userId,
  properties,
});

/** What flows through the stream and is stored: the client's event and what the server knows about it. */
export const ingestedEventSchema = z.strictObject({
  event_id: eventId,
  timestamp,
  event_type: eventType,
  user_id: userId,
  properties,
  project_id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .describe('From the write key; never from the client.'),
  received_at: instant.describe("When the collector accepted it, by the server's clock."),
  clock_adjusted: z
    .literal(true)
    .optional()
    .describe("Present when the client's clock was more than a minute ahead: `timestamp` is then the server's."),
  browser: z.string().max(64).optional().describe('From the user agent.'),
  os: z.string().max(64).optional().describe('From the user agent.'),
  device: z.string().max(64).optional().describe('From the user agent: `desktop`, `mobile`, `tablet` and the like.'),
  country: z.string().max(64).optional().describe('Only from a trusted proxy header or a database file of the operator.'),
});

export type ClientEvent = z.infer<typeof clientEventSchema>;
export type IngestedEvent = z.infer<typeof ingestedEventSchema>;

/** What the server adds to a client's event. */
export type ServerContext = Pick<IngestedEvent, 'project_id' | 'browser' | 'os' | 'device' | 'country'>;
