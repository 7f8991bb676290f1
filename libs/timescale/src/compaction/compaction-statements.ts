import { fieldSql, numberSql } from '../queries/fields.js';
import { SqlParameters } from '../queries/sql-parameters.js';
import { COMPACTED_FIELDS, DURATION_FIELDS, type CompactedField } from './compacted-fields.js';
import { hashSql } from './distinct-sketch.js';
import { durationBucketSql } from './duration-bucket.js';
import { MOST_VALUES, SHORTEST, type StretchMinutes } from './stretch.js';

/**
 * A table of counts. A row holds all counts of a field in a stretch as arrays side by side, since there are many stretches and most have few
 * counts; the arrays are null where the stretch keeps none (see MOST_VALUES).
 */
export interface PackedTable {
  table: 'value_counts' | 'duration_counts';
  /** What tells the counts of a row apart, and the array of each. */
  keys: Readonly<Record<string, string>>;
  /** What is added up, and the array of each. */
  sums: Readonly<Record<string, string>>;
  /** So many counts a row holds at most. */
  most: (minutes: StretchMinutes) => number;
  /** The rows before they are packed, from the raw events of project $1 from $2 (included) to $3 (excluded). */
  fromRaw: (minutes: StretchMinutes) => string;
}

const STRETCH_KEYS = ['project_id', 'field', 'minutes', 'bucket'];
/** Columns that tell unpacked rows apart. */
export const keysOf = ({ keys }: PackedTable): string[] => [...STRETCH_KEYS, ...Object.keys(keys)];

const arraysOf = ({ keys, sums }: PackedTable): string[] => [...Object.values(keys), ...Object.values(sums)];

/** Select-list entries that unpack the rows of a table: all arrays are equally long, so they go in step. */
export const unpacked = ({ keys, sums }: Pick<PackedTable, 'keys' | 'sums'>): string =>
  Object.entries({ ...keys, ...sums })
    .map(([column, array]) => `unnest(${array}) AS ${column}`)
    .join(', ');

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

