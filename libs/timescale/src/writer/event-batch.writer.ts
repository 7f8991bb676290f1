import { tallyKeyOf } from '@analytics/events';
import { LRUCache } from 'lru-cache';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { markStaleQuarters } from '../compaction/stale-quarters.js';
import { describeFailure, failureKindOf, sqlStateOf } from '../sqlstate.js';
import { addRollups, addToLedger } from './batch-counts.js';
import { ADVANCE_OFFSET, ADVANCE_SEQUENCES, BURY_DEAD_LETTERS, type Statement } from './batch-statements.js';
import { isApplied, isRewound, readPosition } from './committed-position.js';
import { deadLetterColumns, deadLetterOf } from './dead-letter-rows.js';
import type { EventBatch, ProjectChange, RefusedEvent, WriteResult } from './event-batch.js';
import { ColumnDeriver } from './event-columns.js';
import { EventRowEncoder } from './event-row.encoder.js';
import { encodeRows, EventCounts, prepareEvents } from './event-rows.js';
import { copyStraight, copyUnlessStored } from './events-copy.js';
import type { ActiveUser } from './rollup-aggregator.js';
import { Turnstile } from './turnstile.js';

/** Users whose minute is known to be stored: at 100 B each, at most about 10 MB. A forgotten one costs an insert that does nothing. */
const KNOWN_USERS = 100_000;

/** Places in the transaction of a batch at which a test may stop or kill the process. */
export type WritePoint = 'before-copy' | 'after-copy' | 'before-commit';

export interface EventBatchWriterOptions {
  /**
   * Transactions at the same time, at most, not counting those that only wait for their COMMIT; default: no bound. On few cores two are
   * better than four: sessions that insert at the same places of the same indexes keep each other waiting, and while a batch waits for
   * its turn, the next ones grow and cost less an event.
   */
  maxTransactions?: number;
  /** When an unanswered COPY has failed and its connection is dead, ms; default 60,000. */
  copyTimeoutMs?: number;
  /** Called at each of these places; default: nothing. */
  onPoint?: (name: WritePoint) => void;
}

/** What was copied in an attempt, and what remains to be written of it. */
interface Copied {
  counts: EventCounts;
  refused: RefusedEvent[];
  duplicateIndexes: number[];
}

/** A way to bring the events into the open transaction. */
type Copy = (client: PoolClient) => Promise<Copied>;

/**
 * Stores batches exactly once: events, rollups, ledger, producer sequences, dead letters and the offset in one transaction. Batches of
 * different partitions may be written at the same time; each takes one connection of the pool.
 */
export class EventBatchWriter {
  private readonly deriver = new ColumnDeriver();
  private readonly knownUsers = new LRUCache<string, true>({ max: KNOWN_USERS });
  /** Free encoders. One per running write and not per partition: a write that was given up may still run beside its successor. */
  private readonly encoders: EventRowEncoder[] = [];
  private readonly transactions: Turnstile;
  private readonly copyTimeoutMs: number;
  private readonly onPoint: (name: WritePoint) => void;

  /** @param pool Of role `analytics_writer`, with a connection for each partition that is written at the same time. */
  constructor(
    private readonly pool: Pool,
    { maxTransactions = Infinity, copyTimeoutMs = 60_000, onPoint = () => {} }: EventBatchWriterOptions = {},
  ) {
    this.transactions = new Turnstile(maxTransactions);
    this.copyTimeoutMs = copyTimeoutMs;
    this.onPoint = onPoint;
  }

  /**
   * Never throws for what the database or the data may do; see WriteResult for what to do next.
   * @throws {RangeError} for a batch that ends where it begins and names no sequence: writing it twice could not be told from once.
   */
  async write(batch: EventBatch): Promise<WriteResult> {
    if (isRewound(batch) && batch.sequences.size === 0)
      throw new RangeError(`the batch ends where it begins, at ${batch.lastId}: then it must name the sequences of its producers`);
    const encoder = this.encoders.pop() ?? new EventRowEncoder();
    try {
      const rows = encodeRows(batch.items, this.deriver, encoder);
      return await this.transactions.pass(async (leave) => {
        const result = await this.attempt(batch, rows.changes, leave, async (client) => {
          if (rows.counts.events > 0) await copyStraight(client, rows.bytes, this.copyTimeoutMs);
          return { ...rows, duplicateIndexes: [] };
        });
        if (result.kind !== 'poison') return result;
        // Something in the data is at fault: an event that is stored already, or a bad one. To tell which costs more, so it is done only now.
        return this.attempt(batch, rows.changes, leave, (client) => this.copyOneByOne(client, encoder, batch));
      });
    } finally {
      this.encoders.push(encoder);
    }
  }

  /** Copies what is good and new, and counts only that. */
  private async copyOneByOne(client: PoolClient, encoder: EventRowEncoder, { items }: EventBatch): Promise<Copied> {
    const { events, refused } = prepareEvents(items, this.deriver);
    const copied = await copyUnlessStored(client, encoder, events, this.copyTimeoutMs);
    const notStored = new Set(copied.refused.map(({ index }) => index));
    const duplicates = new Set(copied.duplicateIndexes);
    const counts = new EventCounts();
    for (const event of events) {
      if (duplicates.has(event.index)) counts.ledger.add(tallyKeyOf(event.event), 'duplicate');
      else if (!notStored.has(event.index)) counts.add(event.event, event.columns);
    }
    return { counts, refused: [...refused, ...copied.refused].sort((a, b) => a.index - b.index), duplicateIndexes: copied.duplicateIndexes };
  }

