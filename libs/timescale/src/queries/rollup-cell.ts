import { DistinctSketch } from '../compaction/distinct-sketch.js';
import { durationOfBucket } from '../compaction/duration-bucket.js';
import type { SketchKind } from '../compaction/compacted-fields.js';
import type { Aggregate, Metric, MetricValue } from './metrics.js';
import { errorOf, sourceOf } from './rollup-needs.js';
import type { CountRow, DurationRow, SketchRow } from './rollup-statements.js';

/** What is known of the events of one cell of an answer. Cells can be united. */
export class RollupCell {
  events = 0;
  private errors = 0;
  private numbers = 0;
  private milliseconds = 0;
  private readonly durations = new Map<number, number>();
  private readonly sketches = new Map<SketchKind, DistinctSketch>();

  addCounts({ events, errors }: Pick<CountRow, 'events' | 'errors'>): void {
    this.events += events;
    this.errors += errors;
  }

  addDuration({ bucket, events, milliseconds }: Pick<DurationRow, 'bucket' | 'events' | 'milliseconds'>): void {
    this.durations.set(bucket, (this.durations.get(bucket) ?? 0) + events);
    this.numbers += events;
    this.milliseconds += milliseconds;
  }

  addSketch({ kind, ...sketch }: Pick<SketchRow, 'kind' | 'exact' | 'data'>): void {
    this.distinct(kind).add(sketch);
  }

  /** Adds another cell's events and durations. Distinct values are asked for only where cells are not united. */
  add(other: RollupCell): void {
    this.addCounts({ events: other.events, errors: other.errors });
    for (const [bucket, events] of other.durations) this.addDuration({ bucket, events, milliseconds: 0 });
    this.milliseconds += other.milliseconds;
  }

  /** Metrics that have a {@link sourceOf source}. */
  measure(metrics: readonly Metric[]): MetricValue[] {
    return metrics.map((metric) => {
      const source = sourceOf(metric);
      switch (source?.kind) {
        case 'events':
          return this.events;
        case 'error_rate':
          return ratio(this.errors, this.events);
        case 'distinct':
          return this.distinct(source.of).count();
        case 'duration':
          return this.duration(source.aggregate);
        default:
          throw new RangeError('the metric is not computed from counts');
      }
    });
  }

  /** The error that each metric's value may have; see errorOf. */
  errorsOf(metrics: readonly Metric[]): number[] {
    return metrics.map((metric) => {
      const source = sourceOf(metric);
      const exact = source?.kind === 'distinct' ? this.distinct(source.of).exact : source?.kind === 'duration' && this.numbers === 0;
      return exact ? 0 : errorOf(metric);
    });
  }

  private distinct(kind: SketchKind): DistinctSketch {
    let sketch = this.sketches.get(kind);
    if (!sketch) this.sketches.set(kind, (sketch = new DistinctSketch()));
    return sketch;
  }

  private duration(aggregate: Aggregate): MetricValue {
    if (aggregate === 'count') return this.numbers;
    if (aggregate === 'sum') return this.milliseconds;
    if (this.numbers === 0) return null;
    return aggregate === 'avg' ? this.milliseconds / this.numbers : this.quantile(Number(aggregate.slice(1)) / 100);
  }

  /** Between the two nearest numbers, as percentile_cont; each is known by its bucket. */
  private quantile(part: number): number {
    const sorted = [...this.durations].sort(([a], [b]) => a - b);
    const at = (index: number): number => {
      let below = 0;
      const found = sorted.find(([, events]) => (below += events) > index);
      return durationOfBucket(found![0]);
    };
    const place = part * (this.numbers - 1);
    const [low, high] = [at(Math.floor(place)), at(Math.ceil(place))];
    return low + (place - Math.floor(place)) * (high - low);
  }
}

const ratio = (part: number, whole: number): MetricValue => (whole === 0 ? null : part / whole);
