import type { Granularity } from '@analytics/dto';

/** Seconds of each bucket width, finest first. */
const GRANULARITY_SECONDS: Record<Granularity, number> = { '10s': 10, '1m': 60, '5m': 300, '15m': 900, '1h': 3600, '1d': 86_400 };

/** A chart of about 1,200 px shows this many buckets with at least 6 px each. The API's own limit is 2,000. */
const COMFORTABLE_BUCKETS = 200;

/** What the range picker offers. Every range ends now. */
export const RANGES = {
  '30m': { seconds: 1800, label: '30 min', words: 'the last 30 minutes' },
  '1h': { seconds: 3600, label: '1 h', words: 'the last hour' },
  '6h': { seconds: 21_600, label: '6 h', words: 'the last 6 hours' },
  '24h': { seconds: 86_400, label: '24 h', words: 'the last 24 hours' },
  '7d': { seconds: 604_800, label: '7 d', words: 'the last 7 days' },
} as const;
export type RangeName = keyof typeof RANGES;
export const DEFAULT_RANGE: RangeName = '30m';

export const isRangeName = (value: unknown): value is RangeName => typeof value === 'string' && Object.hasOwn(RANGES, value);

/** The finest bucket width that keeps a range within 200 buckets; a day where none does. */
export function granularityFor(rangeSeconds: number): Granularity {
  const names = Object.keys(GRANULARITY_SECONDS) as Granularity[];
  return names.find((name) => rangeSeconds / GRANULARITY_SECONDS[name] <= COMFORTABLE_BUCKETS) ?? '1d';
}
