import { numberSql, type FieldName } from './fields.js';
import type { SqlParameters } from './sql-parameters.js';

/** Metrics with a name of their own. */
export type NamedMetric =
  | 'events'
  | 'users'
  | 'sessions'
  | 'events_per_session'
  | 'session_duration'
  | 'bounce_rate'
  | 'error_rate'
  | 'avg_duration'
  | 'p50_duration'
  | 'p75_duration'
  | 'p95_duration'
  | 'p99_duration';

/** What can be computed of the numbers of any numeric field. */
export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'p50' | 'p75' | 'p95' | 'p99';

export type Metric = { name: NamedMetric } | { aggregate: Aggregate; field: FieldName };

/** A metric's value; null where nothing is there to compute it from. */
export type MetricValue = number | null;

/** What is looked at one by one: events, users or sessions. Each has a subquery of its own, since they count different things. */
type Unit = 'events' | 'users' | 'sessions';

interface MetricSql {
  unit: Unit;
  sql: string;
  /** The metric of no events. */
  ofNothing: MetricValue;
}

const NAMED: ReadonlyMap<string, MetricSql> = new Map<string, MetricSql>([
  ['events', { unit: 'events', sql: 'count(*)', ofNothing: 0 }],
  ['users', { unit: 'users', sql: 'count(*)', ofNothing: 0 }],
  ['sessions', { unit: 'sessions', sql: 'count(*)', ofNothing: 0 }],
  ['events_per_session', { unit: 'sessions', sql: 'avg(events::float8)', ofNothing: null }],
  ['session_duration', { unit: 'sessions', sql: 'avg(milliseconds) / 1000', ofNothing: null }],
  ['bounce_rate', { unit: 'sessions', sql: '(count(*) FILTER (WHERE events = 1))::float8 / nullif(count(*), 0)', ofNothing: null }],
  ['error_rate', { unit: 'events', sql: `(count(*) FILTER (WHERE event_type = 'error'))::float8 / nullif(count(*), 0)`, ofNothing: null }],
]);

const DURATIONS: ReadonlyMap<string, Aggregate> = new Map([
  ['avg_duration', 'avg'],
  ['p50_duration', 'p50'],
  ['p75_duration', 'p75'],
  ['p95_duration', 'p95'],
  ['p99_duration', 'p99'],
]);

const quantile = (part: number) => (value: string) => `percentile_cont(${part}) WITHIN GROUP (ORDER BY ${value})`;

const AGGREGATES: Readonly<Record<Aggregate, { of: (value: string) => string; ofNothing: MetricValue }>> = {
  count: { of: (value) => `count(${value})`, ofNothing: 0 },
  sum: { of: (value) => `coalesce(sum(${value}), 0)`, ofNothing: 0 },
  avg: { of: (value) => `avg(${value})`, ofNothing: null },
  min: { of: (value) => `min(${value})`, ofNothing: null },
  max: { of: (value) => `max(${value})`, ofNothing: null },
  p50: { of: quantile(0.5), ofNothing: null },
  p75: { of: quantile(0.75), ofNothing: null },
  p95: { of: quantile(0.95), ofNothing: null },
  p99: { of: quantile(0.99), ofNothing: null },
};

/**
 * The metrics of one statement. A source (a CTE of matching events) gives {@link columns}; {@link select} computes the metrics from it,
 * for each cell: the buckets of a series, the values of a breakdown, or one for all.
 */
export class MetricsSql {
  private readonly metrics: MetricSql[];
  private readonly values = new Map<FieldName, string>();
  private readonly valueSql: string[] = [];
  /** Each metric of no events, in the order asked for. */
  readonly ofNothing: readonly MetricValue[];

  /** @throws {RangeError} for a metric or field that does not exist: names are checked at the edge. */
  constructor(metrics: readonly Metric[], parameters: SqlParameters) {
    this.metrics = metrics.map((metric) => this.compile(metric, parameters));
    this.ofNothing = this.metrics.map(({ ofNothing }) => ofNothing);
  }

