/** Stretches of the calendar of the zone. Those that include today end now; `last_7_days` is today and the six days before. */
export const CALENDAR_PERIODS = [
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
  'this_year',
  'last_7_days',
  'last_30_days',
  'last_12_months',
] as const;

/** Widths of buckets. Those of a day and longer begin at local midnight, shorter ones step by the time that passes, anew each local day. */
export const BUCKET_WIDTHS = ['auto', '1s', '10s', '1m', '5m', '15m', '30m', '1h', '6h', '1d', '1w', '1mo'] as const;
export type BucketWidthName = (typeof BUCKET_WIDTHS)[number];

/** `same_weekday`: as many whole weeks before as the range needs. `previous_year`: the same dates and clock times of the year before. */
export const COMPARISONS = ['previous_period', 'same_weekday', 'previous_year'] as const;
export type ComparisonName = (typeof COMPARISONS)[number];

/** A length of time that ends now. */
const LENGTH = /^[1-9]\d{0,3}[mhd]$/;

export const isPeriod = (value: unknown): boolean =>
  typeof value === 'string' && ((CALENDAR_PERIODS as readonly string[]).includes(value) || LENGTH.test(value));

/** Names only: neither an offset such as `+02:00` (it has no summer) nor anything else that some versions of Intl take. */
const ZONE_NAME = /^[a-z][a-z0-9_+-]*(\/[a-z0-9_+-]+){0,2}$/i;

/** A time zone's name as it is written, whatever the case of `name`; undefined: there is no such zone. */
export function canonicalTimeZone(name: unknown): string | undefined {
  if (typeof name !== 'string' || !ZONE_NAME.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
