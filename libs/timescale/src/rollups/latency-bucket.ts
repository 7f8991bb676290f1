/**
 * Durations are counted in logarithmic buckets (as in DDSketch): bucket i holds γ^(i-1) < ms ≤ γ^i. Counts of buckets can be
 * added, which quantiles cannot, so SQL merges minutes and partitions by summing.
 * The estimate of a bucket, 2γ^i / (γ+1), is at most (γ-1) / (γ+1) = 1.96 % away from any value in it.
 */
export const LATENCY_GAMMA = 1.04;

/** Bounds of a bucket's index: 1 ns to about 3,200 years. They keep any positive number inside a smallint. */
export const MIN_LATENCY_BUCKET = -353;
export const MAX_LATENCY_BUCKET = 825;

const LOG_GAMMA = Math.log(LATENCY_GAMMA);

/** The bucket that counts a duration of `ms` milliseconds (positive). */
export function latencyBucketOf(ms: number): number {
  return Math.min(MAX_LATENCY_BUCKET, Math.max(MIN_LATENCY_BUCKET, Math.ceil(Math.log(ms) / LOG_GAMMA)));
}

/** The same in SQL, for recomputing from raw events. */
export const latencyBucketSql = (ms: string): string =>
  `least(${MAX_LATENCY_BUCKET}, greatest(${MIN_LATENCY_BUCKET}, ceil(ln(${ms}) / ln(${LATENCY_GAMMA}::float8))))::smallint`;

/** The milliseconds that a bucket stands for, within 1.96 %. */
export const latencyOfBucket = (bucket: number): number => (2 * LATENCY_GAMMA ** bucket) / (LATENCY_GAMMA + 1);
