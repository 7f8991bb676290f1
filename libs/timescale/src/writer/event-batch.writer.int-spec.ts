import { eventually } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { cutFirstCommit } from './commit-cutting-proxy.fixture.js';
import { aBatch, apiCall, buttonClick, pageView } from './event-batch.fixture.js';
import type { WriteResult } from './event-batch.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };

describe('EventBatchWriter', () => {
  let db: WriterDatabase;
  let writer: EventBatchWriter;

  beforeEach(async () => {
    db = await startWriterDatabase();
    writer = new EventBatchWriter(db.pool);
  });

  afterEach(() => db.stop());

  it('stores events, rollups, sequences, dead letters and the offset together', async () => {
    const result = await writer.write(
      aBatch([pageView('https://shop.example/cart'), buttonClick('buy')], {
        sequences: new Map([['producer-a', 7]]),
        deadLetters: [{ entryId: '1-0', itemIndex: 2, projectId: 'shop', reason: 'user_id is missing', payload: Buffer.from('{}') }],
      }),
    );
    expect(result).toMatchObject({ kind: 'stored', events: 2, refused: [{ index: 2, reason: 'user_id is missing' }], alreadyStored: false });
    expect(await db.storedEvents()).toEqual({ n: 2 });
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: 2, dead_letters: 1 }]);
    expect(await db.rows('SELECT event_type, events FROM event_counts_1m ORDER BY 1')).toEqual([
      { event_type: 'button_click', events: 1 },
      { event_type: 'page_view', events: 1 },
    ]);
    expect(await db.rows('SELECT producer, last_sequence FROM producer_sequences')).toEqual([{ producer: 'producer-a', last_sequence: 7 }]);
    expect(await db.rows('SELECT entry_id, item_index, reason FROM dead_letters')).toEqual([
      { entry_id: '1-0', item_index: 2, reason: 'user_id is missing' },
    ]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('says stored, and stores nothing twice, when a batch is written again', async () => {
    const batch = aBatch([pageView('https://shop.example/')]);
    await writer.write(batch);
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', events: 1, alreadyStored: true });
    expect(await db.storedEvents()).toEqual({ n: 1 });
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: 1, dead_letters: 0 }]);
  });

  it('learns from the offset that a COMMIT whose answer was lost has happened', async () => {
    const proxy = await cutFirstCommit(db.writerUrl);
    const proxied = createPool(proxy.url, { max: 2, applicationName: 'spec-proxied' });
    try {
      const result = await new EventBatchWriter(proxied).write(aBatch([pageView('https://shop.example/')]));
      expect(proxy.cut()).toBe(1);
      expect(result).toMatchObject({ kind: 'stored', events: 1, alreadyStored: true });
      expect(await db.storedEvents()).toEqual({ n: 1 });
    } finally {
      await proxied.end();
      await proxy.close();
    }
  });

  it('stores a batch once when it is written twice at the same time', async () => {
    const batch = aBatch([pageView('https://shop.example/'), buttonClick('buy')]);
    const results = await Promise.all([writer.write(batch), writer.write(batch)]);
    expect(results.map((result) => result.kind)).toEqual(['stored', 'stored']);
    expect(results.filter((result) => result.kind === 'stored' && result.alreadyStored)).toHaveLength(1);
    expect(await db.storedEvents()).toEqual({ n: 2 });
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it.each([
    ['an older epoch', { epoch: 0 }],
    ['a newer epoch', { epoch: 2 }],
    ['another beginning than the committed offset', { previousId: '0-5' }],
    ['a partition nobody has acquired', { partition: 9 }],
  ])('refuses %s and writes nothing', async (_, overrides) => {
    const dead = { entryId: '1-0', itemIndex: 0, reason: 'x', payload: Buffer.from('x') };
    expect(await writer.write(aBatch([pageView('https://shop.example/')], { ...overrides, deadLetters: [dead] }))).toEqual({
      kind: 'fenced',
    });
    expect(await db.storedEvents()).toEqual({ n: 0 });
    expect(await db.rows('SELECT FROM event_counts_10s UNION ALL SELECT FROM active_users_1m UNION ALL SELECT FROM dead_letters')).toEqual(
      [],
    );
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '0-0', events_stored: 0, dead_letters: 0 }]);
  });

  it('fences a write that was under way when another owner acquired the partition', async () => {
    let late: Promise<WriteResult> | undefined;
    await inOpenTransaction([`UPDATE stream_offsets SET epoch = epoch + 1, owner = 'successor' WHERE partition = 0`], async (commit) => {
      late = writer.write(aBatch([pageView('https://shop.example/')]));
      await eventually(async () => expect(await waitingForLocks()).toHaveLength(1));
      await commit();
    });
    expect(await late).toEqual({ kind: 'fenced' });
    expect(await db.storedEvents()).toEqual({ n: 0 });
  });

  it('lets one partition commit while another partition holds the same keys of every rollup', async () => {
    const call = () => [apiCall('/cart', 30, { user_id: 'a', browser: 'Chrome' })];
    await writer.write(aBatch(call()));
    const locks = [
      'SELECT FROM stream_offsets WHERE partition = 0 FOR UPDATE',
      ...['event_counts_10s', 'event_counts_1m', 'dimension_counts_1m', 'endpoint_latency_1m'].map(
        (table) => `UPDATE ${table} SET events = events`,
      ),
    ];
    await inOpenTransaction(locks, async () => {
      const other = aBatch(call(), { partition: 1 });
      expect(await writer.write(other)).toMatchObject({ kind: 'stored', events: 1, alreadyStored: false });
    });
    expect(await db.rows('SELECT sum(events)::int AS n FROM endpoint_latency_1m')).toEqual([{ n: 2 }]);
  });

  it('answers retry when its connection is killed, and the same batch is then stored once', async () => {
    const batch = aBatch([pageView('https://shop.example/')]);
    await inOpenTransaction(['SELECT FROM stream_offsets WHERE partition = 0 FOR UPDATE'], async () => {
      const killed = writer.write(batch);
      await eventually(async () => expect(await waitingForLocks()).toHaveLength(1));
      await db.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'spec-writer' AND wait_event_type = 'Lock'`,
      );
      expect(await killed).toMatchObject({ kind: 'retry', reason: expect.stringContaining('terminating connection') as string });
    });
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', alreadyStored: false });
    expect(await db.storedEvents()).toEqual({ n: 1 });
  });

  it('answers retry when the database cannot be reached', async () => {
    const nowhere = createPool('postgres://x:y@127.0.0.1:1/none', { max: 1, applicationName: 'spec-nowhere' });
    expect(await new EventBatchWriter(nowhere).write(aBatch([]))).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
    await nowhere.end();
  });

  it('answers retry and names the remedy when a grant is missing', async () => {
    await db.owner.query('REVOKE INSERT ON events FROM analytics_writer');
    const batch = aBatch([pageView('https://shop.example/')]);
    expect(await writer.write(batch)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/not set up.*permission denied for table events/) as string,
    });
    await db.owner.query('GRANT INSERT ON events TO analytics_writer');
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored' });
  });

  it('says poison when something other than an event is refused, and writes nothing', async () => {
    const result = await writer.write(aBatch([pageView('https://shop.example/')], { sequences: new Map([['p', 1.5]]) }));
    expect(result).toMatchObject({ kind: 'poison', reason: expect.stringContaining('22P02') as string });
    expect(await db.storedEvents()).toEqual({ n: 0 });
  });

  it('forgets the users of a batch that was rolled back, so their next event counts them', async () => {
    const event = pageView('https://shop.example/', { user_id: 'once' });
    expect(await writer.write(aBatch([event], { sequences: new Map([['refused after the rollups', 1.5]]) }))).toMatchObject({
      kind: 'poison',
    });
    await writer.write(aBatch([event]));
    expect(await db.rows('SELECT user_id FROM active_users_1m')).toEqual([{ user_id: 'once' }]);
  });

  it('counts late events in the buckets of their own time', async () => {
    await writer.write(aBatch([pageView('https://shop.example/', { timestamp: '2026-03-01T12:30:00Z' })]));
    const late = pageView('https://shop.example/', { timestamp: '2026-02-10T08:00:01Z', received_at: '2026-03-01T12:31:00Z' });
    await writer.write(aBatch([late], { previousId: '1-0', lastId: '2-0' }));
    expect(await db.rows('SELECT bucket, events FROM event_counts_10s ORDER BY bucket')).toEqual([
      { bucket: new Date('2026-02-10T08:00:00Z'), events: 1 },
      { bucket: new Date('2026-03-01T12:30:00Z'), events: 1 },
    ]);
    expect((await compareRollups(db.owner, { from: new Date('2026-02-01Z'), to: HOUR.to })).differences).toEqual([]);
  });

  /** Holds what the statements lock while `work` runs; rolls back unless `work` commits. */
  async function inOpenTransaction(statements: string[], work: (commit: () => Promise<unknown>) => Promise<void>): Promise<void> {
    const client = await db.owner.connect();
    try {
      await client.query('BEGIN');
      for (const statement of statements) await client.query(statement);
      await work(() => client.query('COMMIT'));
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  async function waitingForLocks(): Promise<unknown[]> {
    return db.rows(`SELECT pid FROM pg_stat_activity WHERE application_name = 'spec-writer' AND wait_event_type = 'Lock'`);
  }
});
