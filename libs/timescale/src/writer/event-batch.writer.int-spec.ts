import type { Pool } from 'pg';
import { eventually, freshDatabase, type FreshDatabase } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { RecentEventsReader } from '../readers/recent-events.reader.js';
import { TopReader } from '../readers/top.reader.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { prepareDatabase } from '../setup/prepare-database.js';
import { cutFirstCommit } from './commit-cutting-proxy.fixture.js';
import { aBatch, apiCall, buttonClick, customEvent, pageView, SESSION, STREAM } from './event-batch.fixture.js';
import type { WriteResult } from './event-batch.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { PartitionLeases } from './partition-leases.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };

describe('EventBatchWriter', () => {
  let database: FreshDatabase;
  let owner: Pool;
  let pool: Pool;
  let writer: EventBatchWriter;

  beforeEach(async () => {
    database = await freshDatabase(prepareDatabase);
    owner = createPool(database.ownerUrl, { max: 3, applicationName: 'spec-owner' });
    pool = createPool(database.writerUrl, { max: 4, applicationName: 'spec-writer' });
    writer = new EventBatchWriter(pool);
    for (const partition of [0, 1]) await new PartitionLeases(pool, { stream: STREAM }).acquire(partition, 'spec');
  });

  afterEach(async () => {
    await Promise.all([owner.end(), pool.end()]);
    await database.drop();
  });

  const rows = async (sql: string): Promise<unknown[]> => (await owner.query<Record<string, unknown>>(sql)).rows;
  const offset = () => rows('SELECT partition, last_id, events_stored, dead_letters FROM stream_offsets WHERE partition = 0');
  const storedEvents = async () => (await rows('SELECT count(*) AS n FROM events'))[0];

  it('stores events, rollups, sequences, dead letters and the offset together', async () => {
    const result = await writer.write(
      aBatch([pageView('https://shop.example/cart'), buttonClick('buy')], {
        sequences: new Map([['producer-a', 7]]),
        deadLetters: [{ entryId: '1-0', itemIndex: 2, projectId: 'shop', reason: 'user_id is missing', payload: Buffer.from('{}') }],
      }),
    );
    expect(result).toMatchObject({ kind: 'stored', events: 2, refused: [], alreadyStored: false });
    expect(await storedEvents()).toEqual({ n: 2 });
    expect(await offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: 2, dead_letters: 1 }]);
    expect(await rows('SELECT event_type, events FROM event_counts_1m ORDER BY 1')).toEqual([
      { event_type: 'button_click', events: 1 },
      { event_type: 'page_view', events: 1 },
    ]);
    expect(await rows('SELECT producer, last_sequence FROM producer_sequences')).toEqual([{ producer: 'producer-a', last_sequence: 7 }]);
    expect(await rows('SELECT entry_id, item_index, reason FROM dead_letters')).toEqual([
      { entry_id: '1-0', item_index: 2, reason: 'user_id is missing' },
    ]);
    expect((await compareRollups(owner, HOUR)).differences).toEqual([]);
  });

  it('keeps every field of an event and derives its columns', async () => {
    const event = pageView(
      'https://shop.example:8443/a%20b?q=1#x',
      {
        timestamp: '2026-03-01T14:00:00.123+02:00',
        clock_adjusted: true,
        browser: 'Chrome',
        os: 'macOS',
        device: 'desktop',
        country: 'DE',
      },
      'https://search.example/?q=shop',
    );
    await writer.write(aBatch([event]));
    const [stored] = await new RecentEventsReader(owner).read({ projectId: 'shop', limit: 1 });
    expect(stored).toEqual({
      eventId: event.event_id,
      timestamp: '2026-03-01T12:00:00.123Z',
      receivedAt: '2026-03-01T12:00:00.123Z',
      clockAdjusted: true,
      eventType: 'page_view',
      userId: 'user_001',
      sessionId: SESSION,
      properties: event.properties,
      pageHost: 'shop.example:8443',
      pagePath: '/a%20b',
      referrerHost: 'search.example',
      browser: 'Chrome',
      os: 'macOS',
      device: 'desktop',
      country: 'DE',
    });
  });

  it('stores instants before 2000 and around the turn of a second exactly', async () => {
    const instants = ['1970-01-01T00:00:00.000Z', '1999-12-31T23:59:59.999Z', '2000-01-01T00:00:00.001Z', '2199-12-31T23:59:59.999Z'];
    await writer.write(aBatch(instants.map((timestamp) => customEvent({}, { timestamp }))));
    const stored = await owner.query<{ time: Date }>('SELECT time FROM events ORDER BY time');
    expect(stored.rows.map((row) => row.time.toISOString())).toEqual(instants);
  });

  it('says stored, and stores nothing twice, when a batch is written again', async () => {
    const batch = aBatch([pageView('https://shop.example/')]);
    await writer.write(batch);
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', events: 1, alreadyStored: true });
    expect(await storedEvents()).toEqual({ n: 1 });
    expect(await offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: 1, dead_letters: 0 }]);
  });

  it('learns from the offset that a COMMIT whose answer was lost has happened', async () => {
    const proxy = await cutFirstCommit(database.writerUrl);
    const proxied = createPool(proxy.url, { max: 2, applicationName: 'spec-proxied' });
    try {
      const result = await new EventBatchWriter(proxied).write(aBatch([pageView('https://shop.example/')]));
      expect(proxy.cut()).toBe(1);
      expect(result).toMatchObject({ kind: 'stored', events: 1, alreadyStored: true });
      expect(await storedEvents()).toEqual({ n: 1 });
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
    expect(await storedEvents()).toEqual({ n: 2 });
    expect((await compareRollups(owner, HOUR)).differences).toEqual([]);
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
    expect(await storedEvents()).toEqual({ n: 0 });
    expect(await rows('SELECT FROM event_counts_10s UNION ALL SELECT FROM active_users_1m UNION ALL SELECT FROM dead_letters')).toEqual([]);
    expect(await offset()).toEqual([{ partition: 0, last_id: '0-0', events_stored: 0, dead_letters: 0 }]);
  });

  it('fences a write that was under way when another owner acquired the partition', async () => {
    let late: Promise<WriteResult> | undefined;
    await inOpenTransaction([`UPDATE stream_offsets SET epoch = epoch + 1, owner = 'successor' WHERE partition = 0`], async (commit) => {
      late = writer.write(aBatch([pageView('https://shop.example/')]));
      await eventually(async () => expect(await waitingForLocks()).toHaveLength(1));
      await commit();
    });
    expect(await late).toEqual({ kind: 'fenced' });
    expect(await storedEvents()).toEqual({ n: 0 });
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
    expect(await rows('SELECT sum(events)::int AS n FROM endpoint_latency_1m')).toEqual([{ n: 2 }]);
  });

  it('answers retry when its connection is killed, and the same batch is then stored once', async () => {
    const batch = aBatch([pageView('https://shop.example/')]);
    await inOpenTransaction(['SELECT FROM stream_offsets WHERE partition = 0 FOR UPDATE'], async () => {
      const killed = writer.write(batch);
      await eventually(async () => expect(await waitingForLocks()).toHaveLength(1));
      await rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'spec-writer' AND wait_event_type = 'Lock'`,
      );
      expect(await killed).toMatchObject({ kind: 'retry', reason: expect.stringContaining('terminating connection') as string });
    });
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored', alreadyStored: false });
    expect(await storedEvents()).toEqual({ n: 1 });
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
    await owner.query('REVOKE INSERT ON events FROM analytics_writer');
    const batch = aBatch([pageView('https://shop.example/')]);
    expect(await writer.write(batch)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/not set up.*permission denied for table events/) as string,
    });
    await owner.query('GRANT INSERT ON events TO analytics_writer');
    expect(await writer.write(batch)).toMatchObject({ kind: 'stored' });
  });

  it('makes dead letters of the events that cannot be stored, with their reasons, and stores the rest', async () => {
    const good = Array.from({ length: 200 }, (_, index) => pageView(`https://shop.example/${index}`, { user_id: `user_${index}` }));
    const bad = [
      customEvent({ text: 'a\u0000b' }, { user_id: 'nul-in-json' }),
      customEvent({}, { user_id: 'nul\u0000in-text' }),
      customEvent({ text: '\ud800' }, { user_id: 'half-a-surrogate' }),
      pageView('https://shop.example/', { user_id: 'far-future', timestamp: '+292277-01-01T00:00:00.000Z' }),
      pageView('https://shop.example/', { user_id: 'no-uuid', event_id: 'gggggggg-0000-0000-0000-000000000000' }),
    ];
    const events = [...good];
    bad.forEach((event, index) => events.splice(index * 40 + 5, 0, event));
    const result = await writer.write(aBatch(events, { positionOf: (index) => ({ entryId: '1-0', itemIndex: index }) }));

    expect(result).toMatchObject({ kind: 'stored', events: good.length, alreadyStored: false });
    expect(result.kind === 'stored' && result.refused.map((event) => event.index).sort((a, b) => a - b)).toEqual([5, 45, 85, 125, 165]);
    expect(await storedEvents()).toEqual({ n: good.length });
    expect(await rows('SELECT item_index, left(reason, 40) AS reason FROM dead_letters ORDER BY item_index')).toEqual([
      { item_index: 5, reason: expect.stringContaining('unsupported Unicode escape') as string },
      { item_index: 45, reason: expect.stringContaining('invalid byte sequence') as string },
      { item_index: 85, reason: expect.stringContaining('invalid input syntax for type json') as string },
      { item_index: 125, reason: expect.stringContaining('timestamp +292277-01-01') as string },
      { item_index: 165, reason: expect.stringContaining('event_id gggggggg') as string },
    ]);
    expect(await offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: good.length, dead_letters: 5 }]);
    expect((await compareRollups(owner, HOUR)).differences).toEqual([]);
  });

  it('stores the rest of a batch larger than a socket buffer whose first event is bad', async () => {
    const filler = 'x'.repeat(10_000);
    const events = [customEvent({ text: '\u0000' }), ...Array.from({ length: 1000 }, () => customEvent({ filler }))];
    expect(await writer.write(aBatch(events))).toMatchObject({ kind: 'stored', events: 1000, refused: [{ index: 0 }] });
    expect(await storedEvents()).toEqual({ n: 1000 });
  });

  it('keeps a dead letter whose own text has a NUL', async () => {
    const dead = { entryId: 'x\u0000', itemIndex: null, projectId: 'p\u0000', reason: 'r\u0000', payload: Buffer.from([0, 255]) };
    expect(await writer.write(aBatch([], { deadLetters: [dead] }))).toMatchObject({ kind: 'stored', events: 0 });
    expect(await rows('SELECT entry_id, item_index, reason, payload FROM dead_letters')).toEqual([
      { entry_id: 'x\uFFFD', item_index: null, reason: 'r\uFFFD', payload: Buffer.from([0, 255]) },
    ]);
  });

  it('treats __proto__, constructor and toString as ordinary keys, types and values', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const properties = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}') as Record<string, unknown>;
    const events = names.flatMap((name) => [
      customEvent(properties, { event_type: name, user_id: name, browser: name }),
      buttonClick(name, { user_id: name }),
      pageView(`https://shop.example/${name}`, { user_id: name }, `https://${name}.example/`),
    ]);
    expect(await writer.write(aBatch(events))).toMatchObject({ kind: 'stored', events: 9, refused: [] });

    const [stored] = await new RecentEventsReader(owner).read({ projectId: 'shop', limit: 1, eventType: '__proto__' });
    expect(JSON.stringify(stored?.properties)).toContain('"__proto__":{"polluted":true}');
    const buttons = await new TopReader(owner).read({ projectId: 'shop', dimension: 'button', ...HOUR, limit: 10 });
    expect(buttons.rows.map((row) => row.value)).toEqual([...names].sort());
    const pages = await new TopReader(owner).read({ projectId: 'shop', dimension: 'page', ...HOUR, limit: 10 });
    expect(pages.rows.map((row) => row.value)).toEqual(names.map((name) => `/${name}`).sort());
    expect((await compareRollups(owner, HOUR)).differences).toEqual([]);
  });

  it('counts values that only JavaScript tells apart as the one value that the database has', async () => {
    const events = ['x\ud800', 'x\udbff'].map((browser) => customEvent({}, { browser }));
    expect(await writer.write(aBatch(events))).toMatchObject({ kind: 'stored', events: 2, refused: [] });
    expect(await rows('SELECT value, events FROM dimension_counts_1m')).toEqual([{ value: 'x\ufffd', events: 2 }]);
    expect((await compareRollups(owner, HOUR)).differences).toEqual([]);
  });

  it('says poison when something other than an event is refused, and writes nothing', async () => {
    const result = await writer.write(aBatch([pageView('https://shop.example/')], { sequences: new Map([['p', 1.5]]) }));
    expect(result).toMatchObject({ kind: 'poison', reason: expect.stringContaining('22P02') as string });
    expect(await storedEvents()).toEqual({ n: 0 });
  });

  it('refuses a batch that ends where it begins as a mistake of the caller', async () => {
    await expect(writer.write(aBatch([], { lastId: '0-0' }))).rejects.toThrow('the batch ends where it begins, at 0-0');
  });

  it('cuts long values the same way as the database counts characters', async () => {
    const value = '\u{1F600}'.repeat(300);
    await writer.write(aBatch([buttonClick(value), buttonClick('b'.repeat(300))]));
    const [astral, plain] = (await new TopReader(owner).read({ projectId: 'shop', dimension: 'button', ...HOUR, limit: 2 })).rows;
    expect([astral, plain].map((row) => [...(row?.value ?? '')].length)).toEqual([256, 256]);
    expect((await compareRollups(owner, HOUR)).differences).toEqual([]);
  });

  it('forgets the users of a batch that was rolled back, so their next event counts them', async () => {
    const event = pageView('https://shop.example/', { user_id: 'once' });
    expect(await writer.write(aBatch([event], { sequences: new Map([['refused after the rollups', 1.5]]) }))).toMatchObject({
      kind: 'poison',
    });
    await writer.write(aBatch([event]));
    expect(await rows('SELECT user_id FROM active_users_1m')).toEqual([{ user_id: 'once' }]);
  });

  it('counts late events in the buckets of their own time', async () => {
    await writer.write(aBatch([pageView('https://shop.example/', { timestamp: '2026-03-01T12:30:00Z' })]));
    const late = pageView('https://shop.example/', { timestamp: '2026-02-10T08:00:01Z', received_at: '2026-03-01T12:31:00Z' });
    await writer.write(aBatch([late], { previousId: '1-0', lastId: '2-0' }));
    expect(await rows('SELECT bucket, events FROM event_counts_10s ORDER BY bucket')).toEqual([
      { bucket: new Date('2026-02-10T08:00:00Z'), events: 1 },
      { bucket: new Date('2026-03-01T12:30:00Z'), events: 1 },
    ]);
    expect((await compareRollups(owner, { from: new Date('2026-02-01Z'), to: HOUR.to })).differences).toEqual([]);
  });

  /** Holds what the statements lock while `work` runs; rolls back unless `work` commits. */
  async function inOpenTransaction(statements: string[], work: (commit: () => Promise<unknown>) => Promise<void>): Promise<void> {
    const client = await owner.connect();
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
    return rows(`SELECT pid FROM pg_stat_activity WHERE application_name = 'spec-writer' AND wait_event_type = 'Lock'`);
  }
});
