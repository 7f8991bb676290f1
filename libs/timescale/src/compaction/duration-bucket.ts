import { LATENCY_GAMMA } from '../rollups/latency-bucket.js';

/**
 * Durations are counted in the logarithmic buckets of latency-bucket.ts, but any number has its place, whatever its sign and size: no
 * number of at most 100 characters reaches a bucket beyond 5,900.
 */
const OFFSET = 10_000;

/** Largest relative error of what a bucket stands for. A quantile of durations of one sign is as near. */
export const DURATION_ERROR = (LATENCY_GAMMA - 1) / (LATENCY_GAMMA + 1);

const magnitude = (ms: string): string => `${OFFSET} + ceil(ln(${ms}) / ln(${LATENCY_GAMMA}::float8))`;

/** The bucket of a number (float8), in SQL. */
export const durationBucketSql = (ms: string): string =>
  `(CASE WHEN ${ms} > 0 THEN ${magnitude(ms)} WHEN ${ms} < 0 THEN -(${magnitude(`-${ms}`)}) ELSE 0 END)::smallint`;

/** The milliseconds that a bucket stands for, within {@link DURATION_ERROR}. */
export const durationOfBucket = (bucket: number): number =>
  bucket === 0 ? 0 : (Math.sign(bucket) * 2 * LATENCY_GAMMA ** (Math.abs(bucket) - OFFSET)) / (LATENCY_GAMMA + 1);
