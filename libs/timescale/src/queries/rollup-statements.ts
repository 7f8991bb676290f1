import type { SketchKind } from '../compaction/compacted-fields.js';
import { DURATION_COUNTS, unpacked, VALUE_COUNTS } from '../compaction/compaction-statements.js';
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

export interface DurationRow extends CellOfPart {
  bucket: number;
  events: number;
  milliseconds: number;
}

export interface SketchRow extends StoredSketch, CellOfPart {
  kind: SketchKind;
}

/** What is known of the cells of an answer. */
export interface RollupRows {
  counts: CountRow[];
  durations: DurationRow[];
  sketches: SketchRow[];
}

type Row = Record<string, unknown> &
  Omit<CountRow & DurationRow & SketchRow, 'cell' | 'kind'> & { about: 'counts' | 'durations' | SketchKind };

/**
 * One statement, so that events at the ends of ranges are read once, whatever is computed from them.
 * @param most cells; where there are more, `most` + 1 of them are counted, and nothing else is known.
 */
export async function readRollups(db: Queryable, question: RollupQuestion, most: number): Promise<RollupRows> {
  const parameters = new SqlParameters();
  const sources = sourcesOf(question, parameters);
  const limit = parameters.add(most, 'int');
  const fewCells = `(SELECT count(*) FROM counts) <= ${limit}`;
  const { names, ends } = sources;
  const about = [
    `SELECT ${listed(names, 'part', `'counts' AS about`, 'events', 'errors')},
            NULL::smallint AS bucket, NULL::float8 AS milliseconds, NULL::boolean AS exact, NULL::bytea AS data FROM counts`,
  ];
  if (question.needs.durations) about.push(durationsSql(sources, fewCells));
  if (question.needs.distinct.length > 0) about.push(sketchesSql(sources, fewCells));
  const ctes = [...(ends ? [`ends AS (${ends})`] : []), `counts AS (${countsSql(sources)} LIMIT ${limit} + 1)`];
  const rows = await queryRows<Row>(db, `WITH ${ctes.join(', ')} ${about.join(' UNION ALL ')}`, parameters.values);
  const answer: RollupRows = { counts: [], durations: [], sketches: [] };
  for (const { about, part, events, errors, bucket, milliseconds, exact, data, ...row } of rows) {
    const cell = names.map((name) => row[name]);
    if (about === 'counts') answer.counts.push({ part, cell, events, errors });
    else if (about === 'durations') answer.durations.push({ part, cell, bucket, events, milliseconds });
    else answer.sketches.push({ part, cell, kind: about, exact, data });
  }
  return answer;
}

const SEEN_COLUMNS: Readonly<Record<SketchKind, string>> = { users: 'user_id', sessions: 'session_id' };

/** What the selections of one statement are made of. */
interface Sources {
  /** Names of the columns that tell cells apart. */
  names: readonly string[];
  /** These columns, of any row with `part`, `time`, `event_type` and `value`. */
  cells: readonly string[];
  /** Which counts are asked for. */
  condition: string;
  /** The events that no stretch covers, of all parts; undefined: there are none. */
  ends: string | undefined;
  /** Columns of the stretches of all parts, and of what is at their ends. */
  united(table: string, ofStretches: string, ofEnds: string): string;
  /** Sketches of the stretches of all parts. */
  sketches: () => string;
  distinct: readonly SketchKind[];
}

function sourcesOf(question: RollupQuestion, parameters: SqlParameters): Sources {
  const { projectId, filter, needs, parts, presentOnly } = question;
  const project = `project_id = ${parameters.add(projectId, 'text')}`;
  const field = `field = ${parameters.add(needs.field, 'text')}`;
  const runs = parts.map(({ cover }) => inRuns(cover.runs, parameters));
  const columns = [
    `${fieldSql(needs.field, parameters).text} AS value`,
    ...(needs.durations ? [`${numberSql('duration_ms', parameters)} AS milliseconds`] : []),
    ...needs.distinct.map((kind) => SEEN_COLUMNS[kind]),
  ];
  const ends = parts.flatMap(({ cover }, part) =>
    cover.rests.map(
      (rest) => `
      SELECT ${part} AS part, time, event_type, ${columns.join(', ')} FROM events WHERE ${project} AND ${within('time', rest, parameters)}`,
    ),
  );
  const stretches = (table: string, selected: string, which: string): string =>
    runs
      .map((inPart, part) => `SELECT ${part} AS part, bucket AS time, ${selected} FROM ${table} WHERE ${project} AND ${which} AND ${inPart}`)
      .join(' UNION ALL ');
  return {
    ...cellColumns(parts, parameters),
    condition: `${filter ? filterSql(filter, parameters, countedField) : 'TRUE'}${presentOnly ? ' AND value IS NOT NULL' : ''}`,
    ends: ends.length > 0 ? ends.join(' UNION ALL ') : undefined,
    united: (table, ofStretches, ofEnds) =>
      `${stretches(table, ofStretches, field)}${ends.length > 0 ? ` UNION ALL SELECT part, time, event_type, value, ${ofEnds} FROM ends` : ''}`,
    sketches: () => stretches('distinct_sketches', 'kind, exact, data', `kind = ANY (${parameters.add(needs.distinct, 'text[]')})`),
    distinct: needs.distinct,
  };
}

