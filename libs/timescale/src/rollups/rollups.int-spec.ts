import type { IngestedEvent } from '@analytics/events';
import { eventually } from '@analytics/testing';
import { aBatch, apiCall, buttonClick, customEvent, errorEvent, pageView } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { compareRollups } from './compare-rollups.js';
import { rebuildRollups } from './rebuild-rollups.js';

const DAY = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };

/** Every type in odd spellings, over three hours and two projects. */
const mixedEvents = (): IngestedEvent[] =>
  Array.from({ length: 300 }, (_, index) => {
    const overrides = {
      user_id: `user_${index % 17}`,
      project_id: index % 5 === 0 ? 'blog' : 'shop',
      timestamp: new Date(Date.UTC(2026, 2, 1, 9, 59) + index * 37_123).toISOString(),
      ...(index % 3 === 0 ? { browser: 'Chrome', os: 'macOS', device: 'desktop', country: 'DE' } : {}),
    };
    const makers = [
      () => pageView(`https://shop.example/p/${index % 7}?q=${index}`, overrides, `https://${index % 2 ? 'shop' : 'search'}.example/x`),
      () => buttonClick(index % 2 ? 'buy' : '', overrides),
      () => apiCall(`/api/items/${index % 3}?page=${index}#top`, 0.01 * 1.37 ** (index % 40), overrides),
      () => errorEvent(index % 2 ? 'TypeError' : 'x'.repeat(300), overrides),
      () => customEvent({ button_id: 7, page_url: 'not a url', session_id: 'not a uuid', endpoint: null }, overrides),
    ];
    return makers[index % makers.length]!();
  });

describe('the rollups', () => {
  let db: WriterDatabase;
  let writer: EventBatchWriter;

  beforeEach(async () => {
    db = await startWriterDatabase();
    writer = new EventBatchWriter(db.pool);
  });

  afterEach(() => db.stop());

  const dump = async (): Promise<unknown[]> => {
    const { rows } = await db.owner.query<Record<string, unknown>>(`
      SELECT 'type 10s' AS rollup, project_id, bucket, event_type AS key, sum(events) AS events FROM event_counts_10s GROUP BY 2, 3, 4
       UNION ALL SELECT 'type 1m', project_id, bucket, event_type, sum(events) FROM event_counts_1m GROUP BY 2, 3, 4
       UNION ALL SELECT dimension, project_id, bucket, value, sum(events) FROM dimension_counts_1m GROUP BY 1, 2, 3, 4
       UNION ALL SELECT 'latency', project_id, bucket, endpoint || latency_bucket, sum(events) FROM endpoint_latency_1m GROUP BY 2, 3, 4
       UNION ALL SELECT 'user', project_id, bucket, user_id, 1 FROM active_users_1m
       ORDER BY 1, 2, 3, 4`);
    return rows;
  };

  it('equal what the raw events say, written by several partitions in several batches', async () => {
    const events = mixedEvents();
    await writer.write(aBatch(events.slice(0, 100)));
    await writer.write(aBatch(events.slice(100, 200), { partition: 1 }));
    await writer.write(aBatch(events.slice(200), { previousId: '1-0', lastId: '2-0' }));
    expect(await compareRollups(db.owner, DAY)).toEqual({ from: DAY.from.toISOString(), to: DAY.to.toISOString(), differences: [] });
    expect((await dump()).length).toBeGreaterThan(500);
  });

  it('are reported key by key where they are wrong', async () => {
    await writer.write(aBatch([pageView('https://shop.example/a'), apiCall('/cart', 30, { user_id: 'u2' })]));
    await db.owner.query(`UPDATE event_counts_1m SET events = 5 WHERE event_type = 'page_view'`);
    await db.owner.query(`DELETE FROM active_users_1m WHERE user_id = 'u2'`);
    await db.owner.query(`INSERT INTO dimension_counts_1m VALUES ('shop', 'page', '2026-03-01T12:00:00Z', 1, '/ghost', 2)`);
    const bucket = '2026-03-01T12:00:00.000Z';
    expect((await compareRollups(db.owner, DAY)).differences).toEqual([
      { rollup: 'event_counts_1m', key: { project_id: 'shop', bucket, event_type: 'page_view' }, expected: 1, actual: 5 },
      { rollup: 'dimension_counts_1m', key: { project_id: 'shop', bucket, dimension: 'page', value: '/ghost' }, expected: 0, actual: 2 },
      { rollup: 'active_users_1m', key: { project_id: 'shop', bucket, user_id: 'u2' }, expected: 1, actual: 0 },
    ]);
  });

  it('are the same after a rebuild, whatever they were before', async () => {
    await writer.write(aBatch(mixedEvents()));
    const right = await dump();
    await db.owner.query(`UPDATE event_counts_10s SET events = events + 1`);
    await db.owner.query(
      'DELETE FROM dimension_counts_1m; DELETE FROM active_users_1m; UPDATE endpoint_latency_1m SET latency_bucket = 700 + latency_bucket',
    );
    await rebuildRollups(db.owner, DAY);
    expect(await dump()).toEqual(right);
  });

  it('are not counted twice when a new key is stored in the middle of a rebuild', async () => {
    await writer.write(aBatch([pageView('https://shop.example/')]));
    const blocker = await db.owner.connect();
    await blocker.query('BEGIN; UPDATE event_counts_10s SET events = events');
    const rebuilt = rebuildRollups(db.owner, DAY);
    await eventually(async () => expect(await waitingForLocks()).toEqual(['spec-owner']));
    let stored = false;
    const write = writer.write(aBatch([buttonClick('buy')], { previousId: '1-0', lastId: '2-0' })).finally(() => (stored = true));
    await eventually(async () => expect(stored || (await waitingForLocks()).includes('spec-writer')).toBe(true));
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await write).toMatchObject({ kind: 'stored', events: 1 });
    await rebuilt;
    expect((await compareRollups(db.owner, DAY)).differences).toEqual([]);
  });

  it('stay right when several partitions store while they are rebuilt', async () => {
    const store = async (partition: number): Promise<void> => {
      for (let entry = 0; entry < 20; entry++) {
        const batch = aBatch(mixedEvents().slice(0, 50), { partition, previousId: `${entry}-0`, lastId: `${entry + 1}-0` });
        expect(await writer.write(batch)).toMatchObject({ kind: 'stored', alreadyStored: false });
      }
    };
    const rebuild = async (): Promise<void> => {
      for (let round = 0; round < 3; round++) await rebuildRollups(db.owner, DAY);
    };
    await Promise.all([store(0), store(1), rebuild()]);
    expect((await compareRollups(db.owner, DAY)).differences).toEqual([]);
    expect((await db.owner.query('SELECT count(*) AS n FROM events')).rows).toEqual([{ n: 20 * 100 }]);
  });

  async function waitingForLocks(): Promise<string[]> {
    const { rows } = await db.owner.query<{ name: string }>(
      `SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY 1`,
    );
    return rows.map((row) => row.name);
  }

  it('are left alone where the raw events were dropped', async () => {
    await writer.write(
      aBatch([pageView('https://shop.example/', { timestamp: '2026-02-01T12:00:00Z' }), pageView('https://shop.example/')]),
    );
    await db.owner.query(`SELECT drop_chunks('events', TIMESTAMPTZ '2026-02-15')`);
    const before = await dump();
    const covered = await rebuildRollups(db.owner, { from: new Date('2026-01-01Z'), to: DAY.to });
    expect(covered).toEqual({ from: '2026-03-01T00:00:00.000Z', to: DAY.to.toISOString() });
    expect(await dump()).toEqual(before);
  });
});
