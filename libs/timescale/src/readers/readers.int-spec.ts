import type { Pool } from 'pg';
import type { IngestedEvent } from '@analytics/events';
import { freshDatabase, type FreshDatabase } from '@analytics/testing';
import { ensureProject } from '../configuration/project-registry.js';
import { createPool } from '../postgres-pool.js';
import { createDataSource } from '../setup/data-source.js';
import { prepareDatabase } from '../setup/prepare-database.js';
import { aBatch, apiCall, buttonClick, customEvent, errorEvent, pageView, STREAM } from '../writer/event-batch.fixture.js';
import type { DeadLetter } from '../writer/event-batch.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { PartitionLeases } from '../writer/partition-leases.js';
import { DeadLetterReader } from './dead-letter.reader.js';
import { PipelineReader } from './pipeline.reader.js';
import { RecentEventsReader } from './recent-events.reader.js';
import { SeriesReader } from './series.reader.js';
import { SummaryReader } from './summary.reader.js';
import { TopReader } from './top.reader.js';

const at = (clock: string): Date => new Date(`2026-03-01T${clock}Z`);
const seconds = (clock: string): number => at(clock).getTime() / 1000;
const when = (clock: string, user_id = 'ann') => ({ timestamp: at(clock).toISOString(), user_id });

