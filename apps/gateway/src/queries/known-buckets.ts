import type { BucketDto } from '@analytics/dto';
import type { Bucket, MetricValue } from '@analytics/timescale';

/** A stretch of event time, ms since 1970; the end is excluded. */
export type Stretch = readonly [from: number, to: number];

/** An answer of a moment ago, and where events were stored since it was read. */
export interface Known<A = object> {
  answer: A;
  touched: readonly Stretch[];
}

/** In more pieces than this a series is not read; then it is read as a whole. */
const MOST_RUNS = 8;

/** A series of buckets: those whose values are known still, and those that have to be read (again). */
export class KnownBuckets {
  private readonly values: readonly (MetricValue[] | undefined)[];
  /** The buckets to be read, as gapless runs. */
  readonly runs: Bucket[][];

  /**
   * @param known buckets of a moment ago, read at `readAt`, ms since 1970. None: all are read.
   * @param now the present: a bucket that is open now, or was then, is read again.
   */
  constructor(
    private readonly buckets: readonly Bucket[],
    { known = [], touched = [], readAt = 0 }: { known?: readonly BucketDto[] | undefined; touched?: readonly Stretch[]; readAt?: number },
    now: number,
  ) {
    const byFrom = new Map(known.map((bucket) => [Date.parse(bucket.from), bucket]));
    const values = buckets.map(({ from, to }): MetricValue[] | undefined => {
      const [start, end] = [from.getTime(), to.getTime()];
      const before = byFrom.get(start);
      const same = before !== undefined && Date.parse(before.to) === end;
      const open = start <= now && end > readAt;
      return same && !open && !touched.some((stretch) => overlaps(stretch, [start, end])) ? before.values : undefined;
    });
    const runs = runsOf(buckets, (index) => values[index] === undefined);
    this.values = runs.length <= MOST_RUNS ? values : buckets.map(() => undefined);
    this.runs = runs.length <= MOST_RUNS ? runs : [[...buckets]];
  }

  /** The whole series. @param read the values of each of `runs`. */
  fill(read: readonly (readonly MetricValue[][])[]): BucketDto[] {
    const fresh = read.flat();
    let next = 0;
    return this.buckets.map(({ from, to, complete }, index) => ({
      from: from.toISOString(),
      to: to.toISOString(),
      complete,
      values: this.values[index] ?? fresh[next++]!,
    }));
  }
}

export const overlaps = ([from, to]: Stretch, [start, end]: Stretch): boolean => from < end && to > start;

function runsOf(buckets: readonly Bucket[], wanted: (index: number) => boolean): Bucket[][] {
  const runs: Bucket[][] = [];
  buckets.forEach((bucket, index) => {
    if (!wanted(index)) return;
    if (index > 0 && wanted(index - 1)) runs.at(-1)!.push(bucket);
    else runs.push([bucket]);
  });
  return runs;
}
