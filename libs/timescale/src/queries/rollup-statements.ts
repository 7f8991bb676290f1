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
  /** Ranges that are answered together, in one statement for all; each has as many cell columns as the others. */
  parts: readonly RollupPart[];
  /** Events without the field are left out. */
  presentOnly: boolean;
}

export interface RollupPart {
  cover: Cover;
  /** What tells cells apart, by `time` (of a stretch: its start), `event_type` and `value`; its values are never null. */
  cells: readonly CellSql[];
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

/** Which of the parts a row is of, and which of its cells. */
export interface CellOfPart {
  part: number;
  cell: CellKey;
}

export interface CountRow extends CellOfPart {
  events: number;
  errors: number;
}

/** @param most cells; which ones, where there are more, is left open. */
export async function readCounts(db: Queryable, question: RollupQuestion, most: number): Promise<CountRow[]> {
  const parameters = new SqlParameters();
  const counted = countedRows(question, parameters, { packed: VALUE_COUNTS, ofEvents: '1::bigint', condition: 'TRUE' });
  const cells = cellColumns(question, parameters);
  const rows = await queryRows<Record<string, unknown> & Omit<CountRow, 'cell'>>(
    db,
    `SELECT ${listed(cells.select, 'part', 'sum(events)::bigint AS events', `coalesce(sum(events) FILTER (WHERE event_type = 'error'), 0)::bigint AS errors`)}
       FROM (${counted}) AS counted WHERE ${condition(question, parameters)} GROUP BY ${listed(cells.names, 'part')}
      LIMIT ${parameters.add(most, 'int')}`,
    parameters.values,
  );
  return rows.map(({ part, events, errors, ...row }) => ({ part, cell: cells.names.map((name) => row[name]), events, errors }));
}

export interface DurationRow extends CellOfPart {
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
    `SELECT ${listed(cells.select, 'part', 'duration_bucket AS bucket', 'sum(events)::bigint AS events', 'sum(milliseconds) AS milliseconds')}
       FROM (${counted}) AS counted WHERE ${condition(question, parameters)} GROUP BY ${listed(cells.names, 'part', 'duration_bucket')}`,
    parameters.values,
  );
  return rows.map(({ part, bucket, events, milliseconds, ...row }) => ({ part, cell: cells.names.map((name) => row[name]), bucket, events, milliseconds }));
}

export interface SketchRow extends StoredSketch, CellOfPart {
  kind: SketchKind;
}

export async function readDistinct(db: Queryable, { projectId, needs, parts }: RollupQuestion): Promise<SketchRow[]> {
  const parameters = new SqlParameters();
  const project = parameters.add(projectId, 'text');
  const kinds = parameters.add(needs.distinct, 'text[]');
  const values = needs.distinct.map((kind) => `('${kind}', ${kind === 'users' ? 'user_id' : 'session_id::text'})`).join(', ');
  const names = namesOfCells(parts);
  const [stretches, events]: [string[], string[]] = [[], []];
  for (const [part, { cover, cells }] of parts.entries()) {
    const columns = listed(cells.map((cell, index) => `${cell(parameters)} AS ${names[index]}`), `${part} AS part`, 'kind');
    stretches.push(`
      SELECT ${columns}, exact, data FROM (SELECT bucket AS time, kind, exact, data FROM distinct_sketches
              WHERE project_id = ${project} AND kind = ANY (${kinds}) AND ${inRuns(cover.runs, parameters)}) AS sketches`);
    for (const rest of cover.rests)
      events.push(`
      SELECT ${columns}, value FROM events CROSS JOIN LATERAL (VALUES ${values}) AS counted (kind, value)
       WHERE project_id = ${project} AND ${within('time', rest, parameters)}`);
  }
  if (events.length > 0)
    stretches.push(`
      SELECT ${listed(names, 'part', 'kind')}, TRUE, string_agg(${hashSql('value')}, ''::bytea)
        FROM (SELECT DISTINCT * FROM (${events.join(' UNION ALL ')}) AS seen WHERE value IS NOT NULL) AS seen GROUP BY ${listed(names, 'part', 'kind')}`);
  const rows = await queryRows<Record<string, unknown> & Omit<SketchRow, 'cell'>>(db, stretches.join(' UNION ALL '), parameters.values);
  // Registers first: what is added to them needs no set of its own.
  rows.sort((a, b) => Number(a.exact) - Number(b.exact));
  return rows.map(({ part, kind, exact, data, ...row }) => ({ part, cell: names.map((name) => row[name]), kind, exact, data }));
}

interface Counted {
  packed: PackedTable;
  /** What the columns after `event_type` and `value` are of one event. */
  ofEvents: string;
  /** Which events count at all. */
  condition: string;
}

/** The stretches and the events of all parts as one relation. */
function countedRows({ projectId, needs: { field }, parts }: RollupQuestion, parameters: SqlParameters, counted: Counted): string {
  const project = parameters.add(projectId, 'text');
  const name = parameters.add(field, 'text');
  const value = `${fieldSql(field, parameters).text} AS value`;
  const relations = parts.flatMap(({ cover }, part) => [
    `SELECT ${part} AS part, bucket AS time, ${unpacked(counted.packed)} FROM ${counted.packed.table}
      WHERE project_id = ${project} AND field = ${name} AND ${inRuns(cover.runs, parameters)}`,
    ...cover.rests.map(
      (rest) => `
     SELECT ${part}, time, event_type, ${value}, ${counted.ofEvents} FROM events
      WHERE project_id = ${project} AND ${within('time', rest, parameters)} AND ${counted.condition}`,
    ),
  ]);
  return relations.join(' UNION ALL ');
}

const within = (column: string, { from, to }: TimeRange, parameters: SqlParameters): string =>
  `${column} >= ${parameters.add(from, 'timestamptz')} AND ${column} < ${parameters.add(to, 'timestamptz')}`;

const inRuns = (runs: readonly StretchRun[], parameters: SqlParameters): string =>
  runs.length === 0 ? 'FALSE' : `(${runs.map((run) => `minutes = ${run.minutes} AND ${within('bucket', run, parameters)}`).join(' OR ')})`;

const condition = ({ filter, presentOnly }: RollupQuestion, parameters: SqlParameters): string =>
  `${filter ? filterSql(filter, parameters, countedField) : 'TRUE'}${presentOnly ? ' AND value IS NOT NULL' : ''}`;

const namesOfCells = (parts: readonly RollupPart[]): string[] => parts[0]!.cells.map((_, index) => `cell_${index + 1}`);

function cellColumns({ parts }: RollupQuestion, parameters: SqlParameters): { names: string[]; select: string[] } {
  const names = namesOfCells(parts);
  const select = names.map((name, index) => {
    // The expression alone is quicker, and a breakdown has tens of thousands of rows to group.
    if (parts.length === 1) return `${parts[0]!.cells[index]!(parameters)} AS ${name}`;
    const ofParts = parts.map(({ cells }, part) => `WHEN ${part} THEN ${cells[index]!(parameters)}`);
    return `CASE part ${ofParts.join(' ')} END AS ${name}`;
  });
  return { names, select };
}

const listed = (columns: readonly string[], ...more: string[]): string => [...columns, ...more].join(', ');
