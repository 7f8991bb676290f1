import { eventually } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { aBatch, customEvent, pageView, STREAM } from './event-batch.fixture.js';
import { EventBatchWriter, type WritePoint } from './event-batch.writer.js';
import { PartitionLeases } from './partition-leases.js';
import { stallAfter } from './stalling-proxy.fixture.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

describe('EventBatchWriter, when a partition changes hands,', () => {
  let db: WriterDatabase;

  beforeEach(async () => {
    db = await startWriterDatabase();
  });

  afterEach(() => db.stop());

  it('does not wait for an owner that was stopped in the middle of its COPY, and what that one sent is not stored', async () => {
    const filler = 'x'.repeat(300);
    const events = Array.from({ length: 3000 }, () => customEvent({ filler }));
    const proxy = await stallAfter(db.writerUrl, 1_000_000);
    const proxied = createPool(proxy.url, { max: 1, applicationName: 'spec-stopped' });
    try {
      const late = new EventBatchWriter(proxied).write(aBatch(events));
      await eventually(async () => expect(await halfCopied()).toEqual([{ wait_event: 'ClientRead' }]));
      await db.owner.query('UPDATE stream_offsets SET lease_until = now()');
      await new PartitionLeases(db.pool, { stream: STREAM }).acquire(0, 'successor');
      const result = await new EventBatchWriter(db.pool).write(aBatch(events, { epoch: 2 }));
      expect(result).toMatchObject({ kind: 'stored', events: 3000, duplicates: 0 });
      expect(await late).toMatchObject({ kind: 'retry' });
      expect(await db.storedEvents()).toEqual({ n: 3000 });
    } finally {
      await proxied.end();
      await proxy.close();
    }
  });

  const halfCopied = () =>
    db.rows(`SELECT wait_event FROM pg_stat_activity
              WHERE application_name = 'spec-stopped' AND query LIKE 'COPY events%' AND wait_event = 'ClientRead'`);

  it('tells a test where it is: before and after the copy, and before the COMMIT', async () => {
    const seen: WritePoint[] = [];
    await new EventBatchWriter(db.pool, { onPoint: (name) => seen.push(name) }).write(aBatch([pageView('https://shop.example/')]));
    expect(seen).toEqual(['before-copy', 'after-copy', 'before-commit']);
  });

  it('waits for no COPY that is never answered: it answers retry, and lets the next batch have its turn', async () => {
    const proxy = await stallAfter(db.writerUrl, 200_000);
    const stalling = createPool(proxy.url, { max: 2, applicationName: 'spec-stalling' });
    try {
      const writer = new EventBatchWriter(stalling, { maxTransactions: 1, copyTimeoutMs: 300 });
      const large = aBatch(Array.from({ length: 2_000 }, () => pageView('https://shop.example/')));
      const small = aBatch([pageView('https://shop.example/')], { partition: 1 });
      const [first, second] = await Promise.all([writer.write(large), writer.write(small)]);
      expect(first).toEqual({ kind: 'retry', reason: 'COPY was not answered within 300 ms' });
      expect(second).toMatchObject({ kind: 'stored', events: 1 });
    } finally {
      await stalling.end();
      await proxy.close();
    }
  });
});
