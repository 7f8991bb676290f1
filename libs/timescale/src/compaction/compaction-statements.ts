import { fieldSql, numberSql } from '../queries/fields.js';
import { SqlParameters } from '../queries/sql-parameters.js';
import { COMPACTED_FIELDS, DURATION_FIELDS, type CompactedField } from './compacted-fields.js';
import { hashSql, LAST_REGISTER, MOST_EXACT, rankSql, registerSql } from './distinct-sketch.js';
import { durationBucketSql } from './duration-bucket.js';
import type { StretchMinutes } from './stretch.js';

/** Columns that tell the rows of a table apart. */
export const VALUE_KEYS = ['project_id', 'field', 'minutes', 'bucket', 'event_type', 'value'] as const;
export const DURATION_KEYS = [...VALUE_KEYS, 'duration_bucket'] as const;

// Built-in fields need no parameters of their own.
const valuesOf = (fields: readonly CompactedField[]): string =>
  fields.map((field) => `('${field}', ${fieldSql(field, new SqlParameters()).text})`).join(', ');
const DURATION = numberSql('duration_ms', new SqlParameters());
const EVENTS = 'project_id = $1 AND time >= $2 AND time < $3';
const bucketSql = (minutes: StretchMinutes): string => `time_bucket(INTERVAL '${minutes} minutes', time)`;

const OTHER_FIELDS = COMPACTED_FIELDS.filter((field) => field !== 'type');
const NONE_GROUPED = 2 ** OTHER_FIELDS.length - 1;
/** grouping() has a bit for each field by which a row is not grouped, the last field's lowest. */
const fieldOfGrouping = OTHER_FIELDS.map((field, index) => `WHEN ${NONE_GROUPED - 2 ** (OTHER_FIELDS.length - 1 - index)} THEN '${field}'`).join(' ');

/**
 * Rows of value_counts, from the raw events of project $1 from $2 (included) to $3 (excluded). Grouping sets take a third of the time of a
 * row for each event and field; OFFSET 0 keeps the fields from being computed once for each set.
 */
export const valueCountsFromRaw = (minutes: StretchMinutes): string => `
  SELECT $1::text AS project_id, CASE grouped WHEN ${NONE_GROUPED} THEN 'type' ${fieldOfGrouping} END AS field,
         ${minutes}::smallint AS minutes, bucket, event_type,
         CASE grouped WHEN ${NONE_GROUPED} THEN event_type ELSE coalesce(${OTHER_FIELDS.join(', ')}) END AS value, events
    FROM (
      SELECT bucket, event_type, ${OTHER_FIELDS.join(', ')}, grouping(${OTHER_FIELDS.join(', ')}) AS grouped, count(*) AS events
        FROM (
          SELECT ${bucketSql(minutes)} AS bucket, event_type,
                 ${OTHER_FIELDS.map((field) => `${fieldSql(field, new SqlParameters()).text} AS ${field}`).join(', ')}
            FROM events WHERE ${EVENTS} OFFSET 0
        ) AS fields
       GROUP BY GROUPING SETS ((bucket, event_type), ${OTHER_FIELDS.map((field) => `(bucket, event_type, ${field})`).join(', ')})
    ) AS counted`;

/** Rows of duration_counts, likewise. */
export const durationCountsFromRaw = (minutes: StretchMinutes): string => `
  SELECT project_id, field, ${minutes}::smallint AS minutes, ${bucketSql(minutes)} AS bucket, event_type, value,
         ${durationBucketSql('ms')} AS duration_bucket, count(*) AS events, sum(ms) AS milliseconds
    FROM events CROSS JOIN LATERAL (SELECT ${DURATION} AS ms) AS duration
   CROSS JOIN LATERAL (VALUES ${valuesOf(DURATION_FIELDS)}) AS counted (field, value)
   WHERE ${EVENTS} AND ms IS NOT NULL
   GROUP BY project_id, field, 4, event_type, value, duration_bucket`;

