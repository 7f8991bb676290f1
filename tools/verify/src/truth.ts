import type { TopDimension } from '@analytics/dto';
import type { TrueEvent } from './mixed-stream.js';

const MINUTE_MS = 60_000;

/** Events of [from, to), both ms since 1970. */
export const within = (events: readonly TrueEvent[], from: number, to: number): TrueEvent[] =>
  events.filter(({ at }) => at >= from && at < to);

/** How many events there are of each key; events without one are left out. */
export function countBy(events: readonly TrueEvent[], keyOf: (event: TrueEvent) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) {
    const key = keyOf(event);
    if (key !== undefined && key !== '') counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Most first, equal ones by key. */
export const ranked = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1));

/** Distinct users of the minutes that begin before `to` and end after `from`: the summary counts users by the minute. */
export function distinctUsers(events: readonly TrueEvent[], from: number, to: number): number {
  const first = Math.floor(from / MINUTE_MS) * MINUTE_MS;
  const end = Math.ceil(to / MINUTE_MS) * MINUTE_MS;
  return new Set(within(events, first, end).map(({ user_id }) => user_id)).size;
}

const text = (event: TrueEvent, property: string): string | undefined => {
  const value = event.properties[property];
  return typeof value === 'string' ? value : undefined;
};

const ofType =
  (type: string, valueOf: (event: TrueEvent) => string | undefined) =>
  (event: TrueEvent): string | undefined =>
    event.event_type === type ? valueOf(event) : undefined;

const urlOf = (event: TrueEvent, property: string): URL | undefined => {
  const value = text(event, property);
  return value === undefined ? undefined : new URL(value);
};

/** What an error report says itself stands in where the request did not tell. */
const named = (event: TrueEvent, field: 'browser' | 'os'): string | undefined =>
  event.sender[field] ?? (event.event_type === 'error' ? text(event, field) : undefined);

/** The value that an event has of each dimension, by the definition in the API's documentation. */
export const VALUE_OF: Readonly<Record<TopDimension, (event: TrueEvent) => string | undefined>> = {
  pages: ofType('page_view', (event) => urlOf(event, 'page_url')?.pathname),
  referrers: ofType('page_view', (event) => {
    const host = urlOf(event, 'referrer')?.host;
    return host === urlOf(event, 'page_url')?.host ? undefined : host;
  }),
  buttons: ofType('button_click', (event) => text(event, 'button_id')),
  endpoints: ofType('api_call', (event) => `${text(event, 'method')} ${text(event, 'endpoint')?.split('?')[0]}`),
  errors: ofType('error', (event) => text(event, 'error_type')),
  browsers: (event) => named(event, 'browser'),
  systems: (event) => named(event, 'os'),
  devices: ({ sender }) => sender.device,
  countries: ({ sender }) => sender.country,
};

/** The exact quantile of an endpoint's durations: the smallest that at least that part of all does not exceed. */
export function durationQuantile(events: readonly TrueEvent[], endpoint: string, quantile: number): number {
  const durations = events
    .filter((event) => VALUE_OF.endpoints(event) === endpoint)
    .map(({ properties }) => Number(properties['duration_ms']))
    .sort((one, other) => one - other);
  return durations[Math.ceil(quantile * durations.length) - 1] ?? NaN;
}
