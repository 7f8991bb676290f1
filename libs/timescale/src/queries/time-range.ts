import { Temporal } from 'temporal-polyfill';

/** From (included) to (excluded). */
export interface TimeRange {
  from: Date;
  to: Date;
}

/** What is wrong with a question: which parameter, as it was given, and what would be right. */
export interface QueryFault {
  field: string;
  value: unknown;
  /** A sentence that begins with the field. */
  message: string;
  /** The values that would do, where they can be listed. */
  allowed?: readonly string[];
}

/** What was asked for, or why there is no such thing. */
export type Resolution<T> = { value: T; fault?: undefined } | { fault: QueryFault; value?: undefined };

/** Stretches of the calendar. Those that include today end now; `last_7_days` is today and the six days before. */
export type CalendarPeriod =
  | 'today'
  | 'yesterday'
  | 'this_week'
  | 'last_week'
  | 'this_month'
  | 'last_month'
  | 'this_year'
  | 'last_7_days'
  | 'last_30_days'
  | 'last_12_months';

/** The time that a question covers, as it was asked for. */
export interface RangeRequest {
  /** ISO 8601 instants with a zone; `to` alone makes no sense. */
  from?: string | undefined;
  to?: string | undefined;
  /** A {@link CalendarPeriod}, or a length such as `30m`, `6h` or `7d` that ends now. Default: `24h`. */
  period?: string | undefined;
  /** IANA time zone in which days, weeks and months begin. */
  timeZone: string;
}

export type Comparison = 'previous_period' | 'same_weekday' | 'previous_year';

export interface ComparisonRequest {
  compare?: Comparison | undefined;
  /** Start of a range of the same length, instead of `compare`. */
  compareFrom?: string | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
const DEFAULT_PERIOD = '24h';

const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
/** Room for clients whose clock is ahead and for ranges such as "the whole of this year". */
const LATEST_AHEAD_MS = 366 * DAY_MS;

type Dates = [start: Temporal.PlainDate, end?: Temporal.PlainDate];
const monday = (date: Temporal.PlainDate): Temporal.PlainDate => date.subtract({ days: date.dayOfWeek - 1 });
const first = (date: Temporal.PlainDate): Temporal.PlainDate => date.with({ day: 1 });

const CALENDAR: ReadonlyMap<string, (today: Temporal.PlainDate) => Dates> = new Map<CalendarPeriod, (today: Temporal.PlainDate) => Dates>([
  ['today', (today) => [today]],
  ['yesterday', (today) => [today.subtract({ days: 1 }), today]],
  ['this_week', (today) => [monday(today)]],
  ['last_week', (today) => [monday(today).subtract({ weeks: 1 }), monday(today)]],
  ['this_month', (today) => [first(today)]],
  ['last_month', (today) => [first(today).subtract({ months: 1 }), first(today)]],
  ['this_year', (today) => [today.with({ month: 1, day: 1 })]],
  ['last_7_days', (today) => [today.subtract({ days: 6 })]],
  ['last_30_days', (today) => [today.subtract({ days: 29 })]],
  ['last_12_months', (today) => [first(today).subtract({ months: 11 })]],
]);

/** The first instant of a date in a zone; usually midnight, but not where clocks jump over it. */
export const startOfDate = (date: Temporal.PlainDate, timeZone: string): number => date.toZonedDateTime(timeZone).epochMilliseconds;

/** An instant on the clocks of a zone. */
export const zoned = (ms: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);

/** The instants that a request means at `now` (ms since 1970). Names and forms are taken as checked. */
export function resolveTimeRange(request: RangeRequest, now: number): Resolution<TimeRange> {
  const { from, to, period } = request;
  if (period !== undefined && (from !== undefined || to !== undefined))
    return fault('period', period, 'period must not be given together with from or to; leave one of them out');
  if (to !== undefined && from === undefined) return fault('to', to, 'to must be given together with from');
  const [start, end] =
    from === undefined ? periodBounds(period ?? DEFAULT_PERIOD, request.timeZone, now) : [Date.parse(from), to === undefined ? now : Date.parse(to)];
  const field = from === undefined ? 'period' : 'from';
  if (start < EARLIEST) return fault(field, from ?? period, `${field} must not reach back beyond 2000-01-01T00:00:00Z`);
  if (end > now + LATEST_AHEAD_MS) return fault('to', to, 'to must not be more than 366 days from now');
  if (start >= end) return fault('from', from, `from must be before to${to === undefined ? ' (which is now when it is not given)' : ''}`);
  return { value: { from: new Date(start), to: new Date(end) } };
}

/** The range that `range` is compared with; undefined when none is asked for. */
export function resolveComparison(request: ComparisonRequest, range: TimeRange, timeZone: string): Resolution<TimeRange | undefined> {
  const { compare, compareFrom } = request;
  if (compare !== undefined && compareFrom !== undefined)
    return fault('compareFrom', compareFrom, 'compareFrom must not be given together with compare; leave one of them out');
  if (compare === undefined && compareFrom === undefined) return { value: undefined };
  const [start, end] = comparedBounds(request, range, timeZone);
  const [field, value] = compareFrom === undefined ? ['compare', compare] : ['compareFrom', compareFrom];
  if (start < EARLIEST) return fault(field, value, `${field} must not reach back beyond 2000-01-01T00:00:00Z`);
  return { value: { from: new Date(start), to: new Date(end) } };
}

function periodBounds(period: string, timeZone: string, now: number): [start: number, end: number] {
  const dates = CALENDAR.get(period)?.(zoned(now, timeZone).toPlainDate());
  if (dates) {
    const start = startOfDate(dates[0], timeZone);
    // At the very instant in which a day begins there is a millisecond of it.
    return [start, dates[1] ? startOfDate(dates[1], timeZone) : Math.max(now, start + 1)];
  }
  const length = Number(period.slice(0, -1)) * (UNIT_MS[period.slice(-1)] ?? DAY_MS);
  const step = length <= HOUR_MS ? 10_000 : MINUTE_MS;
  const end = (Math.floor(now / step) + 1) * step;
  return [end - length, end];
}

function comparedBounds({ compare, compareFrom }: ComparisonRequest, { from, to }: TimeRange, timeZone: string): [number, number] {
  const [start, end] = [from.getTime(), to.getTime()];
  const length = end - start;
  if (compareFrom !== undefined) return [Date.parse(compareFrom), Date.parse(compareFrom) + length];
  if (compare === 'previous_period') return [start - length, start];
  const back = compare === 'previous_year' ? { years: 1 } : { weeks: Math.ceil(length / WEEK_MS) };
  const shifted = (ms: number): number => zoned(ms, timeZone).subtract(back).epochMilliseconds;
  // 29 February has no counterpart, nor has an hour that clocks skip: what would be nothing keeps its length instead.
  return [shifted(start), shifted(end) > shifted(start) ? shifted(end) : shifted(start) + length];
}

const fault = (field: string, value: unknown, message: string): { fault: QueryFault } => ({ fault: { field, value, message } });
