import type { Queryable } from '../postgres-pool.js';
import { READ_APPLIED, READ_OFFSET } from './batch-statements.js';
import type { EventBatch } from './event-batch.js';

/** Where the database stands, seen from a batch: at its beginning, at its end by this owner, or elsewhere. */
export type CommittedPosition = 'open' | 'stored' | 'fenced';

/** Asks for the final answer: waits for a transaction that has moved the offset and not yet ended. */
export async function readPosition(db: Queryable, batch: EventBatch): Promise<CommittedPosition> {
  const { rows } = await db.query<{ epoch: number; last_id: string }>({ ...READ_OFFSET, values: [batch.stream, batch.partition] });
  const [position] = rows;
  if (position?.epoch !== batch.epoch) return 'fenced';
  if (isRewound(batch) && position.last_id === batch.lastId) return (await isApplied(db, batch)) ? 'stored' : 'open';
  if (position.last_id === batch.lastId) return 'stored';
  return position.last_id === batch.previousId ? 'open' : 'fenced';
}

/** The batch does not move the offset, so the compare-and-set would let it pass a second time. */
export const isRewound = ({ previousId, lastId }: EventBatch): boolean => lastId === previousId;

/** Whether the batch's sequences are in the database: they get there only together with its events. */
export async function isApplied(db: Queryable, { stream, partition, sequences }: EventBatch): Promise<boolean> {
  const values = [stream, partition, [...sequences.keys()], [...sequences.values()]];
  const { rows } = await db.query<{ applied: boolean }>({ ...READ_APPLIED, values });
  return rows[0]?.applied === true;
}
