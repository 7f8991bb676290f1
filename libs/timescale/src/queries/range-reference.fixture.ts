import { firstOf, instantOf, localDate, midnightOf, mondayOf, wallClock } from './local-time.fixture.js';
import type { BucketWidth } from './buckets.js';
import type { ComparisonRequest, RangeRequest } from './time-range.js';

/** From (included) to (excluded), ms since 1970. */
export type Span = [from: number, to: number];

const DAY_MS = 86_400_000;
const STEPS_MS: Partial<Record<BucketWidth, number>> = {
  '1s': 1e3,
  '10s': 1e4,
  '1m': 6e4,
  '5m': 3e5,
  '15m': 9e5,
  '30m': 18e5,
  '1h': 36e5,
  '6h': 216e5,
};

/** The time that a request means. */
export function spanOf({ from, to, period = '24h', timeZone: zone }: RangeRequest, now: number): Span {
  if (from !== undefined) return [Date.parse(from), to === undefined ? now : Date.parse(to)];
  const today = localDate(now, zone);
  const midnight = (date: number): number => midnightOf(date, zone);
  const untilNow = (date: number): Span => [midnight(date), Math.max(now, midnight(date) + 1)];
  const monday = mondayOf(today);
  switch (period) {
    case 'today':
      return untilNow(today);
    case 'yesterday':
      return [midnight(today - DAY_MS), midnight(today)];
    case 'this_week':
      return untilNow(monday);
    case 'last_week':
      return [midnight(monday - 7 * DAY_MS), midnight(monday)];
    case 'this_month':
      return untilNow(firstOf(today));
    case 'last_month':
      return [midnight(firstOf(today, -1)), midnight(firstOf(today))];
    case 'this_year':
      return untilNow(Date.UTC(new Date(today).getUTCFullYear(), 0, 1));
    case 'last_7_days':
      return untilNow(today - 6 * DAY_MS);
    case 'last_30_days':
      return untilNow(today - 29 * DAY_MS);
    case 'last_12_months':
      return untilNow(firstOf(today, -11));
  }
  const length = parseInt(period) * { m: 6e4, h: 36e5, d: DAY_MS }[period.at(-1) as 'm' | 'h' | 'd'];
  const step = length <= 36e5 ? 1e4 : 6e4;
  const end = now - (now % step) + step;
  return [end - length, end];
}

/** The time it is compared with; undefined: none. */
export function comparedSpanOf({ compare, compareFrom }: ComparisonRequest, [from, to]: Span, zone: string): Span | undefined {
  const length = to - from;
  if (compareFrom !== undefined) return [Date.parse(compareFrom), Date.parse(compareFrom) + length];
  if (compare === undefined) return undefined;
  if (compare === 'previous_period') return [from - length, from];
  const weeks = Math.ceil(length / (7 * DAY_MS));
  const back = (at: number): number => {
    const wall = wallClock(at, zone);
    return instantOf(compare === 'previous_year' ? yearBefore(wall) : wall - weeks * 7 * DAY_MS, zone);
  };
  return [back(from), back(to) > back(from) ? back(to) : back(from) + length];
}

/** 29 February becomes the 28th. */
function yearBefore(wall: number): number {
  const date = new Date(wall);
  const leapDay = date.getUTCMonth() === 1 && date.getUTCDate() === 29;
  return new Date(wall - (leapDay ? DAY_MS : 0)).setUTCFullYear(date.getUTCFullYear() - 1);
}

/** Where the bucket begins that an instant belongs to, before it is cut by the range. */
export function bucketStartOf(at: number, width: BucketWidth, zone: string): number {
  const date = localDate(at, zone);
  if (width === '1d') return midnightOf(date, zone);
  if (width === '1w') return midnightOf(mondayOf(date), zone);
  if (width === '1mo') return midnightOf(firstOf(date), zone);
  const midnight = midnightOf(date, zone);
  return at - ((at - midnight) % STEPS_MS[width]!);
}

/** A series of this width has about so many buckets. */
export const roughCount = ([from, to]: Span, width: BucketWidth): number =>
  (to - from) / (STEPS_MS[width] ?? { '1d': DAY_MS, '1w': 7 * DAY_MS, '1mo': 30 * DAY_MS }[width as '1d' | '1w' | '1mo']);
