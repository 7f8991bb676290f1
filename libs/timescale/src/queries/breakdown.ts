import type { Queryable } from '../postgres-pool.js';
import { EventsStatement, type CellSql, type EventQuestion, type Row } from './events-statement.js';
import { fieldSql, type FieldName } from './fields.js';
import type { MetricValue } from './metrics.js';
import type { TimeRange } from './time-range.js';

export interface BreakdownQuestion extends EventQuestion {
  /** One field or two. */
  by: readonly FieldName[];
  /** Rows at most, and how many of the first ones are left out. */
  limit: number;
  offset: number;
  /** Whether events that lack a field form a row of their own (null), or are no part of the question. */
  includeMissing: boolean;
  /** The same values in another time. */
  compare?: TimeRange | undefined;
}

export interface BreakdownRow {
  /** In the order of `by`; null: the events that lack the field. */
  values: (string | null)[];
  metrics: MetricValue[];
  /** With `compare`: the same values in that time. */
  previous?: MetricValue[];
}

export interface Breakdown {
  /** Largest first metric first, null last; equal ones by value, in the order of code points, null last. */
  rows: BreakdownRow[];
  /** All events of the values that rank after the last row, as one; null when there are none. */
  other: MetricValue[] | null;
  /** All events of the question. */
  total: MetricValue[];
  /** With `compare`: all events of that time. */
  previousTotal?: MetricValue[];
  /** How many rows there are in all. */
  distinctValues: number;
}

/** Keys of cells are never null, so that they can be joined: '' for a missing value, '=' and the value for any other. */
const keySql =
  (field: FieldName): CellSql =>
  (parameters) =>
    `coalesce('=' || (${fieldSql(field, parameters).text}), '')`;
const keyNames = (by: readonly FieldName[]): string[] => by.map((_, index) => `key_${index + 1}`);
const valueOfKey = (key: unknown): string | null => (key === '' ? null : String(key).slice(1));
const keyOfValue = (value: string | null): string => (value === null ? '' : `=${value}`);

function breakdownStatement(question: BreakdownQuestion): EventsStatement {
  const { by, includeMissing } = question;
  const names = keyNames(by);
  const present: CellSql = (parameters) => by.map((field) => `(${fieldSql(field, parameters).text}) IS NOT NULL`).join(' AND ');
  return new EventsStatement(
    question,
    by.map((field, index) => [names[index]!, keySql(field)]),
    includeMissing ? undefined : present,
  );
}

/** Ranks the values, and takes together those that are not listed. */
export async function readBreakdown(db: Queryable, question: BreakdownQuestion): Promise<Breakdown> {
  const { by, limit, offset } = question;
  const keys = keyNames(by);
  const statement = breakdownStatement(question);
  const { metrics, parameters } = statement;
  const first = parameters.add(offset, 'int');
  const last = parameters.add(offset + limit, 'int');
  const order = ['metric_1 DESC NULLS LAST', ...keys.flatMap((key) => [`${key} = ''`, `${key} COLLATE "C"`])].join(', ');
  const listed = [...keys, 'cell_events', ...metrics.names].join(', ');
  const ofAll = [...keys.map(() => 'NULL'), 'cell_events', ...metrics.names].join(', ');
  const rows = await statement.run(
    db,
    `, cells AS (${metrics.select('matched', keys)}),
     ranked AS (SELECT *, row_number() OVER (ORDER BY ${order}) AS rank FROM cells),
     rest AS (SELECT matched.* FROM matched JOIN ranked USING (${keys.join(', ')}) WHERE rank > ${last})
     SELECT 'row' AS part, rank, NULL::bigint AS distinct_values, ${listed} FROM ranked WHERE rank > ${first} AND rank <= ${last}
      UNION ALL
     SELECT 'other', NULL::bigint, NULL::bigint, ${ofAll} FROM (${metrics.select('rest')}) AS other
      UNION ALL
     SELECT 'total', NULL, (SELECT count(*) FROM cells), ${ofAll} FROM (${metrics.select('matched')}) AS total`,
  );
  const [other, total] = [partOf(rows, 'other'), partOf(rows, 'total')];
  return {
    rows: rows
      .filter(({ part }) => part === 'row')
      .sort((a, b) => Number(a['rank']) - Number(b['rank']))
      .map((row) => ({ values: keys.map((key) => valueOfKey(row[key])), metrics: metrics.read(row) })),
    other: other['cell_events'] === 0 ? null : metrics.read(other),
    total: metrics.read(total),
    distinctValues: Number(total['distinct_values']),
  };
}

/** The same values, and all events, of another time. */
export async function addPrevious(db: Queryable, question: BreakdownQuestion, breakdown: Breakdown): Promise<Breakdown> {
  const keys = keyNames(question.by);
  const statement = breakdownStatement(question);
  const { metrics, parameters } = statement;
  const wanted = keys.map((_, index) => parameters.add(breakdown.rows.map(({ values }) => keyOfValue(values[index]!)), 'text[]'));
  const columns = [...keys, ...metrics.names].join(', ');
  const rows = await statement.run(
    db,
    `, wanted AS (SELECT matched.* FROM matched JOIN unnest(${wanted.join(', ')}) AS listed (${keys.join(', ')}) USING (${keys.join(', ')}))
     SELECT 'row' AS part, ${columns} FROM (${metrics.select('wanted', keys)}) AS cells
      UNION ALL
     SELECT 'total', ${[...keys.map(() => 'NULL'), ...metrics.names].join(', ')} FROM (${metrics.select('matched')}) AS total`,
  );
  const found = new Map(rows.filter(({ part }) => part === 'row').map((row) => [nameOf(keys.map((key) => row[key])), metrics.read(row)]));
  return {
    ...breakdown,
    rows: breakdown.rows.map((row) => ({ ...row, previous: found.get(nameOf(row.values.map(keyOfValue))) ?? [...metrics.ofNothing] })),
    previousTotal: metrics.read(partOf(rows, 'total')),
  };
}

const nameOf = (keys: unknown[]): string => JSON.stringify(keys);

/** A part of which there is always one row. */
const partOf = (rows: readonly Row[], part: string): Row => rows.find((row) => row['part'] === part)!;
