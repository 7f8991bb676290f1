import type { z } from 'zod';
import { clientEventSchema, ingestedEventSchema, type ClientEvent, type IngestedEvent, type ServerContext } from './envelope.schema.js';
import { BUILT_IN_PROPERTIES } from './event-types.schema.js';
import { findBoundsIssue, findTextFault, type EventIssue } from './json-bounds.js';

export type ParseResult<T> = { ok: true; event: T } | { ok: false; issues: EventIssue[] };

/** A client's clock may be this far ahead before its timestamp is replaced by the server's. */
export const FUTURE_TOLERANCE_MS = 60_000;

const PROPERTY_SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(BUILT_IN_PROPERTIES));

/** Checks one event as a client sends it. */
export const parseClientEvent = (input: unknown): ParseResult<ClientEvent> => parse(clientEventSchema, input);

/** Checks one event as it comes out of the stream. */
export const parseIngestedEvent = (input: unknown): ParseResult<IngestedEvent> => parse(ingestedEventSchema, input);

// The input itself is returned, not zod's copy: a copy made by assignment would lose a key named `__proto__`.
function parse<T extends ClientEvent | IngestedEvent>(envelope: z.ZodType<T>, input: unknown): ParseResult<T> {
  const outer = envelope.safeParse(input);
  if (!outer.success) return { ok: false, issues: toIssues(outer.error) };
  const event = input as T;
  const schema = PROPERTY_SCHEMAS.get(event.event_type);
  if (schema) {
    const inner = schema.safeParse(event.properties);
    if (!inner.success) return { ok: false, issues: toIssues(inner.error, 'properties') };
  }
  const userFault = findTextFault(event.user_id);
  const issue = userFault === undefined ? findBoundsIssue(event.properties) : { path: 'user_id', message: userFault };
  return issue ? { ok: false, issues: [issue] } : { ok: true, event };
}

function toIssues(error: z.ZodError, prefix = ''): EventIssue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: key, message: 'is not a field of an event; your own data belongs in properties' }));
    const path = [...(prefix ? [prefix] : []), ...issue.path].reduce<string>(
      (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`),
      '',
    );
    return [{ path: path || '(root)', message: issue.message }];
  });
}

export interface StampOptions {
  /** The server's clock, milliseconds since 1970. */
  now: number;
  /** Events older than this many days are refused. */
  retentionDays: number;
  /** Makes an id for an event that has none. */
  newId: () => string;
}

/** Adds what only the server may add, and applies the rules of time: the future is replaced and flagged, the too old refused. */
export function stampEvent(
  event: ClientEvent,
  context: ServerContext,
  { now, retentionDays, newId }: StampOptions,
): ParseResult<IngestedEvent> {
  const receivedAt = new Date(now).toISOString();
  const happened = event.timestamp === undefined ? now : Date.parse(event.timestamp);
  if (happened < now - retentionDays * 86_400_000)
    return { ok: false, issues: [{ path: 'timestamp', message: `is older than the ${retentionDays} days that are kept` }] };
  const adjusted = happened > now + FUTURE_TOLERANCE_MS;
  return {
    ok: true,
    event: {
      event_id: event.event_id ?? newId(),
      timestamp: adjusted || event.timestamp === undefined ? receivedAt : event.timestamp,
      event_type: event.event_type,
      user_id: event.user_id,
      properties: event.properties,
      ...context,
      received_at: receivedAt,
      ...(adjusted ? { clock_adjusted: true as const } : {}),
    },
  };
}
