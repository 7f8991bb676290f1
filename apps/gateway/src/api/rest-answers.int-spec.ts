import type { PipelineDto, ProjectDto, RecentEventsDto, SeriesDto, SummaryDto, TopDto } from '@analytics/dto';
import { STATUS_CHANNEL } from '@analytics/events';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, apiCall, CONSUMER, EventStore, pageView, RunningGateway } from '../gateway.fixture.js';

const HOME = 'https://shop.example/';
const MINUTE = 60_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

describe('REST answers', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start({ ...addressesOf(database, redisUrl), DEMO_WRITE_KEY: 'demo-key' });
    await store.store(
      [
        pageView(),
        pageView({ user_id: 'user_002', timestamp: ago(2 * MINUTE) }),
        pageView({ user_id: 'user_002', timestamp: ago(3 * MINUTE), properties: { ...pageView().properties, page_url: HOME } }),
        apiCall(100, { timestamp: ago(4 * MINUTE) }),
        pageView({ timestamp: ago(90 * MINUTE) }),
        pageView({ project_id: 'self' }),
      ],
      [{ reason: 'not JSON', payload: Buffer.from('{"half') }],
    );
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const ask = async <T>(path: string): Promise<T> => {
    const { status, body } = await gateway.json<T>(`/api/v1/${path}`);
    expect({ path, status }).toEqual({ path, status: 200 });
    return body;
  };

  it('summarises the last hour and compares it with the hour before', async () => {
    const summary = await ask<SummaryDto>('metrics/summary');
    expect(summary.current).toMatchObject({ totalEvents: 4, uniqueUsers: 2, errors: 0, eventsPerSecond: 4 / 3600 });
    expect(summary.previous).toMatchObject({ totalEvents: 1, uniqueUsers: 1 });
    expect(summary.change).toEqual({ totalEvents: 3, uniqueUsers: 1, eventsPerSecond: 3, errors: null });
    expect(summary.byType).toEqual([
      { eventType: 'page_view', events: 3, share: 0.75 },
      { eventType: 'api_call', events: 1, share: 0.25 },
    ]);
    expect(Object.keys(summary).sort()).toEqual(['asOf', 'byType', 'change', 'current', 'previous']);
  });

  it('gives the last five minutes in thirty buckets of ten seconds, the last of which holds this moment', async () => {
    const series = await ask<SeriesDto>('metrics/realtime');
    expect(series.granularitySeconds).toBe(10);
    expect(series.buckets).toHaveLength(30);
    expect(Date.parse(series.to) - Date.parse(series.asOf)).toBeGreaterThan(0);
    expect(Date.parse(series.to) - Date.parse(series.asOf)).toBeLessThanOrEqual(10_000);
    expect(series.series.map(({ name, values }) => [name, sum(values)])).toEqual([
      ['page_view', 3],
      ['api_call', 1],
    ]);
  });

  it('gives the last day by the hour', async () => {
    const series = await ask<SeriesDto>('metrics/hourly');
    expect(series.buckets).toHaveLength(24);
    expect(series.buckets[1]! - series.buckets[0]!).toBe(3600);
    expect(sum(series.series.flatMap(({ values }) => values))).toBe(5);
  });

  it('gives a series over any range, of all types, by type or of one', async () => {
    const range = `from=${ago(2 * 60 * MINUTE)}&to=${new Date(Date.now() + MINUTE).toISOString()}&granularity=5m`;
    const all = await ask<SeriesDto>(`metrics/timeseries?${range}`);
    expect(all.series.map(({ name, values }) => [name, sum(values)])).toEqual([['all', 5]]);
    const byType = await ask<SeriesDto>(`metrics/timeseries?${range}&byType=true`);
    expect(byType.series.map(({ name, values }) => [name, sum(values)])).toEqual([
      ['page_view', 4],
      ['api_call', 1],
    ]);
    const one = await ask<SeriesDto>(`metrics/timeseries?${range}&eventType=api_call`);
    expect(one.series.map(({ name, values }) => [name, sum(values)])).toEqual([['api_call', 1]]);
    expect(all.buckets).toHaveLength((Date.parse(all.to) - Date.parse(all.from)) / 300_000);
  });

  it('takes the length of a window that ends now instead of two instants', async () => {
    const { from, to, asOf } = await ask<SeriesDto>('metrics/timeseries?last=2h&granularity=10s');
    expect(Date.parse(to)).toBeGreaterThanOrEqual(Date.parse(asOf));
    expect(Date.parse(to) - Date.parse(from)).toBeLessThanOrEqual(2 * 60 * MINUTE + 20_000);
    expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(2 * 60 * MINUTE);
  });

  it('ranks pages and endpoints, with the quantiles of their durations', async () => {
    const pages = await ask<TopDto>('metrics/top');
    expect(pages).toMatchObject({ dimension: 'pages', totalEvents: 3, distinctValues: 2 });
    expect(pages.rows.map(({ value, events }) => [value, events])).toEqual([
      ['/cart', 2],
      ['/', 1],
    ]);
    const endpoints = await ask<TopDto>('metrics/top?dimension=endpoints&limit=1');
    expect(endpoints.rows).toHaveLength(1);
    expect(endpoints.rows[0]).toMatchObject({ value: 'GET /api/cart', events: 1, share: 1 });
    expect(endpoints.rows[0]!.p95! / 100).toBeGreaterThan(0.97);
    expect(endpoints.rows[0]!.p95! / 100).toBeLessThan(1.03);
  });

  it('lists the newest stored events, of one type when asked', async () => {
    const { events } = await ask<RecentEventsDto>('events/recent?limit=200');
    expect(events).toHaveLength(5);
    expect(events[0]).toMatchObject({ eventType: expect.any(String), userId: expect.any(String), browser: 'Firefox', country: 'CH' });
    const calls = await ask<RecentEventsDto>('events/recent?eventType=api_call');
    expect(calls.events.map(({ properties }) => properties['duration_ms'])).toEqual([100]);
  });

  it('keeps projects apart', async () => {
    const summary = await ask<SummaryDto>('metrics/summary?project=self');
    expect(summary.current.totalEvents).toBe(1);
    const { events } = await ask<RecentEventsDto>('events/recent?project=self');
    expect(events).toHaveLength(1);
  });

  it('lists the projects, and tells the dashboard where to send its own events', async () => {
    const projects = await ask<ProjectDto[]>('projects');
    expect(projects.map(({ id, name }) => [id, name])).toEqual([
      ['demo', 'Project demo'],
      ['self', 'Project self'],
    ]);
    expect(await ask('config')).toEqual({ collectorUrl: 'http://localhost:3001', selfWriteKey: null, demoWriteKey: 'demo-key' });
  });

  it('tells what is stored, what was refused, and what the consumers say of themselves', async () => {
    const [partition] = CONSUMER.partitions;
    const partitions = [partition!, { ...partition!, partition: 1, timeLagMs: 700 }];
    await eventually(async () => {
      await store.publish(STATUS_CHANNEL, { stage: 'nonsense' });
      await store.report({ partitions });
      expect((await ask<PipelineDto>('pipeline')).consumers).toHaveLength(1);
    });
    const pipeline = await ask<PipelineDto>('pipeline');
    expect(pipeline).toMatchObject({ storedTotal: 6, deadTotal: 1, timeLagMs: 700, liveClients: 0, producers: [] });
    expect(pipeline.consumers[0]).toMatchObject({ instance: 'spec-1', reporting: true, storedRate: 0.5, batchMs: CONSUMER.batchMs });
    expect(pipeline.deadLetters).toEqual([expect.objectContaining({ reason: 'not JSON', payload: '{"half', state: 'dead' })]);
    expect(Date.now() - Date.parse(pipeline.newestReceivedAt!)).toBeLessThan(5 * MINUTE);
  });
});
