import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { IngestedEvent } from '@analytics/events';
import { describeFailure, failureKindOf } from '../sqlstate.js';
import { COPY_EVENTS } from './batch-statements.js';
import type { RefusedEvent } from './event-batch.js';
import type { DerivedColumns } from './event-columns.js';
import type { EventRowEncoder } from './event-row.encoder.js';

/** An event with its derived columns and its index in the batch. */
export interface PreparedEvent {
  index: number;
  event: IngestedEvent;
  columns: DerivedColumns;
}

/**
 * Copies all events into the open transaction. @returns those that cannot be encoded; they are left out.
 * @throws what PostgreSQL says when it refuses any of them; the transaction is then void.
 */
export async function copyEvents(client: PoolClient, encoder: EventRowEncoder, events: readonly PreparedEvent[]): Promise<RefusedEvent[]> {
  const refused: RefusedEvent[] = [];
  encoder.start();
  for (const { index, event, columns } of events) {
    const reason = encoder.append(event, columns);
    if (reason !== undefined) refused.push({ index, reason });
  }
  if (refused.length < events.length) await sendRows(client, encoder.finish());
  return refused;
}

// In one piece: the bytes are in memory already, and the batch's size is bounded by who reads the stream.
const sendRows = (client: PoolClient, rows: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(copyFrom(COPY_EVENTS)).on('finish', resolve).on('error', reject).end(rows);
  });

/**
 * The same for a batch in which PostgreSQL refuses something: halves what fails until the culprits are alone. What can be stored is
 * in the transaction afterwards, which stays open. One bad event among n costs about 2·log2(n) copies.
 * @throws every failure that is not the data's fault.
 */
export async function copyEventsIsolating(
  client: PoolClient,
  encoder: EventRowEncoder,
  events: readonly PreparedEvent[],
): Promise<RefusedEvent[]> {
  await client.query('SAVEPOINT part');
  try {
    const refused = await copyEvents(client, encoder, events);
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
  const left = await copyEventsIsolating(client, encoder, events.slice(0, middle));
  return left.concat(await copyEventsIsolating(client, encoder, events.slice(middle)));
}
