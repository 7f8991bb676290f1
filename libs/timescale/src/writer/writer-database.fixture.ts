import type { Pool } from 'pg';
import { freshDatabase } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { prepareDatabase } from '../setup/prepare-database.js';
import { STREAM } from './event-batch.fixture.js';
import { PartitionLeases } from './partition-leases.js';

/** A prepared database of its own, partitions 0 and 1 acquired under epoch 1, and ways to look inside as its owner. */
export interface WriterDatabase {
  owner: Pool;
  /** Of role analytics_writer. */
  pool: Pool;
  ownerUrl: string;
  writerUrl: string;
  readerUrl: string;
  rows(sql: string): Promise<unknown[]>;
  storedEvents(): Promise<unknown>;
  /** Where partition 0 stands. */
  offset(): Promise<unknown[]>;
  stop(): Promise<void>;
}

export async function startWriterDatabase(): Promise<WriterDatabase> {
  const database = await freshDatabase(prepareDatabase);
  const owner = createPool(database.ownerUrl, { max: 3, applicationName: 'spec-owner' });
  const pool = createPool(database.writerUrl, { max: 4, applicationName: 'spec-writer' });
  for (const partition of [0, 1]) await new PartitionLeases(pool, { stream: STREAM }).acquire(partition, 'spec');
  const rows = async (sql: string): Promise<unknown[]> => (await owner.query<Record<string, unknown>>(sql)).rows;
  return {
    owner,
    pool,
    ownerUrl: database.ownerUrl,
    writerUrl: database.writerUrl,
    readerUrl: database.readerUrl,
    rows,
    storedEvents: async () => (await rows('SELECT count(*) AS n FROM events'))[0],
    offset: () => rows('SELECT partition, last_id, events_stored, dead_letters FROM stream_offsets WHERE partition = 0'),
    stop: async () => {
      await Promise.all([owner.end(), pool.end()]);
      await database.drop();
    },
  };
}
