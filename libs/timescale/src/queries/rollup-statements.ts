import type { SketchKind } from '../compaction/compacted-fields.js';
import { DURATION_COUNTS, unpacked, VALUE_COUNTS, type PackedTable } from '../compaction/compaction-statements.js';
import { hashSql, type StoredSketch } from '../compaction/distinct-sketch.js';
import { durationBucketSql } from '../compaction/duration-bucket.js';
import { queryRows, type Queryable } from '../postgres-pool.js';
import type { CellSql } from './events-statement.js';
import { fieldSql, numberSql, type FieldName, type FieldSql } from './fields.js';
import { filterSql, type Filter } from './filter-sql.js';
import type { RollupNeeds } from './rollup-needs.js';
import { SqlParameters } from './sql-parameters.js';
import type { Cover, StretchRun } from './stretch-cover.js';
import type { TimeRange } from './time-range.js';

/** A question whose answer is put together from counts and, at the edges, from events. */
export interface RollupQuestion {
  projectId: string;
  filter: Filter | undefined;
  needs: RollupNeeds;
  cover: Cover;
  /** What tells cells apart, by `time` (of a stretch: its start), `event_type` and `value`; its values are never null. */
  cells: readonly CellSql[];
  /** Events without the field are left out. */
  presentOnly: boolean;
}

/** Cells are named by the values of their columns. */
export type CellKey = readonly unknown[];

/** A field over rows that have `event_type` and `value`. */
const countedField = (field: FieldName): FieldSql => ({ text: field === 'type' ? 'event_type' : 'value' });

/** The key of a cell of a breakdown. */
export const countedKey =
  (field: FieldName): CellSql =>
  () =>
    `coalesce('=' || ${countedField(field).text}, '')`;

export interface CountRow {
  cell: CellKey;
  events: number;
  errors: number;
}

/** @param most cells; which ones, where there are more, is left open. */
export async function readCounts(db: Queryable, question: RollupQuestion, most: number): Promise<CountRow[]> {
  const parameters = new SqlParameters();
  const counted = countedRows(question, parameters, { packed: VALUE_COUNTS, ofEvents: '1::bigint', condition: 'TRUE' });
  const cells = cellColumns(question, parameters);
  const rows = await queryRows<Record<string, unknown> & { events: number; errors: number }>(
    db,
    `SELECT ${listed(cells.select, 'sum(events)::bigint AS events', `coalesce(sum(events) FILTER (WHERE event_type = 'error'), 0)::bigint AS errors`)}
       FROM (${counted}) AS counted WHERE ${condition(question, parameters)} GROUP BY ${listed(cells.names, '()')}
      LIMIT ${parameters.add(most, 'int')}`,
    parameters.values,
  );
  // Without a cell column there is a row even of nothing, whose sum is null.
  return rows.map((row) => ({ cell: cells.names.map((name) => row[name]), events: row.events ?? 0, errors: row.errors }));
}

export interface DurationRow {
  cell: CellKey;
  bucket: number;
  events: number;
  milliseconds: number;
}

export async function readDurations(db: Queryable, question: RollupQuestion): Promise<DurationRow[]> {
  const parameters = new SqlParameters();
  const ms = numberSql('duration_ms', parameters);
  const counted = countedRows(question, parameters, {
    packed: DURATION_COUNTS,
    ofEvents: `${durationBucketSql(`(${ms})`)}, 1::bigint, ${ms}`,
    condition: `(${ms}) IS NOT NULL`,
  });
  const cells = cellColumns(question, parameters);
  const rows = await queryRows<Record<string, unknown> & Omit<DurationRow, 'cell'>>(
    db,
    `SELECT ${listed(cells.select, 'duration_bucket AS bucket', 'sum(events)::bigint AS events', 'sum(milliseconds) AS milliseconds')}
       FROM (${counted}) AS counted WHERE ${condition(question, parameters)} GROUP BY ${listed(cells.names, 'duration_bucket')}`,
    parameters.values,
  );
  return rows.map(({ bucket, events, milliseconds, ...row }) => ({ cell: cells.names.map((name) => row[name]), bucket, events, milliseconds }));
}

export interface SketchRow extends StoredSketch {
  cell: CellKey;
  kind: SketchKind;
}

