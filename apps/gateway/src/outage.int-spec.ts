import type { LiveFailure, ProblemDto, SummaryDto } from '@analytics/dto';
import { eventually, startPrivateServices, type PrivatePair } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, pageView, RunningGateway, subscribe } from './gateway.fixture.js';
import { LiveWatch } from './live/live-watch.fixture.js';

const LONG = 60_000;

describe('outages', () => {
  let services: PrivatePair;
  let gateway: RunningGateway;

  beforeAll(async () => {
    services = await startPrivateServices();
    const urls = await prepareDatabase({ databaseUrl: services.postgres.url });
    const store = await EventStore.open({ ownerUrl: services.postgres.url, ...urls, redisUrl: services.redis.url }, ['demo']);
    await store.store([pageView()]);
    await store.close();
    gateway = await RunningGateway.start(addressesOf(urls, services.redis.url));
  }, LONG);
  afterAll(async () => {
    await gateway?.close();
    await services?.stop();
  }, LONG);

  const ready = async (): Promise<number> => (await gateway.get('/ready')).status;
  const summary = () => gateway.json<SummaryDto & ProblemDto>('/api/v1/metrics/summary');

  it('answers 503 with a sentence while the database is away, tells viewers that they see old data, and recovers by itself', async () => {
    const client = await gateway.connect();
    const failures: LiveFailure[] = [];
    client.on('failure', (failure) => failures.push(failure));
    const watch = await LiveWatch.open(client, 'metrics/realtime');
    await services.postgres.kill();

    const sentence = 'the database does not answer at the moment; try again in a few seconds';
    expect(await summary()).toMatchObject({ status: 503, body: { type: 'urn:analytics:problem:unavailable', status: 503, detail: sentence } });
    expect(await ready()).toBe(503);
    expect((await gateway.get('/health')).status).toBe(200);
    const problem = { type: 'urn:analytics:problem:unavailable', title: 'Service Unavailable', status: 503, detail: sentence, errors: [] };
    expect(await subscribe(client, { id: 'b', question: 'metrics/summary' })).toEqual({ ok: false, problem });
    await eventually(() => expect(failures).toEqual([{ id: 'a', problem }]));
    const before = watch.frames.length;

    await services.postgres.start();
    await eventually(async () => expect((await summary()).body.current.totalEvents).toBe(1));
    await eventually(() => expect(watch.frames.length).toBeGreaterThan(before));
    expect(await ready()).toBe(200);
  }, LONG);

  it('answers questions while Redis is away, says that it is not ready, and is ready again when Redis is back', async () => {
    await services.redis.kill();
    await eventually(async () => expect(await ready()).toBe(503));
    expect((await gateway.get('/ready')).text).toContain('Redis');
    expect((await summary()).status).toBe(200);
    await services.redis.start();
    await eventually(async () => expect(await ready()).toBe(200));
  }, LONG);
});
