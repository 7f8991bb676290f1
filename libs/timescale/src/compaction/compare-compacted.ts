import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import type { RollupDifference } from '../rollups/compare-rollups.js';
import { DURATION_KEYS, durationCountsFromRaw, sketchesFromRaw, VALUE_KEYS, valueCountsFromRaw } from './compaction-statements.js';
import { compareSegments } from './compare-segments.js';
import { DistinctSketch, type StoredSketch } from './distinct-sketch.js';
import { STRETCH_MINUTES, stretchStart, widthMs, type StretchMinutes } from './stretch.js';

/** Differences that are listed of each table and width of a project. */
const LISTED_DIFFERENCES = 100;

/**
 * Compares the compacted stretches that lie in a range with its raw events, but for stale ones, which nobody reads.
 * @param client in a transaction of one snapshot. @param start, end ms.
 */
export async function compareCompacted(client: PoolClient, start: number, end: number): Promise<RollupDifference[]> {
  const found: RollupDifference[] = [];
  const projects = await queryRows<{ project_id: string; compacted_through: Date }>(client, 'SELECT project_id, compacted_through FROM compactions');
  for (const { project_id, compacted_through } of projects)
    for (const minutes of STRETCH_MINUTES) {
      const from = stretchStart(start + widthMs(minutes) - 1, minutes);
      const to = stretchStart(Math.min(end, compacted_through.getTime()), minutes);
      if (from >= to) continue;
      const bounds = [project_id, new Date(from), new Date(to)];
      found.push(...(await compareCounts(client, 'value_counts', VALUE_KEYS, valueCountsFromRaw(minutes), minutes, bounds)));
      found.push(...(await compareCounts(client, 'duration_counts', DURATION_KEYS, durationCountsFromRaw(minutes), minutes, bounds)));
      found.push(...(await compareSketches(client, minutes, bounds)));
      if (minutes === 15) found.push(...(await compareSegments(client, project_id, from, to, LISTED_DIFFERENCES)));
    }
  return found;
}

const isStale = (minutes: StretchMinutes): string =>
  `EXISTS (SELECT FROM stale_quarters WHERE project_id = $1 AND quarter >= bucket AND quarter < bucket + INTERVAL '${minutes} minutes')`;

async function compareCounts(
  client: PoolClient,
  table: string,
  keys: readonly string[],
  fromRaw: string,
  minutes: StretchMinutes,
  bounds: unknown[],
): Promise<RollupDifference[]> {
  // Values may be missing, and a join takes no null for another: so both sides are added up.
  const rows = await queryRows<Record<string, string | number | Date | null> & { expected: number; actual: number }>(
    client,
    `WITH both_sides AS (
       SELECT ${keys.join(', ')}, events AS expected, 0 AS actual FROM (${fromRaw}) AS raw
        UNION ALL
       SELECT ${keys.join(', ')}, 0, events FROM ${table}
        WHERE project_id = $1 AND minutes = ${minutes} AND bucket >= $2 AND bucket < $3
     )
     SELECT ${keys.join(', ')}, sum(expected)::bigint AS expected, sum(actual)::bigint AS actual
       FROM both_sides WHERE NOT ${isStale(minutes)}
      GROUP BY ${keys.join(', ')} HAVING sum(expected) <> sum(actual)
      ORDER BY ${keys.join(', ')} LIMIT ${LISTED_DIFFERENCES}`,
    bounds,
  );
  return rows.map(({ expected, actual, ...key }) => ({ rollup: table, key: textKey(key), expected, actual }));
}

type SketchPair = { kind: string; bucket: Date; raw: Buffer | null; raw_exact: boolean; kept: Buffer | null; kept_exact: boolean };

/** Sketches of the same values are the same bytes, whatever they were united from. */
async function compareSketches(client: PoolClient, minutes: StretchMinutes, bounds: unknown[]): Promise<RollupDifference[]> {
  const rows = await queryRows<SketchPair>(
    client,
    `SELECT kind, bucket, raw.data AS raw, raw.exact AS raw_exact, kept.data AS kept, kept.exact AS kept_exact
       FROM (${sketchesFromRaw(minutes)}) AS raw
       FULL JOIN (SELECT * FROM distinct_sketches WHERE project_id = $1 AND minutes = ${minutes} AND bucket >= $2 AND bucket < $3) AS kept
            USING (kind, bucket)
      WHERE raw.data IS DISTINCT FROM kept.data AND NOT ${isStale(minutes)}
      ORDER BY kind, bucket LIMIT ${LISTED_DIFFERENCES}`,
    bounds,
  );
  return rows.map(({ kind, bucket, raw, raw_exact, kept, kept_exact }) => ({
    rollup: 'distinct_sketches',
    key: textKey({ project_id: bounds[0] as string, kind, minutes, bucket }),
    expected: raw ? countOf({ exact: raw_exact, data: raw }) : 0,
    actual: kept ? countOf({ exact: kept_exact, data: kept }) : 0,
  }));
}

function countOf(stored: StoredSketch): number {
  const sketch = new DistinctSketch();
  sketch.add(stored);
  return sketch.count();
}

const textKey = (key: Record<string, string | number | Date | null>): Record<string, string | number> =>
  Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : (value ?? '')]));