  /** Select-list entries that a source must have besides its cell columns. */
  get columns(): string[] {
    const units = new Set(this.metrics.map(({ unit }) => unit));
    return [
      'event_type',
      ...(units.has('users') ? ['user_id'] : []),
      ...(units.has('sessions') ? ['session_id', 'time'] : []),
      ...this.valueSql,
    ];
  }

  /**
   * SELECT of the cell columns, `cell_events` (how many events a cell has) and `metric_1`, `metric_2` …
   * @param source name of a relation with {@link columns} and the cell's.
   * @param cell columns that tell the cells apart, none of them ever null; none: one cell, which is there even without any event.
   */
  select(source: string, cell: readonly string[] = []): string {
    const group = `GROUP BY ${cell.length > 0 ? cell.join(', ') : '()'}`;
    const listed = (...columns: string[]): string => [...cell, ...columns].join(', ');
    const join = cell.length > 0 ? `USING (${cell.join(', ')})` : 'ON TRUE';
    const has = (unit: Unit): boolean => this.metrics.some((metric) => metric.unit === unit);
    const users = `
      LEFT JOIN (SELECT ${listed(...this.of('users'))}
                   FROM (SELECT DISTINCT ${listed('user_id')} FROM ${source}) AS users ${group}) AS by_user ${join}`;
    const sessions = `
      LEFT JOIN (SELECT ${listed(...this.of('sessions'))}
                   FROM (SELECT ${listed('count(*) AS events', '(extract(epoch FROM max(time) - min(time)) * 1000)::float8 AS milliseconds')}
                           FROM ${source} WHERE session_id IS NOT NULL
                          GROUP BY ${listed('session_id')}) AS sessions ${group}) AS by_session ${join}`;
    return `
    SELECT ${listed('cell_events', ...this.metrics.map(({ ofNothing }, index) => result(index, ofNothing)))}
      FROM (SELECT ${listed('count(*) AS cell_events', ...this.of('events'))} FROM ${source} ${group}) AS by_event
      ${has('users') ? users : ''}${has('sessions') ? sessions : ''}`;
  }

  /** The columns of the metrics: `metric_1`, `metric_2` …, in the order asked for. */
  get names(): string[] {
    return this.metrics.map((_, index) => `metric_${index + 1}`);
  }

  /** The metrics of a row of {@link select}, in the order asked for. */
  read(row: Record<string, unknown>): MetricValue[] {
    return this.names.map((name) => row[name] as MetricValue);
  }

  private of(unit: Unit): string[] {
    return this.metrics.flatMap((metric, index) => (metric.unit === unit ? [`${metric.sql} AS metric_${index + 1}`] : []));
  }

  private compile(metric: Metric, parameters: SqlParameters): MetricSql {
    if ('aggregate' in metric) return this.aggregate(metric.aggregate, metric.field, parameters);
    const duration = DURATIONS.get(metric.name);
    if (duration) return this.aggregate(duration, 'duration_ms', parameters);
    const named = NAMED.get(metric.name);
    if (!named) throw new RangeError(`there is no metric ${metric.name}`);
    return named;
  }

  private aggregate(aggregate: Aggregate, field: FieldName, parameters: SqlParameters): MetricSql {
    const { of, ofNothing } = AGGREGATES[aggregate];
    return { unit: 'events', sql: of(this.valueOf(field, parameters)), ofNothing };
  }

  /** The source's column with the numbers of a field; one for all metrics of it. */
  private valueOf(field: FieldName, parameters: SqlParameters): string {
    const known = this.values.get(field);
    if (known !== undefined) return known;
    const name = `value_${this.values.size + 1}`;
    this.values.set(field, name);
    this.valueSql.push(`${numberSql(field, parameters)} AS ${name}`);
    return name;
  }
}

/** A cell may have events and not a single session. */
const result = (index: number, ofNothing: MetricValue): string =>
  ofNothing === 0 ? `coalesce(metric_${index + 1}, 0) AS metric_${index + 1}` : `metric_${index + 1}`;
