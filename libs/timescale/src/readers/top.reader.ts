import { queryRows, type Queryable } from '../postgres-pool.js';
import type { Dimension } from '../rollups/dimensions.js';
import { latencyOfBucket } from '../rollups/latency-bucket.js';

const MINUTE_MS = 60_000;

export interface TopQuery {
  projectId: string;
  dimension: Dimension;
  /** Aligned down to a minute. */
  from: Date;
  /** Excluded; aligned up to a minute. */
  to: Date;
  /** Rows at most. */
  limit: number;
}

export interface TopRow {
  value: string;
  events: number;
  /** Part of all events that have this dimension, 0 to 1. */
  share: number;
  /** Endpoints only: median and 95th percentile of the duration, ms, within 2 %. */
  p50?: number;
  p95?: number;
}

export interface Top {
  /** After alignment, ISO 8601. */
  from: string;
  to: string;
  dimension: Dimension;
  /** Events in the range that have this dimension, the ones beyond `limit` included. */
  totalEvents: number;
  /** Different values in the range. Values are told apart by their first 256 characters. */
  distinctValues: number;
  /** Most events first; equal ones by value. */
  rows: TopRow[];
}

interface ValueRow {
  value: string;
  events: number;
  total_events: number;
  distinct_values: number;
}

interface LatencyRow {
  endpoint: string;
  p50_bucket: number;
  p95_bucket: number;
}

const TOP_VALUES = `
  SELECT value,
         sum(events)::bigint AS events,
         (sum(sum(events)) OVER ())::bigint AS total_events,
         count(*) OVER () AS distinct_values
    FROM dimension_counts_1m
   WHERE project_id = $1 AND dimension = $2 AND bucket >= $3 AND bucket < $4
   GROUP BY value
   ORDER BY events DESC, value
   LIMIT $5`;

// The bucket of a quantile is the first one at which the running count reaches that part of the total.
const LATENCY_QUANTILES = `
  WITH counts AS (
    SELECT endpoint, latency_bucket, sum(events) AS events
      FROM endpoint_latency_1m
     WHERE project_id = $1 AND bucket >= $2 AND bucket < $3 AND endpoint = ANY ($4::text[])
     GROUP BY endpoint, latency_bucket
  ), running AS (
    SELECT endpoint, latency_bucket,
           sum(events) OVER (PARTITION BY endpoint ORDER BY latency_bucket) AS running_events,
           sum(events) OVER (PARTITION BY endpoint) AS total_events
      FROM counts
  )
  SELECT endpoint,
         min(latency_bucket) FILTER (WHERE running_events >= 0.50 * total_events) AS p50_bucket,
         min(latency_bucket) FILTER (WHERE running_events >= 0.95 * total_events) AS p95_bucket
    FROM running
   GROUP BY endpoint`;

/** Answers "which pages, buttons, endpoints … had the most events?" from the rollups. */
export class TopReader {
  constructor(private readonly db: Queryable) {}

  async read({ projectId, dimension, from, to, limit }: TopQuery): Promise<Top> {
    const start = new Date(Math.floor(from.getTime() / MINUTE_MS) * MINUTE_MS);
    const end = new Date(Math.ceil(to.getTime() / MINUTE_MS) * MINUTE_MS);
    const values = await queryRows<ValueRow>(this.db, TOP_VALUES, [projectId, dimension, start, end, limit]);
    const totalEvents = values[0]?.total_events ?? 0;
    const rows: TopRow[] = values.map(({ value, events }) => ({ value, events, share: events / totalEvents }));
    if (dimension === 'endpoint' && rows.length > 0) await this.addLatencies(rows, projectId, start, end);
    return {
      from: start.toISOString(),
      to: end.toISOString(),
      dimension,
      totalEvents,
      distinctValues: values[0]?.distinct_values ?? 0,
      rows,
    };
  }

  private async addLatencies(rows: TopRow[], projectId: string, start: Date, end: Date): Promise<void> {
    const endpoints = rows.map((row) => row.value);
    const latencies = await queryRows<LatencyRow>(this.db, LATENCY_QUANTILES, [projectId, start, end, endpoints]);
    const byEndpoint = new Map(latencies.map((row) => [row.endpoint, row]));
    for (const row of rows) {
      const latency = byEndpoint.get(row.value);
      if (!latency) continue;
      row.p50 = latencyOfBucket(latency.p50_bucket);
      row.p95 = latencyOfBucket(latency.p95_bucket);
    }
  }
}