describe('the readers', () => {
  let database: FreshDatabase;
  let writerPool: Pool;
  let reader: Pool;
  let lastId = 0;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    writerPool = createPool(database.writerUrl, { max: 2, applicationName: 'spec-writer' });
    reader = createPool(database.readerUrl, { max: 3, applicationName: 'spec-reader' });
    const owner = await createDataSource({ url: database.ownerUrl, applicationName: 'spec-owner' }).initialize();
    for (const id of ['shop', 'blog', 'empty']) await ensureProject(owner, { id, name: id });
    await owner.destroy();
    await new PartitionLeases(writerPool, { stream: STREAM }).acquire(0, 'spec');
    await new PartitionLeases(writerPool, { stream: STREAM }).acquire(1, 'spec');
    // The hour before: 2 events of 1 user. The last hour up to 12:00:00: 8 events of 3 users, one of them accepted late.
    await store([pageView('https://shop.example/', when('10:30:00')), errorEvent('TypeError', when('10:59:59.999'))]);
    await store([
      pageView('https://shop.example/', when('11:00:10', 'ann'), 'https://search.example/'),
      pageView('https://shop.example/cart', when('11:30:00', 'bob'), 'https://shop.example/'),
      buttonClick('buy', when('11:30:01', 'bob')),
      apiCall('/api/cart?id=1', 100, when('11:30:02', 'bob')),
      apiCall('/api/cart?id=2', 200, when('11:30:03', 'bob')),
      errorEvent('TypeError', when('11:59:59', 'bob')),
    ]);
    await store([pageView('https://shop.example/cart', when('11:59:55', 'cid'))], 1);
    await store([pageView('https://shop.example/cart', { ...when('11:10:00', 'cid'), received_at: at('11:59:59.500').toISOString() })], 1);
    const refused = [Buffer.from('{"ä":1}'), Buffer.from([0xff, 0xfe])];
    await store(
      [customEvent({ plan: 'pro' }, { ...when('11:40:00', 'dan'), project_id: 'blog' })],
      1,
      refused.map((payload, itemIndex) => ({ entryId: '5-0', itemIndex, reason: 'bad', payload })),
    );
  });

  afterAll(async () => {
    await Promise.all([writerPool.end(), reader.end()]);
    await database.drop();
  });

  const positions = new Map([
    [0, '0-0'],
    [1, '0-0'],
  ]);
  async function store(events: IngestedEvent[], partition = 0, deadLetters: DeadLetter[] = []): Promise<void> {
    const next = `${++lastId}-0`;
    const batch = aBatch(events, { partition, previousId: positions.get(partition)!, lastId: next, deadLetters });
    expect(await new EventBatchWriter(writerPool).write(batch)).toMatchObject({ kind: 'stored', events: events.length });
    positions.set(partition, next);
  }

  it('sum up the last hour and compare it with the hour before', async () => {
    expect(await new SummaryReader(reader).read({ projectId: 'shop', now: at('11:59:59.999') })).toEqual({
      asOf: '2026-03-01T11:59:59.999Z',
      current: {
        from: '2026-03-01T11:00:00.000Z',
        to: '2026-03-01T12:00:00.000Z',
        totalEvents: 8,
        uniqueUsers: 3,
        eventsPerSecond: 8 / 3600,
        errors: 1,
      },
      previous: {
        from: '2026-03-01T10:00:00.000Z',
        to: '2026-03-01T11:00:00.000Z',
        totalEvents: 2,
        uniqueUsers: 1,
        eventsPerSecond: 2 / 3600,
        errors: 1,
      },
      change: { totalEvents: 3, uniqueUsers: 2, eventsPerSecond: 3, errors: 0 },
      byType: [
        { eventType: 'page_view', events: 4, share: 0.5 },
        { eventType: 'api_call', events: 2, share: 0.25 },
        { eventType: 'button_click', events: 1, share: 0.125 },
        { eventType: 'error', events: 1, share: 0.125 },
      ],
      newestReceivedAt: '2026-03-01T11:59:59.500Z',
      newestTime: '2026-03-01T11:59:59.000Z',
    });
  });

  it('answer for a project without events with zeros and nulls', async () => {
    const summary = await new SummaryReader(reader).read({ projectId: 'empty', now: at('12:00:00') });
    expect(summary).toMatchObject({
      current: { totalEvents: 0, uniqueUsers: 0 },
      change: { totalEvents: null },
      byType: [],
      newestReceivedAt: null,
      newestTime: null,
    });
    expect(await new RecentEventsReader(reader).read({ projectId: 'empty', limit: 5 })).toEqual([]);
    const top = await new TopReader(reader).read({
      projectId: 'empty',
      dimension: 'endpoint',
      from: at('11:00:00'),
      to: at('12:00:00'),
      limit: 5,
    });
    expect(top).toMatchObject({ totalEvents: 0, distinctValues: 0, rows: [] });
    const series = await new SeriesReader(reader).read({
      projectId: 'empty',
      from: at('11:00:00'),
      to: at('11:03:00'),
      granularitySeconds: 60,
      byType: false,
    });
    expect(series.series).toEqual([{ name: 'all', values: [0, 0, 0] }]);
  });

  it('count per 10 seconds without gaps, one line for each type, the largest first', async () => {
    const range = { projectId: 'shop', from: at('11:29:55'), to: at('11:30:11') };
    expect(await new SeriesReader(reader).read({ ...range, granularitySeconds: 10, byType: true })).toEqual({
      from: '2026-03-01T11:29:50.000Z',
      to: '2026-03-01T11:30:20.000Z',
      granularitySeconds: 10,
      buckets: [seconds('11:29:50'), seconds('11:30:00'), seconds('11:30:10')],
      series: [
        { name: 'api_call', values: [0, 2, 0] },
        { name: 'button_click', values: [0, 1, 0] },
        { name: 'page_view', values: [0, 1, 0] },
      ],
    });
  });

  it.each([
    [60, 60],
    [300, 12],
    [900, 4],
    [3600, 1],
  ])('count the same events in buckets of %i s', async (granularitySeconds, buckets) => {
    const series = await new SeriesReader(reader).read({
      projectId: 'shop',
      from: at('11:00:00'),
      to: at('12:00:00'),
      granularitySeconds,
      byType: false,
    });
    expect(series.buckets).toHaveLength(buckets);
    expect(series.series[0]?.values.reduce((sum, value) => sum + value, 0)).toBe(8);
  });

  it('count by UTC days, whatever the zone of the session', async () => {
    const pool = createPool(`${database.readerUrl}?options=${encodeURIComponent('-c timezone=Pacific/Auckland')}`, {
      max: 1,
      applicationName: 'spec-zone',
    });
    const days = { projectId: 'shop', from: at('09:00:00'), to: at('12:00:00'), granularitySeconds: 86_400, byType: false };
    const series = await new SeriesReader(pool).read({ ...days, eventType: 'error' });
    await pool.end();
    expect(series).toMatchObject({ buckets: [seconds('00:00:00')], series: [{ name: 'error', values: [2] }] });
  });

  it('refuse a granularity or range that no rollup can answer', async () => {
    const range = { projectId: 'shop', from: at('00:00:00'), to: at('23:00:00'), byType: false };
    await expect(new SeriesReader(reader).read({ ...range, granularitySeconds: 7 })).rejects.toThrow(/granularitySeconds is 7; it must be/);
    await expect(new SeriesReader(reader).read({ ...range, from: new Date(0), granularitySeconds: 10 })).rejects.toThrow(
      /buckets asked for; at most 10000/,
    );
  });

  it('rank values over partitions, count those beyond the limit, and count a page once per view', async () => {
    const range = { projectId: 'shop', from: at('11:00:00'), to: at('12:00:00') };
    expect(await new TopReader(reader).read({ ...range, dimension: 'page', limit: 1 })).toEqual({
      from: '2026-03-01T11:00:00.000Z',
      to: '2026-03-01T12:00:00.000Z',
      dimension: 'page',
      totalEvents: 4,
      distinctValues: 2,
      rows: [{ value: '/cart', events: 3, share: 0.75 }],
    });
    const referrers = await new TopReader(reader).read({ ...range, dimension: 'referrer', limit: 5 });
    expect(referrers.rows).toEqual([{ value: 'search.example', events: 1, share: 1 }]);
    const browsers = await new TopReader(reader).read({ ...range, dimension: 'browser', limit: 5 });
    expect(browsers.rows).toEqual([{ value: 'Firefox', events: 1, share: 1 }]);
  });

  it('tell the duration of endpoints within 2 %', async () => {
    const { rows } = await new TopReader(reader).read({
      projectId: 'shop',
      dimension: 'endpoint',
      from: at('11:00:00'),
      to: at('12:00:00'),
      limit: 5,
    });
    expect(rows).toEqual([
      { value: 'GET /api/cart', events: 2, share: 1, p50: expect.any(Number) as number, p95: expect.any(Number) as number },
    ]);
    expect(Math.abs(rows[0]!.p50! / 100 - 1)).toBeLessThan(0.02);
    expect(Math.abs(rows[0]!.p95! / 200 - 1)).toBeLessThan(0.02);
  });

  it('show what was accepted last first, page back, and filter by type', async () => {
    const recent = new RecentEventsReader(reader);
    const first = await recent.read({ projectId: 'shop', limit: 2 });
    expect(first.map((event) => event.timestamp)).toEqual(['2026-03-01T11:10:00.000Z', '2026-03-01T11:59:59.000Z']);
    const second = await recent.read({ projectId: 'shop', limit: 1, before: new Date(first[1]!.receivedAt) });
    expect(second.map((event) => event.timestamp)).toEqual(['2026-03-01T11:59:55.000Z']);
    const clicks = await recent.read({ projectId: 'shop', limit: 10, eventType: 'button_click' });
    expect(clicks.map((event) => event.properties['button_id'])).toEqual(['buy']);
  });

  it('keep projects apart', async () => {
    const blog = await new RecentEventsReader(reader).read({ projectId: 'blog', limit: 10 });
    expect(blog.map((event) => event.userId)).toEqual(['dan']);
    expect((await new SummaryReader(reader).read({ projectId: 'blog', now: at('12:00:00') })).current).toMatchObject({
      totalEvents: 1,
      uniqueUsers: 1,
    });
  });

  it('treat values as values, never as SQL', async () => {
    const evil = `shop' OR '1'='1`;
    expect(await new RecentEventsReader(reader).read({ projectId: evil, limit: 5, eventType: `'; DROP TABLE events; --` })).toEqual([]);
    const range = { projectId: evil, from: at('11:00:00'), to: at('11:01:00') };
    expect((await new SeriesReader(reader).read({ ...range, granularitySeconds: 60, byType: true, eventType: evil })).series).toEqual([]);
  });

  it('tell what the pipeline has stored, and where each partition stands', async () => {
    const state = await new PipelineReader(reader).read();
    expect(state).toMatchObject({
      storedTotal: 11,
      deadTotal: 2,
      newest: [
        { projectId: 'blog', receivedAt: '2026-03-01T11:40:00.000Z', time: '2026-03-01T11:40:00.000Z' },
        { projectId: 'shop', receivedAt: '2026-03-01T11:59:59.500Z', time: '2026-03-01T11:59:59.000Z' },
      ],
    });
    expect(state.partitions).toEqual([
      expect.objectContaining({ stream: STREAM, partition: 0, lastId: '2-0', epoch: 1, owner: 'spec', eventsStored: 8, deadLetters: 0 }),
      expect.objectContaining({ stream: STREAM, partition: 1, lastId: '5-0', epoch: 1, owner: 'spec', eventsStored: 3, deadLetters: 2 }),
    ]);
    expect(state.databaseBytes).toBeGreaterThan(1_000_000);
  });

  it('show dead letters as text where they are text, newest first', async () => {
    expect(await new DeadLetterReader(reader).list({ limit: 5 })).toEqual([
      expect.objectContaining({ entryId: '5-0', itemIndex: 1, reason: 'bad', payload: '//4=', payloadEncoding: 'base64', projectId: null }),
      expect.objectContaining({ entryId: '5-0', itemIndex: 0, payload: '{"ä":1}', payloadEncoding: 'text' }),
    ]);
  });

  it('find dead letters by state and by what the reason contains, page by page, and count them by reason', async () => {
    const letters = new DeadLetterReader(reader);
    const [newest] = await letters.list({ limit: 1, reason: 'BA', state: 'dead' });
    expect(newest).toMatchObject({ itemIndex: 1, state: 'dead', resolvedAt: null });
    expect(await letters.list({ limit: 5, before: newest!.id })).toEqual([expect.objectContaining({ itemIndex: 0 })]);
    for (const filter of [{ state: 'replayed' as const }, { reason: '%' }, { projectId: 'shop' }]) {
      expect(await letters.list({ limit: 5, ...filter })).toEqual([]);
      expect(await letters.count(filter)).toBe(0);
    }
    expect(await letters.get(newest!.id)).toEqual(newest);
    expect(await letters.get(newest!.id + 1)).toBeNull();
    expect(await letters.countByReason()).toEqual([{ reason: 'bad', count: 2 }]);
    expect(await letters.count()).toBe(2);
  });
});
