import { GRANULARITIES, MAX_BUCKETS, type Granularity, type RangeQueryDto } from '@analytics/dto';
import type { TimeRange } from '@analytics/timescale';
import { refusal } from './refusal.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
/** Room for clients whose clock is ahead and for ranges such as "the whole of today". */
const LATEST_AHEAD_MS = 366 * DAY_MS;
const UNIT_MS: Record<string, number> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/**
 * The instants that a query means at `now` (ms since 1970).
 * @throws {BadRequestException} naming the field and what is allowed.
 */
export function resolveRange({ from, to, last }: Pick<RangeQueryDto, 'from' | 'to' | 'last'>, now: number): TimeRange {
  if (last != null && (from != null || to != null)) refuse('last', last, 'last must not be given together with from or to');
  const end = to == null ? now : Date.parse(to);
  const start = from == null ? end - (last == null ? HOUR_MS : lengthMs(last)) : Date.parse(from);
  if (start < EARLIEST) refuse(last == null ? 'from' : 'last', last ?? from, `${last == null ? 'from' : 'last'} must not reach back beyond 2000-01-01T00:00:00Z`);
  if (end > now + LATEST_AHEAD_MS) refuse('to', to, 'to must not be more than 366 days from now');
  if (start >= end) refuse('from', from, `from must be before to${to == null ? ' (which is now when it is not given)' : ''}`);
  return { from: new Date(start), to: new Date(end) };
}

/** @throws {BadRequestException} naming the granularities that fit, when the range has too many buckets. */
export function checkBuckets({ from, to }: TimeRange, granularity: Granularity): void {
  const count = bucketCount({ from, to }, GRANULARITIES[granularity]);
  if (count <= MAX_BUCKETS) return;
  const fitting = Object.entries(GRANULARITIES).filter(([, seconds]) => bucketCount({ from, to }, seconds) <= MAX_BUCKETS);
  const allowed = fitting.map(([name]) => name);
  const remedy = allowed.length === 0 ? 'ask for a shorter range' : `for this range use one of ${allowed.join(', ')}`;
  refuse('granularity', granularity, `granularity ${granularity} would make ${count} buckets, and at most ${MAX_BUCKETS} are allowed; ${remedy}`, allowed);
}

/** @throws {BadRequestException} when the range is longer than so many days. */
export function checkLength({ from, to }: TimeRange, days: number): void {
  if (to.getTime() - from.getTime() > days * DAY_MS) refuse('from', from.toISOString(), `from must be at most ${days} days before to`);
}

/** The range, widened to begin and end with a minute. */
export const wholeMinutes = ({ from, to }: TimeRange): TimeRange => ({
  from: new Date(Math.floor(from.getTime() / MINUTE_MS) * MINUTE_MS),
  to: new Date(Math.ceil(to.getTime() / MINUTE_MS) * MINUTE_MS),
});

/** The last `length` seconds in whole buckets; the last one holds `now` and is not finished. */
export function lastBuckets(lengthSeconds: number, granularitySeconds: number, now: number): TimeRange {
  const step = granularitySeconds * 1000;
  const to = (Math.floor(now / step) + 1) * step;
  return { from: new Date(to - lengthSeconds * 1000), to: new Date(to) };
}

const lengthMs = (last: string): number => Number(last.slice(0, -1)) * (UNIT_MS[last.slice(-1)] ?? HOUR_MS);

const bucketCount = ({ from, to }: TimeRange, seconds: number): number =>
  Math.ceil(to.getTime() / 1000 / seconds) - Math.floor(from.getTime() / 1000 / seconds);

function refuse(field: string, value: unknown, message: string, allowed?: readonly string[]): never {
  throw refusal({ field, value, message, allowed });
}
