import type { Pool } from 'pg';
import { freshDatabase, type FreshDatabase } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { prepareDatabase } from '../setup/prepare-database.js';
import { aBatch, pageView, STREAM } from './event-batch.fixture.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { PartitionLeases } from './partition-leases.js';

describe('PartitionLeases', () => {
  let database: FreshDatabase;
  let owner: Pool;
  let pool: Pool;
  let leases: PartitionLeases;

  beforeEach(async () => {
    database = await freshDatabase(prepareDatabase);
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'spec-owner' });
    pool = createPool(database.writerUrl, { max: 4, applicationName: 'spec-leases' });
    leases = new PartitionLeases(pool, { stream: STREAM, leaseMs: 60_000 });
  });

  afterEach(async () => {
    await Promise.all([owner.end(), pool.end()]);
    await database.drop();
  });

  const expire = () => owner.query(`UPDATE stream_offsets SET lease_until = now() - interval '1 ms'`);

  it('gives a new partition from the beginning', async () => {
    expect(await leases.acquire(3, 'a')).toEqual({ epoch: 1, lastId: '0-0', sequences: new Map() });
  });

  it('gives a partition to one of several owners that race for it', async () => {
    const claims = await Promise.all(['a', 'b', 'c', 'd'].map((name) => leases.acquire(0, name)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it('gives a held partition to nobody but its owner, who gets a higher epoch', async () => {
    await leases.acquire(0, 'a');
    expect(await leases.acquire(0, 'b')).toBeNull();
    expect(await leases.acquire(0, 'a')).toMatchObject({ epoch: 2 });
  });

  it('gives an expired lease to another under a higher epoch, and fences the first', async () => {
    await leases.acquire(0, 'a');
    await expire();
    expect(await leases.acquire(0, 'b')).toMatchObject({ epoch: 2 });
    expect(await leases.renew(0, 'a', 1)).toBe(false);
    expect(await new EventBatchWriter(pool).write(aBatch([pageView('https://shop.example/')], { epoch: 1 }))).toEqual({ kind: 'fenced' });
  });

  it('renews a lease that ran out while nobody else wanted it', async () => {
    await leases.acquire(0, 'a');
    await expire();
    expect(await leases.renew(0, 'a', 1)).toBe(true);
    expect(await leases.acquire(0, 'b')).toBeNull();
  });

  it('frees a partition at once on release, but not under an old epoch', async () => {
    await leases.acquire(0, 'a');
    await leases.acquire(0, 'a');
    await leases.release(0, 'a', 1);
    expect(await leases.acquire(0, 'b')).toBeNull();
    await leases.release(0, 'a', 2);
    expect(await leases.acquire(0, 'b')).toMatchObject({ epoch: 3 });
  });

  it('tells a successor where the predecessor stopped', async () => {
    await leases.acquire(0, 'a');
    const writer = new EventBatchWriter(pool);
    await writer.write(
      aBatch([], {
        lastId: '5-0',
        sequences: new Map([
          ['p', 4],
          ['q', 9],
        ]),
      }),
    );
    // A batch with a lower sequence of a producer never takes the higher one back.
    await writer.write(aBatch([], { previousId: '5-0', lastId: '6-0', sequences: new Map([['p', 3]]) }));
    await leases.release(0, 'a', 1);
    expect(await leases.acquire(0, 'b')).toEqual({
      epoch: 2,
      lastId: '6-0',
      sequences: new Map([
        ['p', 4],
        ['q', 9],
      ]),
    });
  });

  it('forgets producers of which nothing can still arrive', async () => {
    await leases.acquire(0, 'a');
    await new EventBatchWriter(pool).write(
      aBatch([], {
        sequences: new Map([
          ['old', 4],
          ['new', 9],
        ]),
      }),
    );
    await owner.query(`UPDATE producer_sequences SET updated_at = now() - interval '8 days' WHERE producer = 'old'`);
    expect((await leases.acquire(0, 'a'))?.sequences).toEqual(new Map([['new', 9]]));
  });

  it('keeps streams apart', async () => {
    await leases.acquire(0, 'a');
    expect(await new PartitionLeases(pool, { stream: 'another' }).acquire(0, 'b')).toMatchObject({ epoch: 1 });
  });
});