  private async attempt(batch: EventBatch, changes: ProjectChange[], leave: () => void, copy: Copy): Promise<WriteResult> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      return { kind: 'retry', reason: describeFailure(error) };
    }
    let committing = false;
    try {
      await client.query(beginning(batch));
      this.onPoint('before-copy');
      const copied = await copy(client);
      this.onPoint('after-copy');
      const newUsers = await this.fillTransaction(client, batch, copied);
      if (!newUsers) return await this.endWithoutCommit(client, batch, changes);
      this.onPoint('before-commit');
      committing = true;
      // The disk is what a COMMIT waits for, and not the processor, which the next batch can have meanwhile.
      leave();
      // This is the line that makes an acknowledgement safe: from its answer on, the events, their counts and the offset behind
      // them are on disk together (synchronous_commit is on), so the stream may forget the entries.
      const { command } = await client.query('COMMIT');
      // A transaction that has failed answers COMMIT with ROLLBACK and no error.
      if (command !== 'COMMIT') throw new Error(`COMMIT was answered by ${command}`);
      client.release();
      return this.stored(copied, newUsers, changes);
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) {
        client.release(error);
        throw error;
      }
      if (committing) return await this.decide(client, batch, changes, error);
      if (sqlStateOf(error) !== undefined) return await rollBack(client, toFailure(error));
      // The connection is broken or does not answer.
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
  private async fillTransaction(client: PoolClient, batch: EventBatch, { counts, refused }: Copied): Promise<ActiveUser[] | undefined> {
    const { stream, partition, epoch, previousId, lastId, sequences } = batch;
    const dead = refused.map((item) => deadLetterOf(batch, item));
    const moved = await run(client, ADVANCE_OFFSET, [stream, partition, epoch, previousId, lastId, counts.events, dead.length]);
    const [row] = moved.rows;
    if (!row) return undefined;
    // From here the offset's row is locked, so no other write of this partition can be between the question and the answer.
    if (isRewound(batch) && (await isApplied(client, batch))) return undefined;

    const newUsers = await addRollups(client, partition, counts.rollups, (user) => this.knownUsers.has(userKey(user)));
    await markStaleQuarters(client, counts.rollups.storedMinutes(), row.now);
    for (const [key, events] of batch.duplicates ?? []) counts.ledger.add(key, 'duplicate', events);
    for (const { tallyKey } of dead) counts.ledger.add(tallyKey, 'dead');
    await addToLedger(client, partition, counts.ledger);
    if (sequences.size > 0) await run(client, ADVANCE_SEQUENCES, [stream, partition, [...sequences.keys()], [...sequences.values()]]);
    if (dead.length > 0) await run(client, BURY_DEAD_LETTERS, [stream, partition, ...deadLetterColumns(dead)]);
    return newUsers;
  }

  private stored({ counts, refused, duplicateIndexes }: Copied, newUsers: ActiveUser[], changes: ProjectChange[]): WriteResult {
    // Only now: a user remembered from a transaction that was rolled back would be missing for ever.
    for (const user of newUsers) this.knownUsers.set(userKey(user), true);
    const duplicates = duplicateIndexes.length;
    return { kind: 'stored', events: counts.events, refused, duplicates, duplicateIndexes, committedAt: Date.now(), alreadyStored: false, changes };
  }

  /** The offset did not let the batch pass: either it is stored already, or somebody else has moved the offset. */
  private async endWithoutCommit(client: PoolClient, batch: EventBatch, changes: ProjectChange[]): Promise<WriteResult> {
    const position = await readPosition(client, batch);
    return rollBack(client, position === 'stored' ? alreadyStored(changes) : { kind: 'fenced' });
  }

  /** COMMIT was sent and its answer is lost: only the database knows. The question waits until the old transaction has ended. */
  private async decide(broken: PoolClient, batch: EventBatch, changes: ProjectChange[], cause: unknown): Promise<WriteResult> {
    broken.release(true);
    try {
      const position = await readPosition(this.pool, batch);
      if (position === 'stored') return alreadyStored(changes);
      return position === 'fenced' ? { kind: 'fenced' } : { kind: 'retry', reason: `COMMIT failed: ${describeFailure(cause)}` };
    } catch (error) {
      return { kind: 'retry', reason: `the answer to COMMIT is lost, and asking for the offset failed: ${describeFailure(error)}` };
    }
  }
}

async function rollBack(client: PoolClient, result: WriteResult): Promise<WriteResult> {
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
  return result;
}

/** The lock keeps nobody out; by it a successor finds and ends what its predecessor left open (see PartitionLeases). */
const beginning = ({ stream, partition }: EventBatch): string =>
  `BEGIN; SELECT pg_advisory_xact_lock_shared(hashtext(${escapeLiteral(stream)}), ${partition})`;

const run = (client: PoolClient, statement: Statement, values: unknown[]) => client.query<{ now: number }>({ ...statement, values });

const alreadyStored = (changes: ProjectChange[]): WriteResult => ({
  kind: 'stored',
  events: changes.reduce((sum, { events }) => sum + events, 0),
  refused: [],
  duplicates: 0,
  duplicateIndexes: [],
  committedAt: Date.now(),
  alreadyStored: true,
  changes,
});

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
