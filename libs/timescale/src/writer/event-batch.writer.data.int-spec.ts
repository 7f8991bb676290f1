import { RecentEventsReader } from '../readers/recent-events.reader.js';
import { TopReader } from '../readers/top.reader.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { aBatch, buttonClick, customEvent, pageView, SESSION } from './event-batch.fixture.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };

/** Minutes that are far from each other. */
const APART = [20, 40, 60, 80, 100, 120, 140];

describe('EventBatchWriter, given odd data,', () => {
  let db: WriterDatabase;
  let writer: EventBatchWriter;

  beforeEach(async () => {
    db = await startWriterDatabase();
    writer = new EventBatchWriter(db.pool);
  });

  afterEach(() => db.stop());

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
    const [stored] = await new RecentEventsReader(db.owner).read({ projectId: 'shop', limit: 1 });
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
    const stored = await db.owner.query<{ time: Date }>('SELECT time FROM events ORDER BY time');
    expect(stored.rows.map((row) => row.time.toISOString())).toEqual(instants);
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
    expect(await db.storedEvents()).toEqual({ n: good.length });
    expect(await db.rows('SELECT item_index, left(reason, 40) AS reason FROM dead_letters ORDER BY item_index')).toEqual([
      { item_index: 5, reason: expect.stringContaining('unsupported Unicode escape') as string },
      { item_index: 45, reason: expect.stringContaining('invalid byte sequence') as string },
      { item_index: 85, reason: expect.stringContaining('invalid input syntax for type json') as string },
      { item_index: 125, reason: expect.stringContaining('timestamp +292277-01-01') as string },
      { item_index: 165, reason: expect.stringContaining('event_id gggggggg') as string },
    ]);
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: good.length, dead_letters: 5 }]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('stores the rest of a batch larger than a socket buffer whose first event is bad', async () => {
    const filler = 'x'.repeat(10_000);
    const events = [customEvent({ text: '\u0000' }), ...Array.from({ length: 1000 }, () => customEvent({ filler }))];
    expect(await writer.write(aBatch(events))).toMatchObject({ kind: 'stored', events: 1000, refused: [{ index: 0 }] });
    expect(await db.storedEvents()).toEqual({ n: 1000 });
  });

  it('keeps a dead letter whose own text has a NUL', async () => {
    const dead = { entryId: 'x\u0000', itemIndex: null, projectId: 'p\u0000', reason: 'r\u0000', payload: Buffer.from([0, 255]) };
    expect(await writer.write(aBatch([], { deadLetters: [dead] }))).toMatchObject({ kind: 'stored', events: 0 });
    expect(await db.rows('SELECT entry_id, item_index, reason, payload FROM dead_letters')).toEqual([
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

    const [stored] = await new RecentEventsReader(db.owner).read({ projectId: 'shop', limit: 1, eventType: '__proto__' });
    expect(JSON.stringify(stored?.properties)).toContain('"__proto__":{"polluted":true}');
    const buttons = await new TopReader(db.owner).read({ projectId: 'shop', dimension: 'button', ...HOUR, limit: 10 });
    expect(buttons.rows.map((row) => row.value)).toEqual([...names].sort());
    const pages = await new TopReader(db.owner).read({ projectId: 'shop', dimension: 'page', ...HOUR, limit: 10 });
    expect(pages.rows.map((row) => row.value)).toEqual(names.map((name) => `/${name}`).sort());
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it.each([
    ['neighbours are one stretch', [61, 2, 0, 1, 1], [[0, 3], [61, 62]]],
    ['of too many, the closest are put together', [0, 2, 4, ...APART], [[0, 5], ...APART.map((minute) => [minute, minute + 1])]],
  ])('tells in which minutes its events lie: %s', async (_, minutes, stretches) => {
    const at = (minute: number): number => Date.parse('2026-03-01T00:00:00.000Z') + minute * 60_000;
    const instant = (minute: number): string => new Date(at(minute)).toISOString();
    const events = minutes.map((minute) => customEvent({}, { timestamp: instant(minute + 0.5), received_at: instant(500) }));
    const changes = [{ stretches: stretches.map((ends) => ends.map(at)), newestReceivedAt: at(500), newestCreatedAt: at(minutes[0]! + 0.5) }];
    expect(await writer.write(aBatch(events))).toMatchObject({ kind: 'stored', changes });
  });

  it('counts values that only JavaScript tells apart as the one value that the database has', async () => {
    const events = ['x\ud800', 'x\udbff'].map((browser) => customEvent({}, { browser }));
    expect(await writer.write(aBatch(events))).toMatchObject({ kind: 'stored', events: 2, refused: [] });
    expect(await db.rows('SELECT value, events FROM dimension_counts_1m')).toEqual([{ value: 'x\ufffd', events: 2 }]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it('cuts long values the same way as the database counts characters', async () => {
    const value = '\u{1F600}'.repeat(300);
    await writer.write(aBatch([buttonClick(value), buttonClick('b'.repeat(300))]));
    const [astral, plain] = (await new TopReader(db.owner).read({ projectId: 'shop', dimension: 'button', ...HOUR, limit: 2 })).rows;
    expect([astral, plain].map((row) => [...(row?.value ?? '')].length)).toEqual([256, 256]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });
});
