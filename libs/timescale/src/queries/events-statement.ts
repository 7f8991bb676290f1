import { queryRows, type Queryable } from '../postgres-pool.js';
import { filterSql, type Filter } from './filter-sql.js';
import { MetricsSql, type Metric } from './metrics.js';
import { SqlParameters } from './sql-parameters.js';
import type { TimeRange } from './time-range.js';

/** What every question about events has in common. */
export interface EventQuestion {
  projectId: string;
  range: TimeRange;
  /** Default: all events of the range. */
  filter?: Filter | undefined;
  /** IANA zone of the fields `hour_of_day` and `day_of_week`. Default: UTC. */
  timeZone?: string | undefined;
  /** At least one. Values of answers are in this order. */
  metrics: readonly Metric[];
}

export type Row = Record<string, unknown>;

/** Makes SQL over `events`, and adds the values in it to the parameters. */
export type CellSql = (parameters: SqlParameters) => string;

/** A statement over `matched`: the events of a question, each with the cell it belongs to and what the metrics need. */
export class EventsStatement {
  readonly parameters: SqlParameters;
  readonly metrics: MetricsSql;
  private readonly matched: string;

  constructor({ projectId, range, filter, timeZone = 'UTC', metrics }: EventQuestion, cell: readonly [name: string, sql: CellSql][], condition: CellSql = () => 'TRUE') {
    const parameters = new SqlParameters({ range, timeZone });
    this.parameters = parameters;
    this.metrics = new MetricsSql(metrics, parameters);
    const columns = [...cell.map(([name, sql]) => `${sql(parameters)} AS ${name}`), ...this.metrics.columns];
    this.matched = `
      SELECT ${columns.join(', ')}
        FROM events
       WHERE project_id = ${parameters.add(projectId, 'text')}
         AND time >= ${parameters.add(range.from, 'timestamptz')} AND time < ${parameters.add(range.to, 'timestamptz')}
         AND ${filter ? filterSql(filter, parameters) : 'TRUE'}
         AND ${condition(parameters)}`;
  }

  /** @param select what follows the CTE `matched`: more CTEs, each after a comma, and the SELECT. */
  run(db: Queryable, select: string): Promise<Row[]> {
    return queryRows<Row>(db, `WITH matched AS (${this.matched}) ${select}`, this.parameters.values);
  }
}
