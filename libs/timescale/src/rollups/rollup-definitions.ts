import { MAX_DIMENSION_VALUE } from './dimensions.js';
import { latencyBucketSql } from './latency-bucket.js';

/** A rollup, and how it follows from the raw events of a range of time: $1 (included) to $2 (excluded). */
export interface RollupDefinition {
  table: string;
  /** Key columns without the partition, which raw events do not know. */
  keys: readonly string[];
  /** Whether a row counts events; if not, it says only that there were some, and `fromRaw` gives 1. */
  counting: boolean;
  /** Whether the writer keeps a row for each partition. */
  partitioned: boolean;
  /** SELECT of the keys and `events`. */
  fromRaw: string;
}

const RANGE = 'time >= $1 AND time < $2';

const typeCounts = (table: string, width: string): RollupDefinition => ({
  table,
  keys: ['project_id', 'bucket', 'event_type'],
  counting: true,
  partitioned: true,
  fromRaw: `
    SELECT project_id, time_bucket(INTERVAL '${width}', time) AS bucket, event_type, count(*) AS events
      FROM events WHERE ${RANGE}
     GROUP BY 1, 2, 3`,
});

/** The value of a property that is text; null for any other. `name` becomes part of the SQL: never one from outside. */
export const textProperty = (name: string): string =>
  `CASE WHEN jsonb_typeof(properties -> '${name}') = 'string' THEN properties ->> '${name}' END`;

const ENDPOINT_PATH = `split_part(split_part(${textProperty('endpoint')}, '?', 1), '#', 1)`;
/** `METHOD path` without the query; null where the event lacks either. */
export const ENDPOINT = `left(${textProperty('method')} || ' ' || ${ENDPOINT_PATH}, ${MAX_DIMENSION_VALUE})`;
const MINUTE = `time_bucket(INTERVAL '1 minute', time)`;

/** What rollup-aggregator.ts does in memory, said in SQL. */
export const ROLLUPS: readonly RollupDefinition[] = [
  typeCounts('event_counts_10s', '10 seconds'),
  typeCounts('event_counts_1m', '1 minute'),
  {
    table: 'dimension_counts_1m',
    keys: ['project_id', 'bucket', 'dimension', 'value'],
    counting: true,
    partitioned: true,
    fromRaw: `
      SELECT project_id, ${MINUTE} AS bucket, dimension, left(value, ${MAX_DIMENSION_VALUE}) AS value, count(*) AS events
        FROM events
       CROSS JOIN LATERAL (VALUES
               ('page', CASE WHEN event_type = 'page_view' THEN page_path END),
               ('referrer', CASE WHEN event_type = 'page_view' AND referrer_host IS DISTINCT FROM page_host THEN referrer_host END),
               ('button', CASE WHEN event_type = 'button_click' THEN ${textProperty('button_id')} END),
               ('endpoint', CASE WHEN event_type = 'api_call' THEN ${ENDPOINT} END),
               ('error', CASE WHEN event_type = 'error' THEN ${textProperty('error_type')} END),
               ('browser', browser),
               ('os', os),
               ('device', device),
               ('country', country)
             ) AS breakdown (dimension, value)
       WHERE ${RANGE} AND value <> ''
       GROUP BY 1, 2, 3, 4`,
  },
  {
    table: 'endpoint_latency_1m',
    keys: ['project_id', 'bucket', 'endpoint', 'latency_bucket'],
    counting: true,
    partitioned: true,
    fromRaw: `
      SELECT project_id, ${MINUTE} AS bucket, ${ENDPOINT} AS endpoint, ${latencyBucketSql('ms')} AS latency_bucket, count(*) AS events
        FROM events
       CROSS JOIN LATERAL (
               SELECT CASE WHEN jsonb_typeof(properties -> 'duration_ms') = 'number' THEN (properties ->> 'duration_ms')::float8 END AS ms
             ) AS duration
       WHERE ${RANGE} AND event_type = 'api_call' AND ms > 0 AND ${ENDPOINT} IS NOT NULL
       GROUP BY 1, 2, 3, 4`,
  },
  {
    table: 'active_users_1m',
    keys: ['project_id', 'bucket', 'user_id'],
    counting: false,
    partitioned: false,
    fromRaw: `
      SELECT DISTINCT project_id, ${MINUTE} AS bucket, user_id, 1 AS events
        FROM events WHERE ${RANGE}`,
  },
];
