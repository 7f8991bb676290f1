import { LRUCache } from 'lru-cache';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { describeFailure, failureKindOf, sqlStateOf } from '../sqlstate.js';
import { addRollups, addToLedger } from './batch-counts.js';
import { ADVANCE_OFFSET, ADVANCE_SEQUENCES, BURY_DEAD_LETTERS, type Statement } from './batch-statements.js';
import { isApplied, isRewound, readPosition } from './committed-position.js';
import { deadLetterColumns, deadLetterOf } from './dead-letter-rows.js';
import type { EventBatch, WriteResult } from './event-batch.js';
import { ColumnDeriver } from './event-columns.js';
import { EventRowEncoder } from './event-row.encoder.js';
import { copyStraight, copyUnlessStored, type CopyEvents, type CopyOutcome, type PreparedEvent } from './events-copy.js';
import type { ActiveUser } from './rollup-aggregator.js';

/** Users whose minute is known to be stored: at 100 B each, at most about 10 MB. A forgotten one costs an insert that does nothing. */
const KNOWN_USERS = 100_000;

/** Places in the transaction of a batch at which a test may stop or kill the process. */
export type WritePoint = 'before-copy' | 'after-copy' | 'before-commit';

export interface EventBatchWriterOptions {
  /** Called at each of these places; default: nothing. */
  onPoint?: (name: WritePoint) => void;
}

/** What one attempt to write wants to remember once it is committed. */
interface Attempt extends CopyOutcome {
  newUsers: ActiveUser[];
}

const NOTHING: CopyOutcome = { refused: [], duplicateIndexes: [] };

/**
 * Stores batches exactly once: events, rollups, ledger, producer sequences, dead letters and the offset in one transaction. Batches of
 * different partitions may be written at the same time; each takes one connection of the pool.
 */
export class EventBatchWriter {
  private readonly deriver = new ColumnDeriver();
  private readonly knownUsers = new LRUCache<string, true>({ max: KNOWN_USERS });
  /** Free encoders. One per running write and not per partition: a write that was given up may still run beside its successor. */
  private readonly encoders: EventRowEncoder[] = [];
  private readonly onPoint: (name: WritePoint) => void;

  /** @param pool Of role `analytics_writer`, with a connection for each partition that is written at the same time. */
  constructor(
    private readonly pool: Pool,
    { onPoint = () => {} }: EventBatchWriterOptions = {},
  ) {
    this.onPoint = onPoint;
  }

  /**
   * Never throws for what the database or the data may do; see WriteResult for what to do next.
   * @throws {RangeError} for a batch that ends where it begins and names no sequence: writing it twice could not be told from once.
   */
  async write(batch: EventBatch): Promise<WriteResult> {
    if (isRewound(batch) && batch.sequences.size === 0)
      throw new RangeError(`the batch ends where it begins, at ${batch.lastId}: then it must name the sequences of its producers`);
    const prepared = batch.events.map((event, index): PreparedEvent => ({ index, event, columns: this.deriver.derive(event) }));
    const result = await this.attempt(batch, prepared, copyStraight);
    if (result.kind !== 'poison') return result;
    // Something in the data is at fault: an event that is stored already, or a bad one. To tell which costs more, so it is done only now.
    return this.attempt(batch, prepared, copyUnlessStored);
  }