/** Rows of distinct_sketches, likewise. */
export const sketchesFromRaw = (minutes: StretchMinutes): string => `
  WITH seen AS (
    SELECT DISTINCT ${bucketSql(minutes)} AS bucket, kind, value
      FROM events CROSS JOIN LATERAL (VALUES ('users', user_id), ('sessions', session_id::text)) AS counted (kind, value)
     WHERE ${EVENTS} AND value IS NOT NULL
  ), hashed AS (
    SELECT bucket, kind, ${hashSql('value')} AS hash, count(*) OVER (PARTITION BY bucket, kind) AS size FROM seen
  ), ranked AS (
    SELECT bucket, kind, ${registerSql('hash')} AS register, ${rankSql('hash')} AS rank FROM hashed WHERE size > ${MOST_EXACT}
     UNION ALL
    SELECT bucket, kind, register, 0
      FROM (SELECT DISTINCT bucket, kind FROM hashed WHERE size > ${MOST_EXACT}) AS large
     CROSS JOIN generate_series(0, ${LAST_REGISTER}) AS register
  )
  SELECT $1::text AS project_id, kind, ${minutes}::smallint AS minutes, bucket, TRUE AS exact,
         string_agg(int8send(hash), ''::bytea ORDER BY int8send(hash)) AS data
    FROM hashed WHERE size <= ${MOST_EXACT} GROUP BY bucket, kind
   UNION ALL
  SELECT $1::text, kind, ${minutes}::smallint, bucket, FALSE,
         string_agg(set_byte('\\x00'::bytea, 0, rank), ''::bytea ORDER BY register)
    FROM (SELECT bucket, kind, register, max(rank) AS rank FROM ranked GROUP BY bucket, kind, register) AS registers
   GROUP BY bucket, kind`;

const FIELDS = `field IN (${COMPACTED_FIELDS.map((field) => `'${field}'`).join(', ')})`;
const KINDS = `kind IN ('users', 'sessions')`;
const STRETCHES = 'bucket >= $2 AND bucket < $3';

/** Takes away the stretches of a width that begin from $2 to $3. Naming all fields makes the indexes of use. */
export const deleteStretches = (minutes: StretchMinutes): string[] => [
  `DELETE FROM value_counts WHERE project_id = $1 AND ${FIELDS} AND minutes = ${minutes} AND ${STRETCHES}`,
  `DELETE FROM duration_counts WHERE project_id = $1 AND ${FIELDS} AND minutes = ${minutes} AND ${STRETCHES}`,
  `DELETE FROM distinct_sketches WHERE project_id = $1 AND ${KINDS} AND minutes = ${minutes} AND ${STRETCHES}`,
];

/** Fills the quarters from $2 to $3 from the raw events. */
export const FILL_QUARTERS: readonly string[] = [
  `INSERT INTO value_counts (${VALUE_KEYS.join(', ')}, events) ${valueCountsFromRaw(15)}`,
  `INSERT INTO duration_counts (${DURATION_KEYS.join(', ')}, events, milliseconds) ${durationCountsFromRaw(15)}`,
  `INSERT INTO distinct_sketches (project_id, kind, minutes, bucket, exact, data) ${sketchesFromRaw(15)}`,
];

/** Fills the one stretch from $2 to $3 from the stretches of the next smaller width. Sketches are united in the process. */
export const uniteCounts = (minutes: StretchMinutes, parts: StretchMinutes): string[] => [
  `INSERT INTO value_counts (${VALUE_KEYS.join(', ')}, events)
   SELECT project_id, field, ${minutes}, $2::timestamptz, event_type, value, sum(events)
     FROM value_counts WHERE project_id = $1 AND ${FIELDS} AND minutes = ${parts} AND ${STRETCHES}
    GROUP BY project_id, field, event_type, value`,
  `INSERT INTO duration_counts (${DURATION_KEYS.join(', ')}, events, milliseconds)
   SELECT project_id, field, ${minutes}, $2::timestamptz, event_type, value, duration_bucket, sum(events), sum(milliseconds)
     FROM duration_counts WHERE project_id = $1 AND ${FIELDS} AND minutes = ${parts} AND ${STRETCHES}
    GROUP BY project_id, field, event_type, value, duration_bucket`,
];

export const readSketches = (minutes: StretchMinutes): string =>
  `SELECT kind, exact, data FROM distinct_sketches WHERE project_id = $1 AND ${KINDS} AND minutes = ${minutes} AND ${STRETCHES}`;

export const addSketch = (minutes: StretchMinutes): string =>
  `INSERT INTO distinct_sketches (project_id, bucket, kind, minutes, exact, data) VALUES ($1, $2, $3, ${minutes}, $4, $5)`;
