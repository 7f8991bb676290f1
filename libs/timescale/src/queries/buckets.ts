import { Temporal } from 'temporal-polyfill';
import { startOfDate, zoned, type Resolution, type TimeRange } from './time-range.js';

/** Widths of buckets. */
export type BucketWidth = '1s' | '10s' | '1m' | '5m' | '15m' | '30m' | '1h' | '6h' | '1d' | '1w' | '1mo';

/** A series has at most this many buckets. */
export const MOST_BUCKETS = 2000;

/** A stretch of a series. */
export interface Bucket extends TimeRange {
  /** False when the range or the present moment cuts it, so that it covers less time than its neighbours. */
  complete: boolean;
}

export interface Buckets {
  granularity: BucketWidth;
  /** Oldest first, gapless; the first and the last are cut to the range. */
  buckets: Bucket[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Widths below a day, ms: they begin anew at each local midnight. */
const STEPS_MS = new Map<BucketWidth, number>([
  ['1s', 1_000],
  ['10s', 10_000],
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['1h', HOUR_MS],
  ['6h', 6 * HOUR_MS],
]);

/** Widths of whole days: the date on which the bucket of a date begins, and how long it is. */
const DATES = new Map<BucketWidth, { start: (date: Temporal.PlainDate) => Temporal.PlainDate; length: Temporal.DurationLike }>([
  ['1d', { start: (date) => date, length: { days: 1 } }],
  ['1w', { start: (date) => date.subtract({ days: date.dayOfWeek - 1 }), length: { weeks: 1 } }],
  ['1mo', { start: (date) => date.with({ day: 1 }), length: { months: 1 } }],
]);

const WIDTHS: readonly BucketWidth[] = [...STEPS_MS.keys(), ...DATES.keys()];

/** `auto`: the width for a range of at most that length, ms. It aims at 60 to 240 buckets. A day may have 25 hours. */
const AUTO: readonly [most: number, width: BucketWidth][] = [
  [4 * MINUTE_MS, '1s'],
  [40 * MINUTE_MS, '10s'],
  [3 * HOUR_MS, '1m'],
  [12 * HOUR_MS, '5m'],
  [25 * HOUR_MS, '15m'],
  [3 * DAY_MS + HOUR_MS, '30m'],
  [8 * DAY_MS + HOUR_MS, '1h'],
  [45 * DAY_MS, '6h'],
  [240 * DAY_MS, '1d'],
  [3 * 366 * DAY_MS, '1w'],
  [Infinity, '1mo'],
];

/**
 * Cuts a range into buckets. Buckets of a day and longer begin at local midnight (weeks on Monday, months on the 1st); shorter ones
 * begin there and step by the time that passes, anew each day: a day of 25 hours has 25 buckets of an hour.
 * @param now ms since 1970; a bucket that is not over yet is not complete.
 */
export function resolveBuckets(range: TimeRange, granularity: BucketWidth | 'auto', timeZone: string, now: number): Resolution<Buckets> {
  const width = granularity === 'auto' ? autoWidth(range) : granularity;
  const edges = bucketEdges(range, width, timeZone);
  if (edges) return { value: { granularity: width, buckets: cutBuckets(edges, range, now) } };
  const allowed = WIDTHS.filter((each) => bucketEdges(range, each, timeZone) !== undefined);
  const remedy = allowed.length === 0 ? 'ask for a shorter range' : `for this range use auto or one of ${allowed.join(', ')}`;
  const message = `granularity ${width} would make more than ${MOST_BUCKETS} buckets; ${remedy}`;
  return { fault: { field: 'granularity', value: granularity, message, allowed: allowed.length === 0 ? [] : ['auto', ...allowed] } };
}

/** The width that `auto` stands for. */
export const autoWidth = ({ from, to }: TimeRange): BucketWidth =>
  AUTO.find(([most]) => to.getTime() - from.getTime() <= most)?.[1] ?? '1mo';

/** Where the buckets begin that the range touches, and where the last one ends, ms; undefined when they are too many. */
function bucketEdges(range: TimeRange, width: BucketWidth, timeZone: string): number[] | undefined {
  const step = STEPS_MS.get(width);
  const edges: number[] = [];
  for (const edge of step === undefined ? dateEdges(range, width, timeZone) : stepEdges(range, step, timeZone)) {
    edges.push(edge);
    if (edges.length > MOST_BUCKETS + 1) return undefined;
    if (edge >= range.to.getTime()) break;
  }
  return edges;
}

function* dateEdges({ from }: TimeRange, width: BucketWidth, timeZone: string): Generator<number> {
  const { start, length } = DATES.get(width)!;
  for (let date = start(zoned(from.getTime(), timeZone).toPlainDate()); ; date = date.add(length)) yield startOfDate(date, timeZone);
}

function* stepEdges({ from }: TimeRange, step: number, timeZone: string): Generator<number> {
  let date = zoned(from.getTime(), timeZone).toPlainDate();
  let midnight = startOfDate(date, timeZone);
  let edge = midnight + Math.floor((from.getTime() - midnight) / step) * step;
  while (true) {
    date = date.add({ days: 1 });
    midnight = startOfDate(date, timeZone);
    for (; edge < midnight; edge += step) yield edge;
    edge = midnight;
  }
}

function cutBuckets(edges: readonly number[], { from, to }: TimeRange, now: number): Bucket[] {
  return edges.slice(0, -1).map((start, index) => {
    const end = edges[index + 1]!;
    return {
      from: new Date(Math.max(start, from.getTime())),
      to: new Date(Math.min(end, to.getTime())),
      complete: start >= from.getTime() && end <= to.getTime() && end <= now,
    };
  });
}

/** A stretch of time in which the clocks of a zone are equally far ahead of UTC. */
export interface OffsetStretch {
  from: Date;
  /** Seconds ahead of UTC. */
  offsetSeconds: number;
}

/** The stretches of a range, oldest first. What SQL knows of zones may be of another year than what is known here; this is one source. */
export function offsetStretches({ from, to }: TimeRange, timeZone: string): OffsetStretch[] {
  const stretches: OffsetStretch[] = [];
  let at: Temporal.ZonedDateTime | null = zoned(from.getTime(), timeZone);
  while (at && at.epochMilliseconds < to.getTime()) {
    stretches.push({ from: new Date(at.epochMilliseconds), offsetSeconds: at.offsetNanoseconds / 1e9 });
    at = at.getTimeZoneTransition('next');
  }
  return stretches;
}

/** Where a range begins, where the hours of local clocks begin in it, and where it ends, ms. */
export function localHourEdges(range: TimeRange, timeZone: string): number[] {
  const end = range.to.getTime();
  const stretches = offsetStretches(range, timeZone);
  const edges = stretches.flatMap(({ from, offsetSeconds }, index) => {
    const [start, next] = [from.getTime(), stretches[index + 1]?.from.getTime() ?? end];
    const first = Math.ceil((start + offsetSeconds * 1000) / HOUR_MS) * HOUR_MS - offsetSeconds * 1000;
    const hours = Array.from({ length: Math.max(0, Math.ceil((next - first) / HOUR_MS)) }, (_, hour) => first + hour * HOUR_MS);
    return hours[0] === start ? hours : [start, ...hours];
  });
  return [...edges, end];
}
