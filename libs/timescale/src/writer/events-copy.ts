import type { IngestedEvent } from '@analytics/events';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { describeFailure, failureKindOf } from '../sqlstate.js';
import { ADD_INCOMING, COPY_EVENTS, COPY_INCOMING, MAKE_INCOMING } from './batch-statements.js';
import type { RefusedEvent } from './event-batch.js';
import type { DerivedColumns } from './event-columns.js';
import type { EventRowEncoder } from './event-row.encoder.js';

/** An event with its derived columns and its index in the batch. */
export interface PreparedEvent {
  index: number;
  event: IngestedEvent;
  columns: DerivedColumns;
}

/** What of the events was not added to the table. */
export interface CopyOutcome {
  refused: RefusedEvent[];
  /** Stored before, or twice among the events; ascending. */
  duplicateIndexes: number[];
}

/**
 * The quick way, straight into the table: for events that are all good and new, as nearly always.
 * @throws what PostgreSQL says when it refuses any of them (a duplicate is a unique violation); the transaction is then void.
 */
export const copyStraight = (client: PoolClient, rows: Buffer, timeoutMs: number): Promise<void> =>
  sendRows(client, COPY_EVENTS, rows, timeoutMs);

/**
 * The careful way, by a temporary table: refuses what is bad and leaves out what is stored already, one by one. It costs about twice as
 * much, and more for each bad event.
 * @throws every failure that is not the data's fault.
 */
export async function copyUnlessStored(client: PoolClient, encoder: EventRowEncoder, events: readonly PreparedEvent[], timeoutMs: number): Promise<CopyOutcome> {
  await client.query(MAKE_INCOMING);
  const refused = await copyIsolating(client, encoder, events, timeoutMs);
  const { rows } = await client.query<{ event_id: string; time: Date; project_id: string }>(ADD_INCOMING);
  const added = new Set(rows.map((row) => identityOf(row.project_id, row.event_id, row.time.getTime())));
  const refusedIndexes = new Set(refused.map(({ index }) => index));
  const duplicateIndexes = events
    .filter(({ index }) => !refusedIndexes.has(index))
    // The first of equal ones has been added, and takes their identity with it.
    .filter(({ event, columns }) => !added.delete(identityOf(event.project_id, event.event_id.toLowerCase(), columns.timeMs)))
    .map(({ index }) => index);
  return { refused, duplicateIndexes };
}

const identityOf = (projectId: string, eventId: string, timeMs: number): string => `${eventId} ${timeMs} ${projectId}`;

/** Copies all events. @returns those that cannot be encoded; they are left out. */
async function copyRows(
  client: PoolClient,
  encoder: EventRowEncoder,
  events: readonly PreparedEvent[],
  timeoutMs: number,
): Promise<RefusedEvent[]> {
  const refused: RefusedEvent[] = [];
  encoder.start();
  for (const { index, event, columns } of events) {
    const reason = encoder.append(event, columns);
    if (reason !== undefined) refused.push({ index, reason });
  }
  if (refused.length < events.length) await sendRows(client, COPY_INCOMING, encoder.finish(), timeoutMs);
  return refused;
}

/**
 * In one piece: the bytes are in memory already, and the batch's size is bounded by who reads the stream.
 * @throws {Error} after `timeoutMs`, which pg knows for queries only; the connection is then of no use.
 */
function sendRows(client: PoolClient, statement: string, rows: Buffer, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`COPY was not answered within ${timeoutMs} ms`)), timeoutMs);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    const copy = client.query(copyFrom(statement));
    copy.on('finish', () => end(resolve)).on('error', (error) => end(() => reject(error)));
    copy.end(rows);
  });
}

/** Halves what fails until the culprits are alone; in order. One bad event among n costs about 2·log2(n) copies. */
async function copyIsolating(
  client: PoolClient,
  encoder: EventRowEncoder,
  events: readonly PreparedEvent[],
  timeoutMs: number,
): Promise<RefusedEvent[]> {
  await client.query('SAVEPOINT part');
  try {
    const refused = await copyRows(client, encoder, events, timeoutMs);
    await client.query('RELEASE SAVEPOINT part');
    return refused;
  } catch (error) {
    if (failureKindOf(error) !== 'data') throw error;
    await client.query('ROLLBACK TO SAVEPOINT part');
    await client.query('RELEASE SAVEPOINT part');
    const [first] = events;
    if (events.length === 1 && first) return [{ index: first.index, reason: describeFailure(error) }];
  }
  const middle = Math.ceil(events.length / 2);
  const left = await copyIsolating(client, encoder, events.slice(0, middle), timeoutMs);
  return left.concat(await copyIsolating(client, encoder, events.slice(middle), timeoutMs));
}