/** Grouping sets take a third of the time of a row for each event and field; OFFSET 0 keeps the fields from being computed for each set. */
const valueCountsFromRaw = (minutes: StretchMinutes): string => `
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

const durationCountsFromRaw = (minutes: StretchMinutes): string => `
  SELECT project_id, field, ${minutes}::smallint AS minutes, ${bucketSql(minutes)} AS bucket, event_type, value,
         ${durationBucketSql('ms')} AS duration_bucket, count(*) AS events, sum(ms) AS milliseconds
    FROM events CROSS JOIN LATERAL (SELECT ${DURATION} AS ms) AS duration
   CROSS JOIN LATERAL (VALUES ${valuesOf(DURATION_FIELDS)}) AS counted (field, value)
   WHERE ${EVENTS} AND ms IS NOT NULL
   GROUP BY project_id, field, 4, event_type, value, duration_bucket`;

/** The hashes of all users and sessions of each stretch, each once and in order, from the raw events of project $1 from $2 to $3. */
export const hashesFromRaw = (minutes: StretchMinutes): string => `
  SELECT kind, bucket, string_agg(hash, ''::bytea ORDER BY hash) AS data
    FROM (SELECT bucket, kind, ${hashSql('value')} AS hash
            FROM (SELECT bucket, CASE grouping(user_id) WHEN 0 THEN 'users' ELSE 'sessions' END AS kind, coalesce(user_id, session_id::text) AS value
                    FROM (SELECT ${bucketSql(minutes)} AS bucket, user_id, session_id FROM events WHERE ${EVENTS}) AS seen
                   GROUP BY GROUPING SETS ((bucket, user_id), (bucket, session_id))) AS counted
           WHERE value IS NOT NULL) AS hashed
   GROUP BY kind, bucket`;

/** The durations of a value are spread over about so many buckets. */
const BUCKETS_A_VALUE = 10;

export const VALUE_COUNTS: PackedTable = {
  table: 'value_counts',
  keys: { event_type: 'event_types', value: 'field_values' },
  sums: { events: 'events' },
  most: (minutes) => MOST_VALUES[minutes],
  fromRaw: valueCountsFromRaw,
};
export const DURATION_COUNTS: PackedTable = {
  table: 'duration_counts',
  keys: { event_type: 'event_types', value: 'field_values', duration_bucket: 'duration_buckets' },
  sums: { events: 'events', milliseconds: 'milliseconds' },
  most: (minutes) => BUCKETS_A_VALUE * MOST_VALUES[minutes],
  fromRaw: durationCountsFromRaw,
};
export const PACKED_TABLES = [VALUE_COUNTS, DURATION_COUNTS] as const;

const FIELDS = `field IN (${COMPACTED_FIELDS.map((field) => `'${field}'`).join(', ')})`;
const KINDS = `kind IN ('users', 'sessions')`;
const STRETCHES = 'bucket >= $2 AND bucket < $3';

/** Changes of different tables in one statement: where traffic is small, most of the time would go by between statements. */
const together = (changes: readonly string[]): string =>
  `WITH ${changes.map((change, index) => `change_${index} AS (${change})`).join(', ')} SELECT`;

/** Takes away the stretches of a width that begin from $2 to $3. Naming all fields makes the indexes of use. */
export const deleteStretches = (minutes: StretchMinutes): string =>
  together([
    `DELETE FROM value_counts WHERE project_id = $1 AND ${FIELDS} AND minutes = ${minutes} AND ${STRETCHES}`,
    `DELETE FROM duration_counts WHERE project_id = $1 AND ${FIELDS} AND minutes = ${minutes} AND ${STRETCHES}`,
    `DELETE FROM distinct_sketches WHERE project_id = $1 AND ${KINDS} AND minutes = ${minutes} AND ${STRETCHES}`,
  ]);

/** @param counted unpacked rows, and whether they stand for counts that a shorter stretch has not kept. */
function packInto(packed: PackedTable, minutes: StretchMinutes, counted: string): string {
  const kept = `count(*) <= ${packed.most(minutes)} AND NOT bool_or(is_lost)`;
  const arrays = Object.keys({ ...packed.keys, ...packed.sums }).map((column) => `CASE WHEN ${kept} THEN array_agg(${column}) END`);
  return `
    INSERT INTO ${packed.table} (${[...STRETCH_KEYS, ...arraysOf(packed)].join(', ')})
    SELECT $1::text, field, ${minutes}, bucket, ${arrays.join(', ')} FROM (${counted}) AS counted GROUP BY field, bucket`;
}

/** Fills the shortest stretches from $2 to $3 from the raw events. Sketches are made in the process. */
export const COUNT_SHORTEST = together(
  PACKED_TABLES.map((packed) => packInto(packed, SHORTEST, `SELECT *, FALSE AS is_lost FROM (${packed.fromRaw(SHORTEST)}) AS raw`)),
);

/** Fills the stretches from $2 to $3 from those of the next smaller width. Sketches are united in the process. */
export const uniteCounts = (minutes: StretchMinutes, parts: StretchMinutes): string =>
  together(PACKED_TABLES.map((packed) => uniteInto(packed, minutes, parts)));

function uniteInto(packed: PackedTable, minutes: StretchMinutes, parts: StretchMinutes): string {
  const keys = Object.keys(packed.keys).join(', ');
  const sums = Object.keys(packed.sums);
  const from = `FROM ${packed.table} WHERE project_id = $1 AND ${FIELDS} AND minutes = ${parts} AND ${STRETCHES}`;
  const bucket = `time_bucket(INTERVAL '${minutes} minutes', bucket) AS bucket`;
  const nothing = [...Object.keys(packed.keys), ...sums].map(() => 'NULL').join(', ');
  return packInto(
    packed,
    minutes,
    `SELECT field, bucket, ${keys}, ${sums.map((sum) => `sum(${sum}) AS ${sum}`).join(', ')}, FALSE AS is_lost
       FROM (SELECT field, ${bucket}, ${unpacked(packed)} ${from}) AS parts GROUP BY field, bucket, ${keys}
      UNION ALL
     SELECT field, ${bucket}, ${nothing}, TRUE ${from} AND event_types IS NULL`,
  );
}

export const readSketches = (minutes: StretchMinutes): string =>
  `SELECT kind, bucket, exact, data FROM distinct_sketches WHERE project_id = $1 AND ${KINDS} AND minutes = ${minutes} AND ${STRETCHES}`;

export const addSketches = (minutes: StretchMinutes): string =>
  `INSERT INTO distinct_sketches (project_id, minutes, kind, bucket, exact, data)
   SELECT $1, ${minutes}, * FROM unnest($2::text[], $3::timestamptz[], $4::boolean[], $5::bytea[])`;
