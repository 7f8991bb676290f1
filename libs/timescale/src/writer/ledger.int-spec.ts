import { tallyKeyOf, type IngestedEvent } from '@analytics/events';
import { LedgerReader } from '../readers/ledger.reader.js';
import { aBatch, customEvent, pageView, STREAM } from './event-batch.fixture.js';
import type { DeadLetter } from './event-batch.js';
import { DeadLetterStore } from './dead-letter.store.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { LedgerWriter } from './ledger.writer.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };
const at = (clock: string, overrides: Partial<IngestedEvent> = {}): IngestedEvent =>
  pageView('https://shop.example/', { timestamp: '2026-03-01T11:00:00Z', received_at: `2026-03-01T${clock}Z`, ...overrides });

describe('the ledger', () => {
  let db: WriterDatabase;
  let ledger: LedgerReader;
  let writer: EventBatchWriter;
  let accepted: LedgerWriter;

  beforeEach(async () => {
    db = await startWriterDatabase();
    ledger = new LedgerReader(db.owner);
    writer = new EventBatchWriter(db.pool);
    accepted = new LedgerWriter(db.pool);
  });

  afterEach(() => db.stop());

  const read = (projectId = 'shop') => ledger.read({ projectId, ...HOUR });
  const keyAt = (clock: string, project_id = 'shop'): string => tallyKeyOf(at(clock, { project_id }));
  const setAccepted = (partition: number, [first, second]: [number, number]): Promise<boolean> => {
    const totals = new Map([
      [keyAt('12:00:00'), first],
      [keyAt('12:01:00'), second],
    ]);
    return accepted.setAccepted({ stream: STREAM, partition, epoch: 1, accepted: totals });
  };
  const buried = (itemIndex: number, tallyKey?: string): DeadLetter => ({
    entryId: '1-0',
    itemIndex,
    reason: 'bad',
    payload: Buffer.from('x'),
    ...(tallyKey === undefined ? {} : { tallyKey }),
  });

  it('counts by the minute of acceptance what became of events, over partitions, and balances', async () => {
    const twice = at('12:00:10');
    const bad = customEvent({ text: '\u0000' }, { received_at: '2026-03-01T12:01:00Z' });
    const events = [twice, at('12:00:59.999'), bad, at('12:01:00', { project_id: 'blog' })];
    await writer.write(aBatch(events, { deadLetters: [buried(7, keyAt('12:01:30')), buried(8)] }));
    await writer.write(aBatch([twice, at('12:01:01')], { partition: 1, duplicates: new Map([[keyAt('12:00:00'), 5]]) }));
    await setAccepted(0, [2, 2]);
    await setAccepted(1, [6, 1]);
    const [first, second] = [
      { accepted: 8, stored: 2, duplicate: 6, dead: 0, replayed: 0 },
      { accepted: 3, stored: 1, duplicate: 0, dead: 2, replayed: 0 },
    ];
    expect(await read()).toEqual({
      totals: { accepted: 11, stored: 3, duplicate: 6, dead: 2, replayed: 0, residueBeforeInFlight: 0 },
      minutes: [
        { minute: new Date('2026-03-01T12:00:00Z'), ...first },
        { minute: new Date('2026-03-01T12:01:00Z'), ...second },
      ],
    });
    expect((await read('blog')).totals).toMatchObject({ accepted: 0, stored: 1, residueBeforeInFlight: -1 });
  });

  it('agrees with the raw events: stored and replayed are the rows of each project and minute of received_at', async () => {
    const events = Array.from({ length: 200 }, (_, index) =>
      at(`12:${String(index % 7).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`, { project_id: index % 3 ? 'shop' : 'blog' }),
    );
    await writer.write(aBatch(events));
    const more = [...events.slice(0, 40), at('12:30:00'), customEvent({ text: '\u0000' }, { received_at: '2026-03-01T12:31:00Z' })];
    await writer.write(aBatch(more, { previousId: '1-0', lastId: '2-0' }));
    const store = new DeadLetterStore(db.pool);
    expect(await store.replay(1, (payload) => ({ ...(JSON.parse(payload.toString()) as IngestedEvent), properties: {} }))).toMatchObject({
      kind: 'replayed',
    });
    const raw = await db.rows(`
      SELECT project_id, date_trunc('minute', received_at) AS minute, count(*) AS events FROM events GROUP BY 1, 2 ORDER BY 1, 2`);
    expect(
      await db.rows(`
        SELECT project_id, minute, sum(stored + replayed)::bigint AS events FROM ledger
         GROUP BY 1, 2 HAVING sum(stored + replayed) > 0 ORDER BY 1, 2`),
    ).toEqual(raw);
    expect(raw.length).toBeGreaterThan(14);
    expect((await read()).totals).toMatchObject({ dead: 1, replayed: 1 });
  });

  it('counts a batch once that is written again, and nothing of one that is refused', async () => {
    const key = keyAt('12:00:00');
    const batch = aBatch([at('12:00:00')], { duplicates: new Map([[key, 3]]), deadLetters: [buried(5, key)] });
    await writer.write(batch);
    await writer.write(batch);
    expect(await writer.write({ ...batch, epoch: 0 })).toEqual({ kind: 'fenced' });
    expect((await read()).totals).toMatchObject({ stored: 1, duplicate: 3, dead: 1 });
  });

  it('counts a batch of nothing but packs that the stream holds twice', async () => {
    const batch = aBatch([], { duplicates: new Map([[keyAt('12:00:00'), 500]]) });
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', events: 0 });
    expect((await read()).totals).toMatchObject({ duplicate: 500 });
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: 0, dead_letters: 0 }]);
  });

  it('takes the latest total of accepted events, and none from an owner of before', async () => {
    const key = keyAt('12:00:00');
    const set = (epoch: number, count: number): Promise<boolean> =>
      accepted.setAccepted({ stream: STREAM, partition: 0, epoch, accepted: new Map([[key, count]]) });
    expect(await set(1, 5)).toBe(true);
    expect(await set(1, 9)).toBe(true);
    expect(await set(1, 9)).toBe(true);
    await db.owner.query('UPDATE stream_offsets SET epoch = 2 WHERE partition = 0');
    expect(await set(1, 7)).toBe(false);
    expect(await set(2, 10)).toBe(true);
    expect((await read()).totals).toMatchObject({ accepted: 10 });
    expect(await accepted.setAccepted({ stream: STREAM, partition: 0, epoch: 2, accepted: new Map() })).toBe(true);
  });

  it('leaves out what is no tally key, wherever it comes from', async () => {
    const keys = ['', 'shop', 'shop|', 'Shop|1', 'shop|9999999999', '__proto__|1', `shop|1'; DROP TABLE ledger`];
    const odd = new Map(keys.map((key) => [key, 1]));
    expect(await accepted.setAccepted({ stream: STREAM, partition: 0, epoch: 1, accepted: odd })).toBe(true);
    const batch = aBatch([at('12:00:00')], { duplicates: odd, deadLetters: [buried(3, 'nonsense')] });
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', events: 1 });
    expect(await db.rows('SELECT sum(accepted + duplicate + dead)::int AS n FROM ledger')).toEqual([{ n: 0 }]);
  });
});
