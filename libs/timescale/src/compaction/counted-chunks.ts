import type { PoolClient } from 'pg';
import { queryRows, type Queryable } from '../postgres-pool.js';

/*
 * Chunks of `events` whose events are counted. A chunk's name is never used again: where one of them is gone, its events were dropped, and
 * what came later into its time is in another chunk. So of that time the counts are all that is known, and must not be made again.
 */

/** Remembers the chunks of events from `from` to `to` (ms), in the transaction that counts them. */
export async function rememberChunks(client: PoolClient, from: number, to: number): Promise<void> {
  const bounds = [new Date(from), new Date(to)];
  const covered = await queryRows(client, 'SELECT FROM counted_chunks WHERE range_start <= $1 AND range_end >= $2 AND to_regclass(name) IS NOT NULL', bounds);
  if (covered.length > 0) return;
  await client.query(
    `INSERT INTO counted_chunks (name, range_start, range_end)
     SELECT format('%I.%I', chunk_schema, chunk_name), range_start, range_end FROM timescaledb_information.chunks
      WHERE hypertable_schema = current_schema() AND hypertable_name = 'events' AND range_start < $2 AND range_end > $1
      ORDER BY 1 ON CONFLICT DO NOTHING`,
    bounds,
  );
}

/** Those of the quarters (ms) whose counted events are still there. */
export async function withEvents(client: PoolClient, quarters: readonly number[]): Promise<number[]> {
  const rows = await queryRows<{ quarter: Date }>(
    client,
    `SELECT quarter FROM unnest($1::timestamptz[]) AS quarter
      WHERE NOT EXISTS (SELECT FROM counted_chunks
                         WHERE range_start < quarter + INTERVAL '15 minutes' AND range_end > quarter AND to_regclass(name) IS NULL)`,
    [quarters.map((quarter) => new Date(quarter))],
  );
  return rows.map(({ quarter }) => quarter.getTime());
}

/** Until when counted events were dropped, ms; undefined: all are there. */
export async function droppedUntil(db: Queryable): Promise<number | undefined> {
  const [row] = await queryRows<{ until: Date | null }>(db, 'SELECT max(range_end) AS until FROM counted_chunks WHERE to_regclass(name) IS NULL');
  return row?.until?.getTime();
}
