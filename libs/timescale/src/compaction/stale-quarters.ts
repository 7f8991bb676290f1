import type { PoolClient } from 'pg';
import type { Statement } from '../writer/batch-statements.js';
import { LATE_AFTER_MS, SHORTEST, SHORTEST_MS, stretchStart } from './stretch.js';

/** Where events are being stored: project, and ms since 1970. */
export interface StoredTime {
  projectId: string;
  time: number;
}

const MARK: Statement = {
  name: 'mark_stale_quarters',
  text: `
    INSERT INTO stale_quarters (project_id, quarter)
    SELECT project_id, to_timestamp(second) FROM unnest($1::text[], $2::bigint[]) AS marked (project_id, second)`,
};

/**
 * Marks the quarters of events that come late, in the transaction that stores them; of ordinary traffic nothing is late, and nothing is done.
 * @param now the database's clock, asked for after the transaction had an id: the compactor relies on it.
 */
export async function markStaleQuarters(client: PoolClient, times: Iterable<StoredTime>, now: number): Promise<void> {
  const marked = new Map<string, StoredTime>();
  for (const { projectId, time } of times) {
    const quarter = stretchStart(time, 15);
    if (stretchStart(time, SHORTEST) + SHORTEST_MS + LATE_AFTER_MS <= now) marked.set(`${projectId} ${quarter}`, { projectId, time: quarter });
  }
  if (marked.size === 0) return;
  const all = [...marked.values()];
  await client.query({ ...MARK, values: [all.map(({ projectId }) => projectId), all.map(({ time }) => time / 1000)] });
}

/** The database's clock as {@link markStaleQuarters} needs it: to be returned by a statement that writes. */
export const DATABASE_NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';
