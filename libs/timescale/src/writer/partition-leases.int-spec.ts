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

  it('divides the partitions among the owners that are there, the oldest first, without a remainder', async () => {
    const sharesOf = async (...owners: string[]): Promise<number[]> => {
      for (const name of owners) await leases.share(name);
      return Promise.all(owners.map((name) => leases.share(name)));
    };
    expect(await sharesOf('z')).toEqual([4]);
    expect(await sharesOf('z', 'a')).toEqual([2, 2]);
    expect(await sharesOf('z', 'a', 'm')).toEqual([2, 1, 1]);
    expect(await sharesOf('z', 'a', 'm', 'b', 'c')).toEqual([1, 1, 1, 1, 0]);
    const many = new PartitionLeases(pool, { stream: 'another', partitions: 7 });
    expect([await many.share('a'), await many.share('b'), await many.share('a')]).toEqual([7, 3, 4]);
  });

  it('counts an owner no more that has left or was silent for as long as a lease', async () => {
    for (const name of ['a', 'b', 'c']) await leases.share(name);
    await leases.leave('a');
    expect(await leases.share('b')).toBe(2);
    await owner.query(`UPDATE stream_consumers SET seen_until = now() - interval '1 ms' WHERE owner = 'c'`);
    expect(await leases.share('b')).toBe(4);
    expect(await leases.share('c')).toBe(2);
    await leases.leave('nobody');
  });

  it('gives owners that join at the same time shares that add up', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name) => leases.share(name)));
    const shares = await Promise.all(names.map((name) => leases.share(name)));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(4);
  });
});
