import type { Pool, PoolClient } from 'pg';
import { compareCompacted } from '../compaction/compare-compacted.js';
import { inTransaction, queryRows } from '../postgres-pool.js';
import { coveredRange, type CoveredRange, type RollupRange } from './rebuild-rollups.js';
import { ROLLUPS, type RollupDefinition } from './rollup-definitions.js';

/** More are not listed of one rollup: then something is wrong as a whole. */
const LISTED_DIFFERENCES = 100;

/** One key of a rollup whose count is not what the raw events say. */
export interface RollupDifference {
  rollup: string;
  /** Key column → value; instants are ISO 8601. */
  key: Record<string, string | number>;
  /** Counted from the raw events. */
  expected: number;
  /** Kept in the rollup, summed over the partitions. */
  actual: number;
}

export interface RollupComparison extends CoveredRange {
  /** At most 100 for each rollup; empty when all rollups are right. */
  differences: RollupDifference[];
}

/**
 * Compares every rollup, and what is compacted and not stale, with the raw events of a range, as of one instant, so it may run while
 * events are stored.
 */
export async function compareRollups(pool: Pool, range: RollupRange): Promise<RollupComparison> {
  const { start, end } = await coveredRange(pool, range);
  const bounds = [new Date(start), new Date(end)];
  const differences = await inTransaction(pool, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
    const found: RollupDifference[] = [];
    for (const rollup of ROLLUPS) found.push(...(await compare(client, rollup, bounds)));
    found.push(...(await compareCompacted(client, start, end)));
    return found;
  });
  return { from: bounds[0]!.toISOString(), to: bounds[1]!.toISOString(), differences };
}

type DifferenceRow = Record<string, string | number | Date> & { expected: number; actual: number };

async function compare(
  client: PoolClient,
  { table, keys, counting, fromRaw }: RollupDefinition,
  bounds: Date[],
): Promise<RollupDifference[]> {
  const columns = keys.join(', ');
  const rows = await queryRows<DifferenceRow>(
    client,
    `WITH raw AS (${fromRaw}), kept AS (
       SELECT ${columns}, ${counting ? 'sum(events)' : 'count(*)'} AS events
         FROM ${table}
        WHERE bucket >= $1 AND bucket < $2
        GROUP BY ${columns}
     )
     SELECT ${columns}, coalesce(raw.events, 0)::bigint AS expected, coalesce(kept.events, 0)::bigint AS actual
       FROM raw FULL JOIN kept USING (${columns})
      WHERE coalesce(raw.events, 0) <> coalesce(kept.events, 0)
      ORDER BY ${columns}
      LIMIT ${LISTED_DIFFERENCES}`,
    bounds,
  );
  return rows.map(({ expected, actual, ...key }) => ({
    rollup: table,
    key: Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value])),
    expected,
    actual,
  }));
}