const countsSql = ({ names, cells, condition, united }: Sources): string => `
  SELECT ${listed(cells, 'part', 'sum(events)::bigint AS events', `coalesce(sum(events) FILTER (WHERE event_type = 'error'), 0)::bigint AS errors`)}
    FROM (${united(VALUE_COUNTS.table, unpacked(VALUE_COUNTS), '1::bigint')}) AS counted
   WHERE ${condition} GROUP BY ${listed(names, 'part')}`;

function durationsSql({ names, cells, condition, united }: Sources, fewCells: string): string {
  const ofEnds = `${durationBucketSql('milliseconds')}, 1::bigint, milliseconds`;
  return `
  SELECT ${listed(cells, 'part', `'durations'`, 'sum(events)::bigint', 'NULL', 'duration_bucket', 'sum(milliseconds)', 'NULL', 'NULL')}
    FROM (${united(DURATION_COUNTS.table, unpacked(DURATION_COUNTS), ofEnds)}) AS counted
   WHERE milliseconds IS NOT NULL AND ${fewCells} AND ${condition} GROUP BY ${listed(names, 'part', 'duration_bucket')}`;
}

/** What is seen at the ends is hashed when each is there once: a hash costs as much as some rows. */
function sketchesSql({ names, cells, ends, sketches, distinct }: Sources, fewCells: string): string {
  const nothing = ['NULL', 'NULL', 'NULL', 'NULL'];
  const stored = `SELECT ${listed(cells, 'part', 'kind', ...nothing, 'exact', 'data')} FROM (${sketches()}) AS sketches WHERE ${fewCells}`;
  if (!ends) return stored;
  const values = distinct.map((kind) => `('${kind}', ${SEEN_COLUMNS[kind]}::text)`).join(', ');
  const cell = listed(names, 'part', 'kind');
  return `${stored}
   UNION ALL
  SELECT ${listed(names, 'part', 'kind', ...nothing, 'TRUE', `string_agg(${hashSql('seen')}, ''::bytea)`)}
    FROM (SELECT DISTINCT ${cell}, seen
            FROM (SELECT DISTINCT ${listed(cells, 'part', ...distinct.map((kind) => SEEN_COLUMNS[kind]))} FROM ends WHERE ${fewCells}) AS pairs
           CROSS JOIN LATERAL (VALUES ${values}) AS counted (kind, seen)) AS each_once
   WHERE seen IS NOT NULL GROUP BY ${cell}`;
}

const within = (column: string, { from, to }: TimeRange, parameters: SqlParameters): string =>
  `${column} >= ${parameters.add(from, 'timestamptz')} AND ${column} < ${parameters.add(to, 'timestamptz')}`;

const inRuns = (runs: readonly StretchRun[], parameters: SqlParameters): string =>
  runs.length === 0 ? 'FALSE' : `(${runs.map((run) => `minutes = ${run.minutes} AND ${within('bucket', run, parameters)}`).join(' OR ')})`;

function cellColumns(parts: readonly RollupPart[], parameters: SqlParameters): Pick<Sources, 'names' | 'cells'> {
  const names = parts[0]!.cells.map((_, index) => `cell_${index + 1}`);
  const cells = names.map((name, index) => {
    // The expression alone is quicker, and a breakdown has tens of thousands of rows to group.
    if (parts.length === 1) return `${parts[0]!.cells[index]!(parameters)} AS ${name}`;
    const ofParts = parts.map((part, number) => `WHEN ${number} THEN ${part.cells[index]!(parameters)}`);
    return `CASE part ${ofParts.join(' ')} END AS ${name}`;
  });
  return { names, cells };
}

const listed = (columns: readonly string[], ...more: string[]): string => [...columns, ...more].join(', ');
