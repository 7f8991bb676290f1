import { fieldKind, type FieldName, type Filter, type FilterValue } from '@analytics/dto/language';
import type { ListedEvent } from '../api/event-list.js';

type Reader = (event: ListedEvent) => unknown;

/** Properties that have a field of their own in the query language. */
const OF_PROPERTY: Readonly<Record<string, string>> = {
  button: 'button_id',
  method: 'method',
  error_type: 'error_type',
  status_code: 'status_code',
  duration_ms: 'duration_ms',
};

/** A property of another type than its field has is no value of the field. */
const fitting = (field: string, value: unknown): unknown =>
  typeof value === (fieldKind(field) === 'number' ? 'number' : 'string') ? value : undefined;

const READERS: Readonly<Record<string, Reader>> = {
  type: ({ eventType }) => eventType,
  user: ({ userId }) => userId,
  session: ({ sessionId }) => sessionId,
  page_path: ({ pagePath }) => pagePath,
  page_host: ({ pageHost }) => pageHost,
  referrer_host: ({ referrerHost }) => referrerHost,
  browser: ({ browser }) => browser,
  os: ({ os }) => os,
  device: ({ device }) => device,
  country: ({ country }) => country,
  ...Object.fromEntries(
    Object.entries(OF_PROPERTY).map(([field, key]) => [field, (event: ListedEvent) => fitting(field, event.properties[key])]),
  ),
};

const PROPERTY = 'properties.';
const LONGEST = 1024;

/** The value of a field of the query language; undefined: the event lacks it. */
export function fieldValue(event: ListedEvent, field: string): FilterValue | undefined {
  const value = field.startsWith(PROPERTY) ? event.properties[field.slice(PROPERTY.length)] : READERS[field]?.(event);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** Every field that an event has a value for: those with a name of their own first, then its other properties as they were sent. */
export function fieldsOf(event: ListedEvent): { field: FieldName; value: FilterValue }[] {
  const own = new Set([...Object.values(OF_PROPERTY), 'session_id']);
  const others = Object.keys(event.properties).filter((key) => !own.has(key) || fieldValue(event, fieldNamed(key)) === undefined);
  return [...Object.keys(READERS), ...others.map((key) => PROPERTY + key)].flatMap((field) => {
    const value = fieldValue(event, field);
    return value === undefined ? [] : [{ field: field as FieldName, value }];
  });
}

const fieldNamed = (key: string): string =>
  key === 'session_id' ? 'session' : (Object.keys(OF_PROPERTY).find((field) => OF_PROPERTY[field] === key) ?? key);

/** The condition that events with, or without, this value fulfil; undefined: the value is too long to be asked for. */
export const conditionOn = (field: FieldName, value: FilterValue, op: 'is' | 'is_not'): Filter | undefined =>
  String(value).length > LONGEST ? undefined : { field, op, value };

const SEARCHED: readonly FieldName[] = [
  'user',
  'page_path',
  'button',
  'endpoint',
  'error_type',
  'referrer_host',
  'session',
  'properties.message',
  'properties.button_text',
];

/** Events one of whose texts contains this; the type is a name, so it is meant as a whole or by its beginning. */
export const searchFilter = (text: string): Filter => ({
  or: [{ field: 'type', op: 'starts_with', value: text }, ...SEARCHED.map((field) => ({ field, op: 'contains', value: text }) as const)],
});
