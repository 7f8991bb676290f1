import type { IngestedEvent } from '@analytics/events';
import { eventually } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { rebuildRollups } from '../rollups/rebuild-rollups.js';
import { aBatch, apiCall, errorEvent, pageView } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { Compactor, type CompactionPoint } from './compactor.js';
import { MOST_VALUES } from './stretch.js';

const DAY = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') };
const START = Date.UTC(2026, 2, 1, 9, 50);

/** So many events in a row, over 20 hours and a day's end. */
const someEvents = (count: number, first = 0): IngestedEvent[] =>
  Array.from({ length: count }, (_, place) => {
    const index = first + place;
    const overrides = {
      user_id: `user_${index % 23}`,
      project_id: index % 5 === 0 ? 'blog' : 'shop',
      timestamp: new Date(START + ((index * 7_919_123) % 72_000_000)).toISOString(),
    };
    const makers = [
      () => pageView(`https://shop.example/p/${index % 7}`, overrides, 'https://search.example/'),
      () => apiCall(`/api/items/${index % 3}`, 0.5 * (1 + (index % 40)), overrides),
      () => errorEvent(index % 2 ? 'TypeError' : 'x', overrides),
    ];
    return makers[index % makers.length]!();
  });

describe('the compactor', () => {
  let db: WriterDatabase;
  let written = 0;

  beforeEach(async () => {
    db = await startWriterDatabase();
    await db.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop'), ('blog', 'Blog')`);
    written = 0;
  });
  afterEach(() => db.stop());

  const writer = (partition = 0) => {
    const writes = new EventBatchWriter(db.pool);
    let entry = 0;
    return async (events: IngestedEvent[]): Promise<void> => {
      const batch = aBatch(events, { partition, previousId: `${entry}-0`, lastId: `${++entry}-0`, sequences: new Map([['a', entry]]) });
      expect(await writes.write(batch)).toMatchObject({ kind: 'stored', events: events.length });
      written += events.length;
    };
  };
  const compactAll = async (compactor = new Compactor(db.pool)): Promise<void> => {
    while ((await compactor.compact()).behind);
  };
  const differences = async (): Promise<unknown[]> => (await compareRollups(db.owner, DAY)).differences;
  const counted = async (minutes: number): Promise<unknown> =>
    (await db.rows(`SELECT coalesce(sum(n), 0)::bigint AS n FROM value_counts, unnest(events) AS n WHERE field = 'type' AND minutes = ${minutes}`))[0];
  const marks = (): Promise<unknown[]> => db.rows('SELECT DISTINCT project_id, quarter FROM stale_quarters ORDER BY 1, 2');

  it('counts what is stored in each width, up to the present', async () => {
    await writer()(someEvents(600));
    await compactAll();
    expect([await counted(5), await counted(15), await counted(60), await counted(1440)]).toEqual(Array(4).fill({ n: 600 }));
    expect(await differences()).toEqual([]);
    expect(await db.rows(`SELECT FROM compactions WHERE compacted_through > now() - INTERVAL '20 minutes'`)).toHaveLength(2);
  });

  it('is told of late events only, quarter by quarter', async () => {
    const write = writer();
    await write([pageView('https://shop.example/', { timestamp: new Date().toISOString() })]);
    expect(await marks()).toEqual([]);
    await write([pageView('https://shop.example/', { timestamp: '2026-03-01T12:14:59.999Z' }), pageView('https://shop.example/', { timestamp: '2026-03-01T12:01:00Z' })]);
    expect(await marks()).toEqual([{ project_id: 'shop', quarter: new Date('2026-03-01T12:00:00Z') }]);
  });

  it('fills a quarter again when an event comes late, and the hour and the day that it is in', async () => {
    const write = writer();
    await write(someEvents(300));
    await compactAll();
    await write(someEvents(60, 300));
    // Older than anything before.
    await write([pageView('https://shop.example/', { timestamp: '2026-02-10T00:00:00Z' })]);
    expect(await new Compactor(db.pool).compact()).toMatchObject({ advanced: 0 });
    expect([await marks(), await counted(15), await counted(60), await counted(1440)]).toEqual([[], { n: 361 }, { n: 361 }, { n: 361 }]);
    expect(await differences()).toEqual([]);
  });

  it('does not go past a transaction that is under way and has not marked what it stores', async () => {
    const client = await db.owner.connect();
    await client.query('BEGIN');
    // As a writer did that had asked for the time before the quarter was over.
    await client.query(`
      INSERT INTO events (time, received_at, event_id, clock_adjusted, project_id, event_type, user_id, properties)
      VALUES ('2026-03-01T12:00:00Z', now(), gen_random_uuid(), false, 'shop', 'x', 'u', '{}')`);
    const compactor = new Compactor(db.pool);
    await compactAll(compactor);
    expect(await db.rows('SELECT FROM compactions')).toEqual([]);
    await client.query('COMMIT');
    client.release();
    await eventually(async () => {
      await compactAll(compactor);
      expect(await db.rows('SELECT FROM compactions')).toHaveLength(2);
    });
    expect(await counted(1440)).toEqual({ n: 1 });
  });

  it('takes back what it has compacted too early, when the clock was ahead', async () => {
    await writer()(someEvents(20));
    await compactAll();
    await db.owner.query(`UPDATE compactions SET compacted_through = now() + INTERVAL '1 hour'`);
    await compactAll();
    expect(await db.rows('SELECT FROM compactions WHERE compacted_through > now()')).toEqual([]);
  });

  it('leaves the mark of an event that is stored while it fills the quarter', async () => {
    const write = writer();
    await write(someEvents(50));
    await compactAll();
    const late = (minute: number): IngestedEvent => pageView('https://shop.example/', { timestamp: `2026-03-01T12:0${minute}:00Z` });
    await write([late(1)]);
    const onPoint = async (point: CompactionPoint): Promise<void> => {
      if (point === 'filled') await write([late(2)]);
    };
    await new Compactor(db.pool, { onPoint }).refillStale();
    expect(await marks()).toEqual([{ project_id: 'shop', quarter: new Date('2026-03-01T12:00:00Z') }]);
    await compactAll();
    expect([await marks(), await counted(15)]).toEqual([[], { n: 52 }]);
    expect(await differences()).toEqual([]);
  });

  it.each<CompactionPoint>(['unmarked', 'filled', 'before-commit'])('does over what it was killed in: %s', async (point) => {
    const write = writer();
    await write(someEvents(200));
    const session = createPool(db.writerUrl, { max: 1, applicationName: 'spec-killed' });
    let kills = 0;
    const onPoint = async (name: CompactionPoint): Promise<void> => {
      if (name !== point || kills === 2) return;
      kills++;
      await db.owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'spec-killed' AND datname = current_database()`);
    };
    const compactor = new Compactor(session, { onPoint });
    for (let failures = 0; failures < 2; failures++) await expect(compactAll(compactor)).rejects.toThrow();
    await compactAll(compactor);
    await session.end();
    expect([kills, await counted(15), await counted(1440), await marks()]).toEqual([2, { n: 200 }, { n: 200 }, []]);
    expect(await differences()).toEqual([]);
  });

  it('counts nothing twice beside another one, while late events are stored, as anybody sees it at any moment', async () => {
    const writes = [writer(0), writer(1)];
    const writing = Promise.all(
      writes.map(async (write, partition) => {
        for (let batch = 0; batch < 12; batch++) await write(someEvents(60, (batch * 2 + partition) * 60));
      }),
    );
    let done = false;
    const during = async (work: () => Promise<unknown>): Promise<number> => {
      let times = 0;
      for (; !done; times++) await work();
      return times;
    };
    const others = Promise.all([...Array.from({ length: 2 }, () => during(() => compactAll())), during(async () => expect(await differences()).toEqual([]))]);
    await writing.finally(() => (done = true));
    const [, , looks] = await others;
    expect(looks).toBeGreaterThan(0);
    await eventually(async () => {
      await compactAll();
      expect(await marks()).toEqual([]);
    });
    expect([await counted(15), await counted(60), await counted(1440)]).toEqual(Array(3).fill({ n: written }));
    expect(await differences()).toEqual([]);
  });

  it('keeps counts whose events were dropped, whatever comes late into their time', async () => {
    const write = writer();
    await write(someEvents(300));
    await compactAll();
    const counts = async (ofDropped: boolean): Promise<unknown[]> =>
      db.rows(`SELECT project_id, field, minutes, bucket, events FROM value_counts
                WHERE field IN ('type', 'browser') AND (bucket < '2026-03-02') = ${ofDropped} ORDER BY 1, 2, 3, 4`);
    await db.owner.query(`SELECT drop_chunks('events', TIMESTAMPTZ '2026-03-02')`);
    const [dropped, rest] = [await counts(true), await counts(false)];
    // More than were there, into the same quarters, and twice: the chunk that is made for the first is there for the second.
    for (const round of [1, 2]) await write(someEvents(400, 400 * round));
    await compactAll();
    expect([await marks(), await counts(true)]).toEqual([[], dropped]);
    expect(await counts(false)).not.toEqual(rest);
    expect(await differences()).toEqual([]);
    await rebuildRollups(db.owner, DAY);
    expect(await counts(true)).toEqual(dropped);
  });

  it('keeps no counts of a field whose values do not repeat, in that stretch alone and those it is in', async () => {
    const at = (minute: number, index: number): string => new Date(Date.UTC(2026, 2, 1, 12, minute) + index * 50).toISOString();
    const pages = (minute: number, count: number): IngestedEvent[] =>
      Array.from({ length: count }, (_, index) => pageView(`https://shop.example/order/${count > 10 ? index : 'x'}`, { timestamp: at(minute, index) }));
    const { 5: most } = MOST_VALUES;
    await writer()([...pages(1, most), ...pages(21, most + 1), ...pages(41, 10)]);
    await compactAll();
    const stretches = await db.rows(`
      SELECT field, minutes, to_char(bucket, 'HH24:MI') AS bucket, cardinality(events) AS counts FROM value_counts
       WHERE field IN ('page_path', 'browser') AND minutes IN (5, 60) ORDER BY 1, 2, 3`);
    const of = (field: string, minutes: number, bucket: string, counts: number | null) => ({ field, minutes, bucket, counts });
    expect(stretches).toEqual([
      ...['12:00', '12:20', '12:40'].map((bucket) => of('browser', 5, bucket, 1)),
      of('browser', 60, '12:00', 1),
      ...[of('page_path', 5, '12:00', most), of('page_path', 5, '12:20', null), of('page_path', 5, '12:40', 1), of('page_path', 60, '12:00', null)],
    ]);
    expect(await differences()).toEqual([]);
  });

  it('is mended by a rebuild where something else changed what it had filled', async () => {
    await writer()(someEvents(300));
    await compactAll();
    await db.owner.query(`UPDATE value_counts SET events[1] = events[1] + 1 WHERE field = 'browser' AND minutes = 60`);
    await db.owner.query(`DELETE FROM distinct_sketches WHERE minutes = 1440`);
    await db.owner.query(`DELETE FROM duration_counts WHERE minutes = 15`);
    // One code of one column; as many events as before.
    await db.owner.query(`UPDATE event_segments SET type = set_byte(type, length(type) - 1, 0) WHERE project_id = 'shop'`);
    await db.owner.query(`DELETE FROM event_segments WHERE project_id = 'blog'`);
    const found = (await differences()) as { rollup: string }[];
    expect([...new Set(found.map(({ rollup }) => rollup))].sort()).toEqual(['distinct_sketches', 'duration_counts', 'event_segments', 'value_counts']);
    await rebuildRollups(db.owner, DAY);
    expect([await differences(), await marks()]).toEqual([[], []]);
  });
});
