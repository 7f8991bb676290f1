import { tallyKeyOf, type IngestedEvent } from '@analytics/events';
import { eventually } from '@analytics/testing';
import { Compactor } from '../compaction/compactor.js';
import { DeadLetterReader } from '../readers/dead-letter.reader.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { rebuildRollups } from '../rollups/rebuild-rollups.js';
import { DeadLetterStore, type Reparse } from './dead-letter.store.js';
import { aBatch, pageView, STREAM } from './event-batch.fixture.js';
import { EventBatchWriter } from './event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from './writer-database.fixture.js';

const HOUR = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T13:00:00Z') };
const event = pageView('https://shop.example/replayed');
const asIs: Reparse = (payload) => JSON.parse(payload.toString()) as IngestedEvent;

describe('DeadLetterStore', () => {
  let db: WriterDatabase;
  let store: DeadLetterStore;
  let letters: DeadLetterReader;

  beforeEach(async () => {
    db = await startWriterDatabase();
    store = new DeadLetterStore(db.pool);
    letters = new DeadLetterReader(db.owner);
    const dead = { entryId: '1-0', itemIndex: 3, projectId: 'shop', reason: 'was too strict', payload: Buffer.from(JSON.stringify(event)) };
    await new EventBatchWriter(db.pool).write(aBatch([], { deadLetters: [{ ...dead, tallyKey: tallyKeyOf(event) }] }));
  });

  afterEach(() => db.stop());

  const expectStoredOnce = async (): Promise<void> => {
    expect(await db.rows('SELECT event_id, page_path FROM events')).toEqual([{ event_id: event.event_id, page_path: '/replayed' }]);
    expect(await db.offset()).toEqual([{ partition: 0, last_id: '1-0', events_stored: 1, dead_letters: 1 }]);
    expect(await db.rows('SELECT sum(stored)::int AS stored, sum(dead)::int AS dead, sum(replayed)::int AS replayed FROM ledger')).toEqual([
      { stored: 0, dead: 1, replayed: 1 },
    ]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  };

  it('stores the event under its own id, with its counts, and says so on the letter', async () => {
    const origins: unknown[] = [];
    const reparse: Reparse = (payload, letter) => {
      origins.push(letter);
      return asIs(payload, letter);
    };
    expect(await store.replay(1, reparse)).toEqual({ kind: 'replayed', event });
    expect(origins).toEqual([
      {
        id: 1,
        stream: STREAM,
        partition: 0,
        entryId: '1-0',
        itemIndex: 3,
        projectId: 'shop',
        eventId: null,
        deadAt: expect.any(Date) as Date,
      },
    ]);
    await expectStoredOnce();
    expect(await letters.get(1)).toMatchObject({ state: 'replayed', resolvedAt: expect.any(String) as string, reason: 'was too strict' });
  });

  it('stores the event once when replay is pressed twice, also at the same time', async () => {
    const results = await Promise.all([store.replay(1, asIs), store.replay(1, asIs)]);
    expect(results.map((result) => result.kind).sort()).toEqual(['already', 'replayed']);
    expect(await store.replay(1, asIs)).toEqual({ kind: 'already', state: 'replayed' });
    expect(await store.discard(1)).toBe('already');
    await expectStoredOnce();
  });

  it('is counted in a past that was compacted without it', async () => {
    await db.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop')`);
    const compactor = new Compactor(db.pool);
    await new EventBatchWriter(db.pool).write(aBatch([pageView('https://shop.example/')], { previousId: '1-0', lastId: '2-0' }));
    while ((await compactor.compact()).behind);
    await store.replay(1, asIs);
    await compactor.compact();
    expect(await db.rows(`SELECT events FROM value_counts WHERE field = 'type' AND minutes = 1440`)).toEqual([{ events: ['2'] }]);
  });

  it('adds nothing when the client has sent the event again in the meantime', async () => {
    await new EventBatchWriter(db.pool).write(aBatch([event], { previousId: '1-0', lastId: '2-0' }));
    expect(await store.replay(1, asIs)).toMatchObject({ kind: 'replayed' });
    expect(await db.storedEvents()).toEqual({ n: 1 });
    expect(await db.rows('SELECT sum(stored)::int AS stored, sum(replayed)::int AS replayed FROM ledger')).toEqual([
      { stored: 1, replayed: 0 },
    ]);
    expect((await compareRollups(db.owner, HOUR)).differences).toEqual([]);
  });

  it.each<[string, Reparse, string]>([
    ['still is no event', () => 'user_id is missing', 'user_id is missing'],
    ['is refused by the database', () => ({ ...event, properties: { text: '\u0000' } }), 'unsupported Unicode escape'],
    ['has no time that can be stored', () => ({ ...event, timestamp: '+292277-01-01T00:00:00Z' }), 'is not an instant'],
  ])('leaves a letter as it is that %s', async (_, reparse, reason) => {
    expect(await store.replay(1, reparse)).toEqual({ kind: 'invalid', reason: expect.stringContaining(reason) as string });
    expect(await db.storedEvents()).toEqual({ n: 0 });
    expect(await letters.get(1)).toMatchObject({ state: 'dead', resolvedAt: null });
    expect(await store.replay(1, asIs)).toMatchObject({ kind: 'replayed' });
  });

  it('discards a letter once, and never stores its event afterwards', async () => {
    expect(await Promise.all([store.discard(1), store.discard(1)])).toEqual(expect.arrayContaining(['discarded', 'already']));
    expect(await store.replay(1, asIs)).toEqual({ kind: 'already', state: 'discarded' });
    expect(await letters.get(1)).toMatchObject({ state: 'discarded', resolvedAt: expect.any(String) as string });
    expect(await db.storedEvents()).toEqual({ n: 0 });
  });

  it('says that there is no such letter', async () => {
    expect(await store.replay(99, asIs)).toEqual({ kind: 'missing' });
    expect(await store.discard(99)).toBe('missing');
  });

  it('counts a replay once that happens in the middle of a rebuild', async () => {
    const blocker = await db.owner.connect();
    await blocker.query('BEGIN; LOCK TABLE event_counts_10s IN SHARE MODE');
    const rebuilt = rebuildRollups(db.owner, HOUR);
    const waiting = () => db.rows(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    const replayed = store.replay(1, asIs);
    await eventually(async () => expect((await waiting()).length).toBeGreaterThan(0));
    await blocker.query('ROLLBACK');
    blocker.release();
    await Promise.all([rebuilt, replayed]);
    await expectStoredOnce();
  });
});
