import { instantMs, type IngestedEvent } from '@analytics/events';
import type { Pool, PoolClient } from 'pg';
import { DATABASE_NOW, markStaleQuarters } from '../compaction/stale-quarters.js';
import { inTransaction, queryRows } from '../postgres-pool.js';
import type { DeadLetterState } from '../readers/dead-letter.reader.js';
import { countReplayed } from './batch-counts.js';
import { ColumnDeriver } from './event-columns.js';
import { EventRowEncoder } from './event-row.encoder.js';
import { copyUnlessStored } from './events-copy.js';

/** What of a dead letter helps to make an event of it. */
export interface DeadLetterOrigin {
  id: number;
  stream: string;
  partition: number;
  entryId: string;
  /** `null`: the payload is the entry as a whole, no event. */
  itemIndex: number | null;
  projectId: string | null;
  eventId: string | null;
  deadAt: Date;
}

/** Makes an event of a dead letter's payload, or says why that is not possible. */
export type Reparse = (payload: Buffer, letter: DeadLetterOrigin) => IngestedEvent | string;

export type ReplayResult =
  /** The event is stored: by this call, or it was already (same project, event_id and timestamp). */
  | { kind: 'replayed'; event: IngestedEvent }
  /** Somebody has replayed or discarded it before. */
  | { kind: 'already'; state: DeadLetterState }
  /** It still is no event that can be stored; the letter stays as it is. */
  | { kind: 'invalid'; reason: string }
  | { kind: 'missing' };

interface LetterRow {
  id: number;
  state: DeadLetterState;
  stream: string;
  partition: number;
  entry_id: string;
  item_index: number | null;
  project_id: string | null;
  event_id: string | null;
  payload: Buffer;
  dead_at: Date;
}

const COPY_TIMEOUT_MS = 60_000;

const READ = `
  SELECT id, state, stream, partition, entry_id, item_index, project_id, event_id, payload, dead_at
    FROM dead_letters WHERE id = $1
     FOR UPDATE`;

const ADD_STORED = `UPDATE stream_offsets SET events_stored = events_stored + $3 WHERE stream = $1 AND partition = $2 RETURNING ${DATABASE_NOW}`;

const MARK_REPLAYED = `UPDATE dead_letters SET state = 'replayed', resolved_at = now() WHERE id = $1`;

const DISCARD = `UPDATE dead_letters SET state = 'discarded', resolved_at = now() WHERE id = $1 AND state = 'dead'`;

const EXISTS = 'SELECT FROM dead_letters WHERE id = $1';

/** Settles dead letters. A letter is dead, then replayed or discarded, once: its row is locked while it is decided. */
export class DeadLetterStore {
  private readonly deriver = new ColumnDeriver();

  /** @param pool Of role `analytics_writer`. */
  constructor(private readonly pool: Pool) {}

  /**
   * Stores the letter's event after all: event, rollups, ledger and the letter's state in one transaction. Ids stay as they are, so a
   * client's later retry of the same event is a duplicate. It may be called twice, also at the same time.
   * @throws when the database cannot be asked. Calling again is safe: what was committed answers `already`.
   */
  async replay(id: number, reparse: Reparse): Promise<ReplayResult> {
    return inTransaction(this.pool, 'BEGIN', async (client): Promise<ReplayResult> => {
      const [row] = await queryRows<LetterRow>(client, READ, [id]);
      if (!row) return { kind: 'missing' };
      if (row.state !== 'dead') return { kind: 'already', state: row.state };
      const event = reparse(row.payload, originOf(row));
      if (typeof event === 'string') return { kind: 'invalid', reason: event };
      const refusal = await this.store(client, row, event);
      if (refusal !== undefined) return { kind: 'invalid', reason: refusal };
      await client.query(MARK_REPLAYED, [id]);
      return { kind: 'replayed', event };
    });
  }

  /**
   * Decides that the letter's event will never be stored. The letter stays readable, and stays counted as dead in the ledger.
   * @throws when the database cannot be asked.
   */
  async discard(id: number): Promise<'discarded' | 'already' | 'missing'> {
    if ((await this.pool.query(DISCARD, [id])).rowCount === 1) return 'discarded';
    return (await this.pool.query(EXISTS, [id])).rowCount === 1 ? 'already' : 'missing';
  }

  /** @returns why the event cannot be stored. */
  private async store(client: PoolClient, { stream, partition }: LetterRow, event: IngestedEvent): Promise<string | undefined> {
    const prepared = { index: 0, event, columns: this.deriver.derive(event, instantMs(event.timestamp)) };
    const { refused, duplicateIndexes } = await copyUnlessStored(client, new EventRowEncoder(), [prepared], COPY_TIMEOUT_MS);
    const [refusal] = refused;
    if (refusal) return refusal.reason;
    const added = duplicateIndexes.length === 0;
    // Between the event and its counts, as in EventBatchWriter, even if it adds nothing: a rebuild of the rollups waits here.
    const [row] = await queryRows<{ now: number }>(client, ADD_STORED, [stream, partition, added ? 1 : 0]);
    if (!added) return undefined;
    await countReplayed(client, prepared);
    // Of a stream whose offsets are gone there is no row: then it is marked in any case.
    await markStaleQuarters(client, [{ projectId: event.project_id, time: prepared.columns.timeMs }], row?.now ?? Infinity);
    return undefined;
  }
}

const originOf = (row: LetterRow): DeadLetterOrigin => ({
  id: row.id,
  stream: row.stream,
  partition: row.partition,
  entryId: row.entry_id,
  itemIndex: row.item_index,
  projectId: row.project_id,
  eventId: row.event_id,
  deadAt: row.dead_at,
});
