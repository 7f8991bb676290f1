import type { Pool, PoolClient } from 'pg';
import { LRUCache } from 'lru-cache';
import { describeFailure, failureKindOf, sqlStateOf } from '../sqlstate.js';
import {
  ADD_ACTIVE_USERS,
  ADD_COUNTS_10S,
  ADD_COUNTS_1M,
  ADD_DIMENSIONS,
  ADD_LATENCIES,
  ADVANCE_OFFSET,
  ADVANCE_SEQUENCES,
  BURY_DEAD_LETTERS,
  READ_OFFSET,
  type Statement,
} from './batch-statements.js';
import { deadLetterColumns, deadLetterOf } from './dead-letter-rows.js';
import type { EventBatch, RefusedEvent, WriteResult } from './event-batch.js';
import { ColumnDeriver } from './event-columns.js';
import { EventRowEncoder } from './event-row.encoder.js';
import { copyEvents, copyEventsIsolating, type PreparedEvent } from './events-copy.js';
import { RollupAggregator, type ActiveUser, type RollupColumns } from './rollup-aggregator.js';

/** Users whose minute is known to be stored: at 100 B each, at most about 10 MB. A forgotten one costs an insert that does nothing. */
const KNOWN_USERS = 100_000;

/** What one attempt to write wants to remember once it is committed. */
interface Attempt {
  refused: RefusedEvent[];
  newUsers: ActiveUser[];
}

/**
 * Stores batches exactly once: events, rollups, producer sequences, dead letters and the offset in one transaction. Batches of
 * different partitions may be written at the same time; each takes one connection of the pool.
 */
export class EventBatchWriter {
  private readonly deriver = new ColumnDeriver();
  private readonly knownUsers = new LRUCache<string, true>({ max: KNOWN_USERS });
  /** Free encoders. One per running write and not per partition: a write that was given up may still run beside its successor. */
  private readonly encoders: EventRowEncoder[] = [];

  /** @param pool Of role `analytics_writer`, with a connection for each partition that is written at the same time. */
  constructor(private readonly pool: Pool) {}

  /**
   * Never throws for what the database or the data may do; see WriteResult for what to do next.
   * @throws {RangeError} for a batch that ends where it begins: writing it again could not be told from writing it once.
   */
  async write(batch: EventBatch): Promise<WriteResult> {
    if (batch.lastId === batch.previousId)
      throw new RangeError(`the batch ends where it begins, at ${batch.lastId}: lastId must be a later entry`);
    const prepared = batch.events.map((event, index): PreparedEvent => ({ index, event, columns: this.deriver.derive(event) }));
    const result = await this.attempt(batch, prepared, copyEvents);
    if (result.kind !== 'poison') return result;
    // The data is at fault, and most likely a single event. Looking for it costs savepoints, so it is done only now.
    return this.attempt(batch, prepared, copyEventsIsolating);
  }

