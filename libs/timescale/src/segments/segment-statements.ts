import { COMPACTED_FIELDS, type CompactedField } from '../compaction/compacted-fields.js';
import { fieldSql } from '../queries/fields.js';
import { SqlParameters } from '../queries/sql-parameters.js';
import { COPIED_PROJECT, instantSql } from './copy-rows.js';

/** What is known of each event in a segment: who, and the fields that questions about ways filter by. */
export const SEGMENT_COLUMNS = ['user', 'session', ...COMPACTED_FIELDS] as const;
export type SegmentColumnName = 'user' | 'session' | CompactedField;

/** Columns of the table by the names of the language; some of these are words of SQL. */
const columnOf = (name: SegmentColumnName): string => `"${name}"`;

// A session in its 16 bytes. Built-in fields need no parameters of their own.
const valueOf = (name: SegmentColumnName): string => (name === 'session' ? 'session_id' : fieldSql(name, new SqlParameters()).text);

/** Rows for a SegmentEncoder: the raw events of the project from `from` to `to` (ms), in order. */
export const rawRows = (columns: readonly SegmentColumnName[], from: number, to: number): string => `
  SELECT time, ${columns.map(valueOf).join(', ')}
    FROM events WHERE project_id = ${COPIED_PROJECT} AND time >= ${instantSql(from)} AND time < ${instantSql(to)}
   ORDER BY time, event_id`;

/** Segments of the quarters that begin from `from` to `to` (ms). */
export const segmentRows = (columns: readonly SegmentColumnName[], from: number, to: number, order: 'ASC' | 'DESC'): string => `
  SELECT (extract(epoch FROM quarter) * 1000)::int8, events, times, ${columns.map(columnOf).join(', ')}
    FROM event_segments WHERE project_id = ${COPIED_PROJECT} AND quarter >= ${instantSql(from)} AND quarter < ${instantSql(to)}
   ORDER BY quarter ${order}, part ${order}`;

/** Everything that is known of the events of a segment, as columns of the table. */
export const ALL_SEGMENT_COLUMNS = ['times', ...SEGMENT_COLUMNS.map(columnOf)] as const;

export const DELETE_SEGMENTS = 'DELETE FROM event_segments WHERE project_id = $1 AND quarter >= $2 AND quarter < $3';

export const ADD_SEGMENT = `
  INSERT INTO event_segments (project_id, quarter, part, events, ${ALL_SEGMENT_COLUMNS.join(', ')})
  VALUES ($1, $2, $3, $4, ${ALL_SEGMENT_COLUMNS.map((_, index) => `$${index + 5}`).join(', ')})`;
