import type { z } from 'zod';
import { clientEventSchema, ingestedEventSchema, type ClientEvent, type IngestedEvent, type ServerContext } from './envelope.schema.js';
import { BUILT_IN_PROPERTIES } from './event-types.schema.js';
import { instantMs } from './instant.js';
import { isPlainClientEvent, isPlainEvent, isPlainText } from './plain-event.js';
import { findBoundsIssue, findTextFault, type EventIssue } from './json-bounds.js';

export type ParseResult<T> = { ok: true; event: T } | { ok: false; issues: EventIssue[] };

/** A client's clock may be this far ahead before its timestamp is replaced by the server's. */
export const FUTURE_TOLERANCE_MS = 60_000;

const PROPERTY_SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(BUILT_IN_PROPERTIES));

/**
 * Checks one event as a client sends it.
 * @param plain whether it was parsed from a plain text (isPlainText): most of such events are seen to be right in a fifth of the time.
 */
export const parseClientEvent = (input: unknown, plain = false): ParseResult<ClientEvent> =>
  plain && isPlainClientEvent(input) ? { ok: true, event: input } : parse(clientEventSchema, input);

/** Checks one event as it comes out of the stream. */
export const parseIngestedEvent = (input: unknown): ParseResult<IngestedEvent> => parse(ingestedEventSchema, input);

/** An event as it comes out of the stream, and its properties as they were written, for who stores them as JSON. */
export type ParsedText =
  /** `propertiesText` is undefined where it cannot be told from the rest without parsing again. */
  { ok: true; event: IngestedEvent; propertiesText: string | undefined } | { ok: false; issues: EventIssue[]; value: unknown };

const BEFORE_PROPERTIES = ',"properties":';

/**
 * Parses and checks the JSON text of one event as it comes out of the stream.
 * A text that is no JSON is an event with an issue; `value` is then the text itself, else what the text says.
 */
export function parseEventText(text: string): ParsedText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, issues: [{ path: '(root)', message: `is not valid JSON: ${(error as Error).message}` }], value: text };
  }
  if (isPlainText(text) && isPlainEvent(value)) return { ok: true, event: value, propertiesText: propertiesTextOf(text, value) };
  const parsed = parseIngestedEvent(value);
  return parsed.ok ? { ...parsed, propertiesText: undefined } : { ...parsed, value };
}

/** Quotes inside a JSON text are escaped and nothing before the properties is nested, so the first occurrence is theirs. */
function propertiesTextOf(text: string, event: IngestedEvent): string | undefined {
  let last: string | undefined;
  for (const key in event) last = key;
  const at = text.indexOf(BEFORE_PROPERTIES);
  return last === 'properties' && at > 0 ? text.slice(at + BEFORE_PROPERTIES.length, -1) : undefined;
}

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
  const receivedAt = isoText(now);
  const happened = event.timestamp === undefined ? now : instantMs(event.timestamp);
  if (happened < now - retentionDays * 86_400_000)
    return { ok: false, issues: [{ path: 'timestamp', message: `is older than the ${retentionDays} days that are kept` }] };
  const adjusted = happened > now + FUTURE_TOLERANCE_MS;
  const { project_id, browser, os, device, country } = context;
  // Field by field: this runs for each event, and a spread costs more than the rest. What is undefined is not written as JSON.
  const stamped: IngestedEvent = {
    event_id: event.event_id ?? newId(),
    timestamp: event.timestamp ?? receivedAt,
    event_type: event.event_type,
    user_id: event.user_id,
    project_id,
    received_at: receivedAt,
    browser,
    os,
    device,
    country,
    // Last, so that a reader of its JSON text finds them without parsing: see parseEventText.
    properties: event.properties,
  };
  return { ok: true, event: adjusted ? { clock_adjusted: true, ...stamped, timestamp: receivedAt } : stamped };
}

let lastInstant = { ms: NaN, text: '' };

/** Events that are stamped together share their instant. */
function isoText(ms: number): string {
  if (ms !== lastInstant.ms) lastInstant = { ms, text: new Date(ms).toISOString() };
  return lastInstant.text;
}
