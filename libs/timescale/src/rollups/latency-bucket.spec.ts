import { latencyBucketOf, latencyOfBucket } from './latency-bucket.js';

describe('latencyBucketOf', () => {
  it('puts a duration into a bucket whose estimate is within 2 % of it', () => {
    for (let ms = 0.001; ms < 1e7; ms *= 1.0137) expect(Math.abs(latencyOfBucket(latencyBucketOf(ms)) - ms) / ms).toBeLessThan(0.0197);
  });

  it('keeps the order of durations', () => {
    const durations = [0.2, 1, 7, 50, 51, 300, 2000, 60_000];
    const buckets = durations.map(latencyBucketOf);
    expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
  });

  it.each([Number.MIN_VALUE, Number.MAX_VALUE])('keeps %p within a smallint', (ms) => {
    expect(Math.abs(latencyBucketOf(ms))).toBeLessThan(32_768);
  });
});