  private async attempt(batch: EventBatch, prepared: readonly PreparedEvent[], copy: CopyEvents): Promise<WriteResult> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      return { kind: 'retry', reason: describeFailure(error) };
    }
    const encoder = this.encoders.pop() ?? new EventRowEncoder();
    let committing = false;
    try {
      await client.query(beginning(batch));
      this.onPoint('before-copy');
      const copied = prepared.length > 0 ? await copy(client, encoder, prepared) : NOTHING;
      this.onPoint('after-copy');
      const done = await this.fillTransaction(client, batch, prepared, copied);
      if (!done) return await this.endWithoutCommit(client, encoder, batch);
      this.onPoint('before-commit');
      committing = true;
      // This is the line that makes an acknowledgement safe: from its answer on, the events, their counts and the offset behind
      // them are on disk together (synchronous_commit is on), so the stream may forget the entries.
      const { command } = await client.query('COMMIT');
      // A transaction that has failed answers COMMIT with ROLLBACK and no error.
      if (command !== 'COMMIT') throw new Error(`COMMIT was answered by ${command}`);
      return this.release(client, encoder, this.stored(batch, done));
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) {
        client.release(error);
        throw error;
      }
      if (committing) return await this.decide(client, batch, error);
      if (sqlStateOf(error) !== undefined) return await this.rollBack(client, encoder, toFailure(error));
      // The connection is broken or does not answer, and its socket may still be sending the encoder's buffer: neither is used again.
      client.release(true);
      return toFailure(error);
    }
  }

  /**
   * Everything between the copy and the COMMIT. @returns `undefined` when the offset is not where the batch begins, or when the batch
   * is stored already.
   * The events are copied before the offset is moved: the copy is the long part, and while it runs the offset's row is not locked, so an
   * owner that is stopped in the middle of it does not keep its successor, a lease renewal or a rebuild waiting.
   */
  private async fillTransaction(
    client: PoolClient,
    batch: EventBatch,
    prepared: readonly PreparedEvent[],
    copied: CopyOutcome,
  ): Promise<Attempt | undefined> {
    const { stream, partition, epoch, previousId, lastId, sequences } = batch;
    const added = without(prepared, copied);
    const dead = [...batch.deadLetters, ...copied.refused.map((event) => deadLetterOf(batch, event))];
    const moved = await run(client, ADVANCE_OFFSET, [stream, partition, epoch, previousId, lastId, added.length, dead.length]);
    if (moved.rowCount !== 1) return undefined;
    // From here the offset's row is locked, so no other write of this partition can be between the question and the answer.
    if (isRewound(batch) && (await isApplied(client, batch))) return undefined;

    const isKnown = (user: ActiveUser): boolean => this.knownUsers.has(userKey(user));
    const newUsers = added.length > 0 ? await addRollups(client, partition, added, isKnown) : [];
    await addToLedger(client, batch, added, copied, dead);
    if (sequences.size > 0) await run(client, ADVANCE_SEQUENCES, [stream, partition, [...sequences.keys()], [...sequences.values()]]);
    if (dead.length > 0) await run(client, BURY_DEAD_LETTERS, [stream, partition, ...deadLetterColumns(dead)]);
    return { ...copied, newUsers };
  }

  private stored(batch: EventBatch, { refused, duplicateIndexes, newUsers }: Attempt): WriteResult {
    // Only now: a user remembered from a transaction that was rolled back would be missing for ever.
    for (const user of newUsers) this.knownUsers.set(userKey(user), true);
    const events = batch.events.length - refused.length - duplicateIndexes.length;
    return storedResult({ events, refused, duplicates: duplicateIndexes.length, duplicateIndexes, alreadyStored: false });
  }

  /** The offset did not let the batch pass: either it is stored already, or somebody else has moved the offset. */
  private async endWithoutCommit(client: PoolClient, encoder: EventRowEncoder, batch: EventBatch): Promise<WriteResult> {
    const position = await readPosition(client, batch);
    return this.rollBack(client, encoder, position === 'stored' ? alreadyStored(batch) : { kind: 'fenced' });
  }

  /** COMMIT was sent and its answer is lost: only the database knows. The question waits until the old transaction has ended. */
  private async decide(broken: PoolClient, batch: EventBatch, cause: unknown): Promise<WriteResult> {
    broken.release(true);
    try {
      const position = await readPosition(this.pool, batch);
      if (position === 'stored') return alreadyStored(batch);
      return position === 'fenced' ? { kind: 'fenced' } : { kind: 'retry', reason: `COMMIT failed: ${describeFailure(cause)}` };
    } catch (error) {
      return { kind: 'retry', reason: `the answer to COMMIT is lost, and asking for the offset failed: ${describeFailure(error)}` };
    }
  }

  private async rollBack(client: PoolClient, encoder: EventRowEncoder, result: WriteResult): Promise<WriteResult> {
    try {
      await client.query('ROLLBACK');
    } catch {
      client.release(true);
      return result;
    }
    return this.release(client, encoder, result);
  }

  private release(client: PoolClient, encoder: EventRowEncoder, result: WriteResult): WriteResult {
    client.release();
    this.encoders.push(encoder);
    return result;
  }
}

/** The lock keeps nobody out; by it a successor finds and ends what its predecessor left open (see PartitionLeases). */
const beginning = ({ stream, partition }: EventBatch): string =>
  `BEGIN; SELECT pg_advisory_xact_lock_shared(hashtext(${escapeLiteral(stream)}), ${partition})`;

const run = (client: PoolClient, statement: Statement, values: unknown[]) => client.query({ ...statement, values });

/** The events that were added: nearly always all of them. */
function without(prepared: readonly PreparedEvent[], { refused, duplicateIndexes }: CopyOutcome): readonly PreparedEvent[] {
  if (refused.length + duplicateIndexes.length === 0) return prepared;
  const left = new Set([...refused.map(({ index }) => index), ...duplicateIndexes]);
  return prepared.filter(({ index }) => !left.has(index));
}

const storedResult = (result: Omit<Extract<WriteResult, { kind: 'stored' }>, 'kind' | 'committedAt'>): WriteResult => ({
  kind: 'stored',
  ...result,
  committedAt: Date.now(),
});

const alreadyStored = ({ events }: EventBatch): WriteResult =>
  storedResult({ events: events.length, refused: [], duplicates: 0, duplicateIndexes: [], alreadyStored: true });

function toFailure(error: unknown): WriteResult {
  const reason = describeFailure(error);
  switch (failureKindOf(error)) {
    case 'transient':
      return { kind: 'retry', reason };
    case 'data':
      return { kind: 'poison', reason };
    case 'setup':
      return { kind: 'retry', reason: `the database is not set up for the writer, waiting alone does not help: ${reason}` };
  }
}

const userKey = ({ projectId, second, userId }: ActiveUser): string => `${projectId} ${second} ${userId}`;