  private async attempt(batch: EventBatch, prepared: readonly PreparedEvent[], copy: typeof copyEvents): Promise<WriteResult> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      return { kind: 'retry', reason: describeFailure(error) };
    }
    const encoder = this.encoders.pop() ?? new EventRowEncoder();
    let committing = false;
    try {
      await client.query('BEGIN');
      const done = await this.fillTransaction(client, batch, prepared, (events) => copy(client, encoder, events));
      if (!done) return await this.endWithoutCommit(client, encoder, batch);
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
   * Everything but the COMMIT. @returns `undefined` when the offset is not where the batch begins.
   * The events are copied before the offset is moved: the copy is the long part, and while it runs no row is locked, so an owner
   * that is stopped in the middle of it does not keep its successor, a lease renewal or a rebuild waiting.
   */
  private async fillTransaction(
    client: PoolClient,
    batch: EventBatch,
    prepared: readonly PreparedEvent[],
    copy: (events: readonly PreparedEvent[]) => Promise<RefusedEvent[]>,
  ): Promise<Attempt | undefined> {
    const refused = prepared.length > 0 ? await copy(prepared) : [];
    const { stream, partition, epoch, previousId, lastId } = batch;
    const dead = [...batch.deadLetters, ...refused.map((event) => deadLetterOf(batch, event))];
    const stored = prepared.length - refused.length;
    const moved = await run(client, ADVANCE_OFFSET, [stream, partition, epoch, previousId, lastId, stored, dead.length]);
    if (moved.rowCount !== 1) return undefined;

    const newUsers = stored > 0 ? await this.addRollups(client, partition, prepared, refused) : [];
    if (batch.sequences.size > 0)
      await run(client, ADVANCE_SEQUENCES, [stream, partition, [...batch.sequences.keys()], [...batch.sequences.values()]]);
    if (dead.length > 0) await run(client, BURY_DEAD_LETTERS, [stream, partition, ...deadLetterColumns(dead)]);
    return { refused, newUsers };
  }

  private async addRollups(
    client: PoolClient,
    partition: number,
    prepared: readonly PreparedEvent[],
    refused: readonly RefusedEvent[],
  ): Promise<ActiveUser[]> {
    const refusedIndexes = new Set(refused.map((event) => event.index));
    const counts = new RollupAggregator();
    for (const { index, event, columns } of prepared) if (!refusedIndexes.has(index)) counts.add(event, columns);
    const newUsers = counts.activeUsers().filter((user) => !this.knownUsers.has(userKey(user)));

    await addRows(client, ADD_COUNTS_10S, counts.countsByStep(), partition);
    await addRows(client, ADD_COUNTS_1M, counts.countsByMinute(), partition);
    await addRows(client, ADD_DIMENSIONS, counts.dimensionCounts(), partition);
    await addRows(client, ADD_LATENCIES, counts.latencyCounts(), partition);
    await addRows(client, ADD_ACTIVE_USERS, [
      newUsers.map((user) => user.projectId),
      newUsers.map((user) => user.second),
      newUsers.map((user) => user.userId),
    ]);
    return newUsers;
  }

  private stored(batch: EventBatch, { refused, newUsers }: Attempt): WriteResult {
    // Only now: a user remembered from a transaction that was rolled back would be missing for ever.
    for (const user of newUsers) this.knownUsers.set(userKey(user), true);
    return { kind: 'stored', events: batch.events.length - refused.length, refused, committedAt: Date.now(), alreadyStored: false };
  }

  /** The offset is not at `previousId`: either this batch is stored already, or somebody else has moved it. */
  private async endWithoutCommit(client: PoolClient, encoder: EventRowEncoder, batch: EventBatch): Promise<WriteResult> {
    const position = await readPosition(client, batch);
    return this.rollBack(client, encoder, position === 'stored' ? alreadyStored(batch) : { kind: 'fenced' });
  }

  /** COMMIT was sent and its answer is lost: only the offset knows. The question waits until the old transaction has ended. */
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

const run = (client: PoolClient, statement: Statement, values: unknown[]) => client.query({ ...statement, values });

async function addRows(client: PoolClient, statement: Statement, columns: RollupColumns, partition?: number): Promise<void> {
  if (columns[0]!.length === 0) return;
  await run(client, statement, partition === undefined ? columns : [partition, ...columns]);
}

/** Where the offset stands, seen from the batch: at its beginning, at its end by this owner, or elsewhere. */
async function readPosition(db: Pick<Pool, 'query'>, batch: EventBatch): Promise<'open' | 'stored' | 'fenced'> {
  const { rows } = await db.query<{ epoch: number; last_id: string }>({ ...READ_OFFSET, values: [batch.stream, batch.partition] });
  const [position] = rows;
  if (position?.epoch !== batch.epoch) return 'fenced';
  if (position.last_id === batch.lastId) return 'stored';
  return position.last_id === batch.previousId ? 'open' : 'fenced';
}

const alreadyStored = (batch: EventBatch): WriteResult => ({
  kind: 'stored',
  events: batch.events.length,
  refused: [],
  committedAt: Date.now(),
  alreadyStored: true,
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
