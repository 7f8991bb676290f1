import { tallyKeyOf } from '@analytics/events';
import type { PoolClient } from 'pg';
import {
  ADD_ACTIVE_USERS,
  ADD_COUNTS_10S,
  ADD_COUNTS_1M,
  ADD_DIMENSIONS,
  ADD_LATENCIES,
  ADD_TO_LEDGER,
  type Statement,
} from './batch-statements.js';
import type { PreparedEvent } from './events-copy.js';
import { LedgerTally } from './ledger-rows.js';
import { RollupAggregator, type ActiveUser, type RollupColumns } from './rollup-aggregator.js';

/** Counts of replayed dead letters are no partition's: the partition's own transactions need not wait for them. */
const REPLAY_PARTITION = -2;

/** Adds the counts to every rollup. @returns the users it has stored as active, which `isKnown` did not know. */
export async function addRollups(
  client: PoolClient,
  partition: number,
  counts: RollupAggregator,
  isKnown: (user: ActiveUser) => boolean,
): Promise<ActiveUser[]> {
  const newUsers = counts.activeUsers().filter((user) => !isKnown(user));

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

/** Adds to the ledger what became of a batch. */
export async function addToLedger(client: PoolClient, partition: number, tally: LedgerTally): Promise<void> {
  await addRows(client, ADD_TO_LEDGER, tally.columns(), partition);
}

/** Counts an event that was a dead letter, in the rollups and in the ledger. */
export async function countReplayed(client: PoolClient, replayed: PreparedEvent): Promise<void> {
  const counts = new RollupAggregator();
  counts.add(replayed.event, replayed.columns);
  await addRollups(client, REPLAY_PARTITION, counts, () => false);
  const tally = new LedgerTally();
  tally.add(tallyKeyOf(replayed.event), 'replayed');
  await addToLedger(client, REPLAY_PARTITION, tally);
}

async function addRows(client: PoolClient, statement: Statement, columns: RollupColumns, partition?: number): Promise<void> {
  if (columns[0]!.length === 0) return;
  await client.query({ ...statement, values: partition === undefined ? columns : [partition, ...columns] });
}
