import type { IngestedEvent } from '@analytics/events';
import type { Filter } from './filter-sql.js';
import { matches, textOf } from './query-reference.fixture.js';

/*
 * Ways of users and sessions over events in memory, written from the description of each question: every attempt is made, one by one.
 */

export type TimedEvent = IngestedEvent & { at: number };
type By = 'user' | 'session';

/** Events in the order of (time, event_id). */
export const inOrder = <E extends TimedEvent>(events: readonly E[]): E[] =>
  events.toSorted((a, b) => a.at - b.at || (a.event_id < b.event_id ? -1 : a.event_id > b.event_id ? 1 : 0));

/** The events of each user or session, in order. */
function byEntity(events: readonly TimedEvent[], by: By): TimedEvent[][] {
  const groups = new Map<string, TimedEvent[]>();
  for (const event of inOrder(events)) {
    const entity = textOf(event, by);
    if (entity === undefined) continue;
    const group = groups.get(entity) ?? [];
    group.push(event);
    groups.set(entity, group);
  }
  return [...groups.values()];
}

const holds = (event: TimedEvent, filter: Filter | undefined, zone: string): boolean => !filter || matches(event, filter, zone);

export interface FunnelShape {
  by: By;
  steps: readonly (Filter | undefined)[];
  windowMs: number;
  zone: string;
}

/** @param events of the set, also after the range. @param to where the range ends, ms. */
export function referenceFunnel(events: readonly TimedEvent[], to: number, { by, steps, windowMs, zone }: FunnelShape) {
  const best = byEntity(events, by).flatMap((own) => {
    const fulfilled = own.map((event) => steps.map((filter) => holds(event, filter, zone)));
    const attempts = own.flatMap((event, index) => (fulfilled[index]![0] && event.at < to ? [attempt(own, fulfilled, index, windowMs)] : []));
    // A stable sort: the earliest of equals stays first.
    return attempts.toSorted((a, b) => b.length - a.length).slice(0, 1);
  });
  return steps.map((_, index) => {
    const reached = best.filter((times) => times.length > index);
    const seconds = reached.map((times) => (times[index]! - (times[index - 1] ?? 0)) / 1000).sort((a, b) => a - b);
    const middle = (seconds.length - 1) / 2;
    const median = seconds.length === 0 ? null : (seconds[Math.floor(middle)]! + seconds[Math.ceil(middle)]!) / 2;
    return { count: reached.length, medianSeconds: index === 0 ? null : median };
  });
}

/** The times of the steps that an attempt reaches. */
function attempt(own: readonly TimedEvent[], fulfilled: readonly boolean[][], start: number, windowMs: number): number[] {
  const times = [own[start]!.at];
  let place = start;
  for (let step = 1; step < fulfilled[0]!.length; step++) {
    place = fulfilled.findIndex((steps, index) => index > place && steps[step]);
    if (place < 0 || own[place]!.at > times[0]! + windowMs) break;
    times.push(own[place]!.at);
  }
  return times;
}

/** @param bucketOf the number of the day or week of an instant. */
export function referenceRetention(
  events: readonly TimedEvent[],
  { by, start, again, zone }: { by: By; start: Filter | undefined; again: Filter | undefined; zone: string },
  buckets: number,
  bucketOf: (at: number) => number,
) {
  const entities = byEntity(events, by).map((own) => ({
    cohort: own.filter((event) => holds(event, start, zone)).map(({ at }) => bucketOf(at))[0],
    returns: new Set(own.filter((event) => holds(event, again, zone)).map(({ at }) => bucketOf(at))),
  }));
  return Array.from({ length: buckets }, (_, cohort) => {
    const members = entities.filter((entity) => entity.cohort === cohort);
    const later = Array.from({ length: buckets - cohort - 1 }, (_later, place) => cohort + 1 + place);
    return { size: members.length, returned: later.map((bucket) => members.filter(({ returns }) => returns.has(bucket)).length) };
  });
}

export function referencePaths(
  events: readonly TimedEvent[],
  { anchor, direction, depth, limit }: { anchor: string; direction: 'next' | 'previous'; depth: number; limit: number },
) {
  const views = events.filter((event) => event.event_type === 'page_view' && textOf(event, 'page_path') !== undefined);
  const ways = byEntity(views, 'session').flatMap((own) => {
    const pages = own.map((event) => textOf(event, 'page_path')!).filter((page, index, all) => page !== all[index - 1]);
    const place = pages.indexOf(anchor);
    if (place < 0) return [];
    return [direction === 'next' ? pages.slice(place + 1, place + 1 + depth) : pages.slice(0, place).reverse().slice(0, depth)];
  });
  const listed = Array.from({ length: depth }, (_, step) => {
    const sessions = countBy(ways.flatMap((way) => way[step] ?? []));
    return new Set([...sessions].toSorted(([a, n], [b, m]) => m - n || codePoints(a, b)).slice(0, limit).map(([page]) => page));
  });
  const nameOf = (way: string[], step: number): string =>
    step < 0 ? anchor : way[step] === undefined ? '(end)' : listed[step]!.has(way[step]) ? way[step] : '(other)';
  const links = listed.flatMap((_, step) => {
    const pairs = ways.filter((way) => step === 0 || way[step - 1] !== undefined).map((way) => JSON.stringify([nameOf(way, step - 1), nameOf(way, step)]));
    return [...countBy(pairs)]
      .map(([pair, sessions]) => ({ pair: JSON.parse(pair) as [string, string], sessions }))
      .toSorted((a, b) => b.sessions - a.sessions || codePoints(a.pair[0], b.pair[0]) || codePoints(a.pair[1], b.pair[1]))
      .map(({ pair: [from, to], sessions }) => ({ step: step + 1, from, to, sessions }));
  });
  return { sessions: ways.length, links };
}

const codePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
