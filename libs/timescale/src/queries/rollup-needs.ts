import { DURATION_FIELDS, hasDurations, isCompacted, type CompactedField, type SketchKind } from '../compaction/compacted-fields.js';
import { SKETCH_ERROR } from '../compaction/distinct-sketch.js';
import { DURATION_ERROR } from '../compaction/duration-bucket.js';
import type { FieldName } from './fields.js';
import type { Filter } from './filter-sql.js';
import type { Aggregate, Metric } from './metrics.js';

/** What of a cell the metrics of a question are computed from, when counts are enough. */
export interface RollupNeeds {
  /** The one field besides `type` that the question names; `type` when it names none. */
  field: CompactedField;
  durations: boolean;
  distinct: SketchKind[];
}

/** Without a value there is no such way, for this reason. */
export type RollupEligibility = { needs: RollupNeeds; reason?: undefined } | { reason: string; needs?: undefined };

/** What a metric is computed from. */
export type MetricSource =
  | { kind: 'events' | 'error_rate' }
  | { kind: 'distinct'; of: SketchKind }
  | { kind: 'duration'; aggregate: Aggregate };

const DURATION_AGGREGATES: readonly Aggregate[] = ['count', 'sum', 'avg', 'p50', 'p75', 'p95', 'p99'];

/** Undefined: counts do not tell. */
export function sourceOf(metric: Metric): MetricSource | undefined {
  if ('aggregate' in metric) return metric.field === 'duration_ms' ? durationSource(metric.aggregate) : undefined;
  const { name } = metric;
  if (name === 'events' || name === 'error_rate') return { kind: name };
  if (name === 'users' || name === 'sessions') return { kind: 'distinct', of: name };
  return name.endsWith('_duration') ? durationSource(name.slice(0, -'_duration'.length)) : undefined;
}

function durationSource(name: string): MetricSource | undefined {
  const aggregate = DURATION_AGGREGATES.find((each) => each === name);
  return aggregate && { kind: 'duration', aggregate };
}

/** The error that a metric from counts may have: relative, the standard error of an estimate or the bound of a quantile; 0: exact. */
export function errorOf(metric: Metric): number {
  const source = sourceOf(metric);
  if (source?.kind === 'distinct') return SKETCH_ERROR;
  return source?.kind === 'duration' && source.aggregate.startsWith('p') ? DURATION_ERROR : 0;
}

/** Whether counts say the same as the raw events do, for any time. */
export function findRollupNeeds(filter: Filter | undefined, metrics: readonly Metric[], by: readonly FieldName[]): RollupEligibility {
  const fields = new Set<FieldName>([...by, ...(filter ? fieldsOf(filter) : [])]);
  fields.delete('type');
  if (fields.size > 1) return { reason: `counts know one field at a time besides type, and the question names ${[...fields].join(', ')}` };
  const [field = 'type'] = fields;
  if (!isCompacted(field)) return { reason: `there are no counts of ${field}` };
  const sources = metrics.map(sourceOf);
  const unknown = metrics[sources.indexOf(undefined)];
  if (unknown) return { reason: `${nameOf(unknown)} needs the events themselves` };
  const durations = sources.some((source) => source?.kind === 'duration');
  if (durations && !hasDurations(field)) return { reason: `durations are counted by ${DURATION_FIELDS.join(' and ')}, not by ${field}` };
  const distinct = [...new Set(sources.flatMap((source) => (source?.kind === 'distinct' ? [source.of] : [])))];
  if (distinct.length > 0 && (filter || by.length > 0)) return { reason: `${distinct.join(' and ')} are counted for all events only` };
  return { needs: { field, durations, distinct } };
}

const nameOf = (metric: Metric): string => ('aggregate' in metric ? `${metric.aggregate}(${metric.field})` : metric.name);

function fieldsOf(filter: Filter): FieldName[] {
  if ('and' in filter) return filter.and.flatMap(fieldsOf);
  if ('or' in filter) return filter.or.flatMap(fieldsOf);
  return 'not' in filter ? fieldsOf(filter.not) : [filter.field];
}
