import type { Pool, PoolClient } from 'pg';
import { Compactor } from '../compaction/compactor.js';
import { droppedUntil } from '../compaction/counted-chunks.js';
import { inTransaction, queryRows, type Queryable } from '../postgres-pool.js';
import { ROLLUPS, type RollupDefinition } from './rollup-definitions.js';

const MINUTE_MS = 60_000;

/** A slice is rebuilt in one transaction, during which nothing is stored. One hour at 1,000 events/s takes a few seconds. */
const SLICE_MS = 3_600_000;

/** The recomputed counts belong to no partition of the stream; readers sum over all of them. */
const REBUILT_PARTITION = -1;

/** Nobody reads what is compacted of these quarters until it is filled again. */
const MARK_COMPACTED = `
  INSERT INTO stale_quarters (project_id, quarter)
  SELECT project_id, quarter
    FROM compactions
   CROSS JOIN LATERAL generate_series(time_bucket(INTERVAL '15 minutes', $1::timestamptz), $2, INTERVAL '15 minutes') AS quarter
   WHERE quarter < least($2, compacted_through)`;

export interface RollupRange {
  /** Aligned down to a minute. */
  from: Date;
  /** Excluded; aligned up to a minute. */
  to: Date;
}

/** What was looked at, after alignment and without the time whose raw events are gone. */
export interface CoveredRange {
  from: string;
  to: string;
}

/**
 * Recomputes the rollups of a range from the raw events, an hour at a time, while events go on being stored, and what is compacted of it.
 * Needs the owner's pool.
 *
 * Why it is right beside running writers: it takes SHARE on stream_offsets, which waits for every transaction that has moved an
 * offset and holds the next ones before they do. A writer moves its offset after it copied its events and before it touches a
 * rollup. So a transaction is either committed before the lock, and its events are seen and counted here; or it adds its counts
 * after this transaction's end, and its events are not yet seen here. None is counted twice or left out.
 *
 * Time before the oldest chunk of `events`, and that of a chunk that was dropped, is left alone: there the rollups are all that is known.
 */
export async function rebuildRollups(pool: Pool, range: RollupRange): Promise<CoveredRange> {
  const { start, end } = await coveredRange(pool, range);
  for (let slice = start; slice < end; slice += SLICE_MS) {
    const bounds = [new Date(slice), new Date(Math.min(slice + SLICE_MS, end))];
    await inTransaction(pool, 'BEGIN ISOLATION LEVEL READ COMMITTED', async (client) => {
      await client.query('LOCK TABLE stream_offsets IN SHARE MODE');
      for (const rollup of ROLLUPS) await rebuild(client, rollup, bounds);
      await client.query(MARK_COMPACTED, bounds);
    });
  }
  const compactor = new Compactor(pool);
  while ((await compactor.refillStale()) > 0);
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

async function rebuild(
  client: PoolClient,
  { table, keys, counting, partitioned, fromRaw }: RollupDefinition,
  bounds: Date[],
): Promise<void> {
  const columns = counting ? [...keys, 'events'] : keys;
  const target = partitioned ? [...columns, 'partition'] : columns;
  const source = partitioned ? [...columns, String(REBUILT_PARTITION)] : columns;
  await client.query(`DELETE FROM ${table} WHERE bucket >= $1 AND bucket < $2`, bounds);
  await client.query(`INSERT INTO ${table} (${target.join(', ')}) SELECT ${source.join(', ')} FROM (${fromRaw}) AS raw`, bounds);
}

/** The range in whole minutes, from the time on of which all raw events are there; empty when there are none. Milliseconds since 1970. */
export async function coveredRange(db: Queryable, { from, to }: RollupRange): Promise<{ start: number; end: number }> {
  const [oldest] = await queryRows<{ range_start: Date | null }>(
    db,
    `SELECT min(range_start) AS range_start FROM timescaledb_information.chunks
      WHERE hypertable_schema = current_schema() AND hypertable_name = 'events'`,
  );
  const end = Math.ceil(to.getTime() / MINUTE_MS) * MINUTE_MS;
  const known = Math.max(oldest?.range_start?.getTime() ?? end, (await droppedUntil(db)) ?? -Infinity);
  const start = Math.floor(Math.max(from.getTime(), known) / MINUTE_MS) * MINUTE_MS;
  return { start: Math.min(start, end), end };
}
