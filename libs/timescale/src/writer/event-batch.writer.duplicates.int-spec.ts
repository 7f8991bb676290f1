import { createPool } from '../postgres-pool.js';
import { LedgerReader } from '../readers/ledger.reader.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { aBatch, buttonClick, customEvent, pageView } from './event-batch.fixture.js';
import type { EventBatch, WriteResult } from './event-batch.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };
const SECOND = { previousId: '1-0', lastId: '2-0' };

describe('EventBatchWriter, given events that a client sends again,', () => {
  let db: WriterDatabase;
  let writer: EventBatchWriter;

  beforeEach(async () => {
    db = await startWriterDatabase();
    writer = new EventBatchWriter(db.pool);
  });

  afterEach(() => db.stop());

  const totals = async () => (await new LedgerReader(db.owner).read({ projectId: 'shop', ...HOUR })).totals;

  it('stores each once, says which were stored before, and counts in rollups and ledger what was really added', async () => {
    const inCapitals = customEvent({}, { event_id: 'AAAAAAAA-0000-4000-8000-00000000000A' });
    const events = [pageView('https://shop.example/a'), buttonClick('buy'), inCapitals];
    await writer.write(aBatch(events));
    const fresh = [customEvent({ fresh: 1 }), customEvent({ fresh: 2 })];
    const again = [events[1]!, fresh[0]!, { ...inCapitals, event_id: 'aaaaaaaa-0000-4000-8000-00000000000a' }, events[0]!, fresh[1]!];
    expect(await writer.write(aBatch(again, SECOND))).toMatchObject({
      kind: 'stored',
      events: 2,
      duplicates: 3,
      duplicateIndexes: [0, 2, 3],
      refused: [],
      alreadyStored: false,
    });
    expect(await db.storedEvents()).toEqual({ n: 5 });
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '2-0', events_stored: 5, dead_letters: 0 }]);
    expect(await totals()).toMatchObject({ stored: 5, duplicate: 3, dead: 0 });
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('keeps the first of equal ones in a batch', async () => {
    const first = pageView('https://shop.example/first');
    const second = buttonClick('second', { event_id: first.event_id });
    expect(await writer.write(aBatch([first, second]))).toMatchObject({ events: 1, duplicates: 1, duplicateIndexes: [1] });
    expect(await db.rows('SELECT event_type, page_path FROM events')).toEqual([{ event_type: 'page_view', page_path: '/first' }]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('stores the good one of two with one id, and buries the bad one', async () => {
    const bad = customEvent({ text: '\u0000' });
    const good = customEvent({ text: 'good' }, { event_id: bad.event_id });
    expect(await writer.write(aBatch([bad, good, good]))).toMatchObject({ events: 1, duplicateIndexes: [2], refused: [{ index: 0 }] });
    expect(await totals()).toMatchObject({ stored: 1, duplicate: 1, dead: 1 });
  });

  it('stores an event of the same id again with another timestamp, or in another project', async () => {
    const event = pageView('https://shop.example/');
    const later = { ...event, timestamp: '2026-03-01T12:00:00.001Z' };
    const elsewhere = { ...event, project_id: 'blog' };
    expect(await writer.write(aBatch([event, later, elsewhere]))).toMatchObject({ events: 3, duplicates: 0 });
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('stores each once when two partitions write the same events at the same time, in whatever order', async () => {
    const events = Array.from({ length: 200 }, (_, index) => pageView(`https://shop.example/${index}`));
    const results = await Promise.all([
      untilStored(aBatch(events)),
      untilStored(aBatch([...events].reverse(), { partition: 1, sequences: new Map([['producer-b', 1]]) })),
    ]);
    expect(results.map((result) => result.kind)).toEqual(['stored', 'stored']);
    expect(await db.storedEvents()).toEqual({ n: 200 });
    expect(await totals()).toMatchObject({ stored: 200, duplicate: 200 });
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('goes on after a batch with duplicates that was fenced, on the same connection', async () => {
    const pool = createPool(db.writerUrl, { max: 1, applicationName: 'spec-single' });
    try {
      const single = new EventBatchWriter(pool);
      const event = pageView('https://shop.example/');
      await single.write(aBatch([event]));
      expect(await single.write(aBatch([event, customEvent({})], { ...SECOND, epoch: 0 }))).toEqual({ kind: 'fenced' });
      expect(await single.write(aBatch([event, customEvent({})], SECOND))).toMatchObject({ kind: 'stored', events: 1, duplicates: 1 });
      expect(await db.storedEvents()).toEqual({ n: 2 });
    } finally {
      await pool.end();
    }
  });

  it('counts a user whose minute it knew only from an event that was a duplicate', async () => {
    const event = pageView('https://shop.example/', { user_id: 'ann' });
    await writer.write(aBatch([event], { partition: 1 }));
    await new EventBatchWriter(db.pool).write(aBatch([event, pageView('https://shop.example/', { user_id: 'bob' })]));
    expect(await db.rows('SELECT user_id FROM active_users_1m ORDER BY 1')).toEqual([{ user_id: 'ann' }, { user_id: 'bob' }]);
  });

  /** What a consumer does with `retry`; the database ends a deadlock by failing one of the two. */
  async function untilStored(batch: EventBatch): Promise<WriteResult> {
    let result = await writer.write(batch);
    while (result.kind === 'retry') result = await writer.write(batch);
    return result;
  }
});
