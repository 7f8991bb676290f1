import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import type { RollupDifference } from '../rollups/compare-rollups.js';
import { hashesFromRaw, keysOf, PACKED_TABLES, unpacked, type PackedTable } from './compaction-statements.js';
import { compareSegments } from './compare-segments.js';
import { DistinctSketch, sketchOfHashes, type StoredSketch } from './distinct-sketch.js';
import { NEW_WIDTHS, STRETCH_MINUTES, stretchStart, widthMs, type StretchMinutes } from './stretch.js';

/** Differences that are listed of each table and width of a project. */
const LISTED_DIFFERENCES = 100;

/**
 * Compares the compacted stretches that lie in a range with its raw events, but for stale ones, which nobody reads.
 * @param client in a transaction of one snapshot. @param start, end ms.
 */
export async function compareCompacted(client: PoolClient, start: number, end: number): Promise<RollupDifference[]> {
  const found: RollupDifference[] = [];
  const projects = await queryRows<{ project_id: string; compacted_through: Date; shortest_from: number }>(
    client,
    'SELECT project_id, compacted_through, extract(epoch FROM shortest_from)::float8 * 1000 AS shortest_from FROM compactions',
  );
  for (const { project_id, compacted_through, shortest_from } of projects)
    for (const minutes of STRETCH_MINUTES) {
      const known = NEW_WIDTHS.includes(minutes) ? Math.max(start, shortest_from) : start;
      const from = stretchStart(known + widthMs(minutes) - 1, minutes);
      const to = stretchStart(Math.min(end, compacted_through.getTime()), minutes);
      if (from >= to) continue;
      const bounds = [project_id, new Date(from), new Date(to)];
      for (const packed of PACKED_TABLES) found.push(...(await compareCounts(client, packed, minutes, bounds)));
      found.push(...(await compareSketches(client, minutes, bounds)));
      if (minutes === 15) found.push(...(await compareSegments(client, project_id, from, to, LISTED_DIFFERENCES)));
    }
  return found;
}

const isStale = (minutes: StretchMinutes): string =>
  `EXISTS (SELECT FROM stale_quarters WHERE project_id = $1 AND quarter > bucket - INTERVAL '15 minutes' AND quarter < bucket + INTERVAL '${minutes} minutes')`;

/** What a stretch has not kept is no difference. */
async function compareCounts(client: PoolClient, packed: PackedTable, minutes: StretchMinutes, bounds: unknown[]): Promise<RollupDifference[]> {
  const { table } = packed;
  const keys = keysOf(packed).join(', ');
  const kept = `${table} WHERE project_id = $1 AND minutes = ${minutes} AND bucket >= $2 AND bucket < $3`;
  // Values may be missing, and a join takes no null for another: so both sides are added up.
  const rows = await queryRows<Record<string, string | number | Date | null> & { expected: number; actual: number }>(
    client,
    `WITH both_sides AS (
       SELECT ${keys}, events AS expected, 0 AS actual FROM (${packed.fromRaw(minutes)}) AS raw
        UNION ALL
       SELECT ${keys}, 0, events FROM (SELECT project_id, field, minutes, bucket, ${unpacked(packed)} FROM ${kept}) AS kept
     )
     SELECT ${keys}, sum(expected)::bigint AS expected, sum(actual)::bigint AS actual
       FROM both_sides
      WHERE NOT ${isStale(minutes)} AND (field, bucket) NOT IN (SELECT field, bucket FROM ${kept} AND event_types IS NULL)
      GROUP BY ${keys} HAVING sum(expected) <> sum(actual)
      ORDER BY ${keys} LIMIT ${LISTED_DIFFERENCES}`,
    bounds,
  );
  return rows.map(({ expected, actual, ...key }) => ({ rollup: table, key: textKey(key), expected, actual }));
}

type SketchPair = { kind: string; bucket: Date; hashes: Buffer | null; exact: boolean | null; data: Buffer | null };

/** Sketches of the same values are the same bytes, whatever they were united from. */
async function compareSketches(client: PoolClient, minutes: StretchMinutes, bounds: unknown[]): Promise<RollupDifference[]> {
  const rows = await queryRows<SketchPair>(
    client,
    `SELECT kind, bucket, raw.data AS hashes, kept.exact, kept.data
       FROM (${hashesFromRaw(minutes)}) AS raw
       FULL JOIN (SELECT * FROM distinct_sketches WHERE project_id = $1 AND minutes = ${minutes} AND bucket >= $2 AND bucket < $3) AS kept
            USING (kind, bucket)
      WHERE NOT ${isStale(minutes)}
      ORDER BY kind, bucket`,
    bounds,
  );
  return rows
    .map(({ hashes, exact, data, ...key }) => ({ key, raw: hashes && sketchOfHashes(hashes), kept: data && { exact: exact!, data } }))
    .filter(({ raw, kept }) => !raw || !kept || raw.exact !== kept.exact || !raw.data.equals(kept.data))
    .slice(0, LISTED_DIFFERENCES)
    .map(({ key, raw, kept }) => ({
      rollup: 'distinct_sketches',
      key: textKey({ project_id: bounds[0] as string, minutes, ...key }),
      expected: raw ? countOf(raw) : 0,
      actual: kept ? countOf(kept) : 0,
    }));
}

function countOf(stored: StoredSketch): number {
  const sketch = new DistinctSketch();
  sketch.add(stored);
  return sketch.count();
}

const textKey = (key: Record<string, string | number | Date | null>): Record<string, string | number> =>
  Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : (value ?? '')]));
