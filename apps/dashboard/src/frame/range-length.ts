import { BUCKET_WIDTHS, type BucketWidthName } from '@analytics/dto/language';
import { DEFAULT_PERIOD, type ViewSearch } from '../routes/view.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, mo: 2_592_000 };
const DAY = 86_400;
/** A series has at most this many. */
const MOST_BUCKETS = 2000;

/** How many days a stretch of the calendar has at least and at most, days of 23 and 25 hours and leap years included. */
const CALENDAR_DAYS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  today: [0, 1.05],
  yesterday: [0.95, 1.05],
  this_week: [0, 7.05],
  last_week: [6.95, 7.05],
  this_month: [0, 31.05],
  last_month: [27.95, 31.05],
  this_year: [0, 366],
  last_7_days: [5.95, 7.05],
  last_30_days: [28.95, 30.05],
  last_12_months: [333, 366],
};

const secondsOf = (length: string): number => Number.parseInt(length, 10) * (SECONDS[length.replace(/^\d+/, '')] ?? 0);

/** How long a view's range is, seconds: what is certain without the calendar of its zone. @param now ms since 1970 */
export function rangeSeconds({ period = DEFAULT_PERIOD, from, to }: ViewSearch, now: number): { least: number; most: number } {
  if (from !== undefined) {
    const length = ((to === undefined ? now : Date.parse(to)) - Date.parse(from)) / 1000;
    return { least: length, most: length };
  }
  const days = CALENDAR_DAYS[period];
  if (days) return { least: days[0] * DAY, most: days[1] * DAY };
  return { least: secondsOf(period), most: secondsOf(period) };
}

/** Nearly a week: the last 7 days end with today, which is not over. */
const WEEK_DAYS = 5.95;

/** Whether every weekday has a place in a range: of a shorter one most of a heat map of the week would be empty. */
export const coversAWeek = (search: ViewSearch, now: number): boolean => rangeSeconds(search, now).least >= WEEK_DAYS * DAY;

/** The widths in which a range can be shown: neither too many buckets nor wider than all of it. */
export function fittingWidths(search: ViewSearch, now: number): BucketWidthName[] {
  const { most } = rangeSeconds(search, now);
  return BUCKET_WIDTHS.filter((width) => width === 'auto' || (secondsOf(width) <= most && most / secondsOf(width) < MOST_BUCKETS));
}