export async function readDistinct(db: Queryable, question: RollupQuestion): Promise<SketchRow[]> {
  const { projectId, needs, cover } = question;
  const parameters = new SqlParameters();
  const project = parameters.add(projectId, 'text');
  const cells = cellColumns(question, parameters);
  const kinds = parameters.add(needs.distinct, 'text[]');
  const values = needs.distinct.map((kind) => `('${kind}', ${kind === 'users' ? 'user_id' : 'session_id::text'})`).join(', ');
  const seen = cover.rests.map(
    (rest) => `SELECT ${listed(cells.select, 'kind', 'value')} FROM events CROSS JOIN LATERAL (VALUES ${values}) AS counted (kind, value)
                WHERE project_id = ${project} AND ${within('time', rest, parameters)}`,
  );
  const ofEvents = `
    UNION ALL
    SELECT ${listed(cells.names, 'kind', 'TRUE', `string_agg(${hashSql('value')}, ''::bytea)`)}
      FROM (SELECT DISTINCT * FROM (${seen.join(' UNION ALL ')}) AS seen WHERE value IS NOT NULL) AS seen GROUP BY ${listed(cells.names, 'kind')}`;
  const rows = await queryRows<Record<string, unknown> & Omit<SketchRow, 'cell'>>(
    db,
    `SELECT ${listed(cells.select, 'kind', 'exact', 'data')}
       FROM (SELECT bucket AS time, kind, exact, data FROM distinct_sketches
              WHERE project_id = ${project} AND kind = ANY (${kinds}) AND ${inRuns(cover.runs, parameters)}) AS sketches
     ${seen.length > 0 ? ofEvents : ''}`,
    parameters.values,
  );
  // Registers first: what is added to them needs no set of its own.
  rows.sort((a, b) => Number(a.exact) - Number(b.exact));
  return rows.map(({ kind, exact, data, ...row }) => ({ cell: cells.names.map((name) => row[name]), kind, exact, data }));
}

interface Counted {
  packed: PackedTable;
  /** What the columns after `event_type` and `value` are of one event. */
  ofEvents: string;
  /** Which events count at all. */
  condition: string;
}

/** The stretches and the events of a cover as one relation. */
function countedRows({ projectId, needs: { field }, cover }: RollupQuestion, parameters: SqlParameters, counted: Counted): string {
  const project = parameters.add(projectId, 'text');
  const value = `${fieldSql(field, parameters).text} AS value`;
  const stretches = `
    SELECT bucket AS time, ${unpacked(counted.packed)} FROM ${counted.packed.table}
     WHERE project_id = ${project} AND field = ${parameters.add(field, 'text')} AND ${inRuns(cover.runs, parameters)}`;
  const rests = cover.rests.map(
    (rest) => `
    SELECT time, event_type, ${value}, ${counted.ofEvents} FROM events
     WHERE project_id = ${project} AND ${within('time', rest, parameters)} AND ${counted.condition}`,
  );
  return [stretches, ...rests].join(' UNION ALL ');
}

const within = (column: string, { from, to }: TimeRange, parameters: SqlParameters): string =>
  `${column} >= ${parameters.add(from, 'timestamptz')} AND ${column} < ${parameters.add(to, 'timestamptz')}`;

const inRuns = (runs: readonly StretchRun[], parameters: SqlParameters): string =>
  runs.length === 0 ? 'FALSE' : `(${runs.map((run) => `minutes = ${run.minutes} AND ${within('bucket', run, parameters)}`).join(' OR ')})`;

const condition = ({ filter, presentOnly }: RollupQuestion, parameters: SqlParameters): string =>
  `${filter ? filterSql(filter, parameters, countedField) : 'TRUE'}${presentOnly ? ' AND value IS NOT NULL' : ''}`;

function cellColumns({ cells }: RollupQuestion, parameters: SqlParameters): { names: string[]; select: string[] } {
  const names = cells.map((_, index) => `cell_${index + 1}`);
  return { names, select: cells.map((cell, index) => `${cell(parameters)} AS ${names[index]}`) };
}

const listed = (columns: readonly string[], ...more: string[]): string => [...columns, ...more].join(', ');
