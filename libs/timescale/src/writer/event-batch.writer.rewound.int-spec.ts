import { createPool } from '../postgres-pool.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { cutFirstCommit } from './commit-cutting-proxy.fixture.js';
import { aBatch, customEvent, pageView } from './event-batch.fixture.js';
import type { EventBatch } from './event-batch.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };

describe('EventBatchWriter, given entries of a rewound stream, below the committed offset,', () => {
  let db: WriterDatabase;
  let writer: EventBatchWriter;
  let batch: EventBatch;

  beforeEach(async () => {
    db = await startWriterDatabase();
    writer = new EventBatchWriter(db.pool);
    await writer.write(aBatch([], { lastId: '9-0', sequences: new Map([['producer-a', 7]]) }));
    const dead = { entryId: '5-0', itemIndex: 1, reason: 'bad', payload: Buffer.from('x'), tallyKey: 'shop|29539440' };
    batch = aBatch([pageView('https://shop.example/'), customEvent({})], {
      previousId: '9-0',
      lastId: '9-0',
      sequences: new Map([
        ['producer-a', 8],
        ['producer-b', 1],
      ]),
      deadLetters: [dead],
    });
  });

  afterEach(() => db.stop());

  const expectStoredOnce = async (): Promise<void> => {
    expect(await db.storedEvents()).toEqual({ n: 2 });
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '9-0', events_stored: 2, dead_letters: 1 }]);
    const sums = 'sum(stored)::int AS stored, sum(duplicate)::int AS duplicate, sum(dead)::int AS dead';
    expect(await db.rows(`SELECT ${sums} FROM ledger`)).toEqual([{ stored: 2, duplicate: 0, dead: 1 }]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  };

  it('stores them once when the batch is written again', async () => {
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', events: 2, alreadyStored: false });
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', events: 2, alreadyStored: true });
    await expectStoredOnce();
  });

  it('stores them once when the batch is written twice at the same time', async () => {
    const results = await Promise.all([writer.write(batch), writer.write(batch)]);
    expect(results.filter((result) => result.kind === 'stored' && result.alreadyStored)).toHaveLength(1);
    await expectStoredOnce();
  });

  it('learns from the sequences that a COMMIT whose answer was lost has happened', async () => {
    const proxy = await cutFirstCommit(db.writerUrl);
    const proxied = createPool(proxy.url, { max: 2, applicationName: 'spec-proxied' });
    try {
      expect(await new EventBatchWriter(proxied).write(batch)).toMatchObject({ kind: 'stored', alreadyStored: true });
      expect(proxy.cut()).toBe(1);
      await expectStoredOnce();
    } finally {
      await proxied.end();
      await proxy.close();
    }
  });

  it('refuses a batch without sequences as a mistake of the caller', async () => {
    await expect(writer.write({ ...batch, sequences: new Map() })).rejects.toThrow('must name the sequences of its producers');
  });
});
