import { CONSUMER_GROUP, STATUS_CHANNEL, STREAM, type ConsumerStatus } from '@analytics/events';
import { streamKey } from '@analytics/redis-streams';
import { eventually, freshRedis, startPrivateServices, type PrivateServices } from '@analytics/testing';
import { Redis } from 'ioredis';
import type { CollectorAnswer } from '../collector/event.collector.js';
import { allowKey, runProducer, streamedEvents, type RunningProducer } from '../testing/running-producer.js';
import type { TrafficStatus } from '../traffic/traffic.source.js';

const custom = { event_type: 'signed_up', user_id: 'ada', properties: {} };
const KEY = streamKey(STREAM, 1);
const OLD_MS = 120_000;

let redisUrl: string;
let redis: Redis;
let producer: RunningProducer;

const connect = async (url: string): Promise<void> => {
  redisUrl = url;
  redis = new Redis(url);
  await allowKey(url);
};

/** An entry that was appended two minutes ago. */
const addOldEntry = async (): Promise<string> => String(await redis.xadd(KEY, `${Date.now() - OLD_MS}-0`, 'v', '1'));

const isAnswered = (status: number): Promise<void> => eventually(async () => expect((await producer.send(custom)).status).toBe(status));

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${producer.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

const admission = async (): Promise<unknown> => {
  const { info } = (await (await fetch(`${producer.url}/ready`)).json()) as { info: Record<string, unknown> };
  return info['admission'];
};

describe('while storing is too far behind', () => {
  beforeEach(async () => connect(await freshRedis()));
  afterEach(async () => {
    await producer.close();
    await redis.quit();
  });

  it('events are refused with 429 and a time to come back, and taken in again when it has caught up', async () => {
    await addOldEntry();
    producer = await runProducer(redisUrl);
    const response = await producer.send(custom);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(15);
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(30);
    const message = [expect.stringMatching(/^storing is 12\d s behind; at most 60 s .*ADMIT_MAX_LAG_MS/)];
    expect(await response.json()).toMatchObject({ message });
    expect((await producer.send(custom, { authorization: 'Bearer wk_other' })).status).toBe(401);

    await redis.xgroup('CREATE', KEY, CONSUMER_GROUP, '$');
    await isAnswered(200);
  });

  it('readiness and metrics say so, and the service stays ready', async () => {
    await addOldEntry();
    producer = await runProducer(redisUrl);
    expect(await admission()).toMatchObject({ status: 'up', state: 'closed', lag_ms: expect.any(Number), memory_share: 0 });
    expect([await metric('analytics_admission_open'), await metric('analytics_admission_memory_ratio')]).toEqual([0, 0]);
    expect(await metric('analytics_admission_lag_seconds')).toBeGreaterThanOrEqual(OLD_MS / 1000);
    await redis.del(KEY);
    await eventually(async () => expect(await admission()).toEqual({ status: 'up', state: 'open', lag_ms: 0, memory_share: 0 }));
    expect(await metric('analytics_admission_open')).toBe(1);
  });

  it('an entry that was read and never acknowledged counts, one that was acknowledged does not', async () => {
    const id = await addOldEntry();
    await redis.xgroup('CREATE', KEY, CONSUMER_GROUP, '0');
    await redis.xreadgroup('GROUP', CONSUMER_GROUP, 'p1', 'STREAMS', KEY, '>');
    producer = await runProducer(redisUrl);
    expect((await producer.send(custom)).status).toBe(429);
    await redis.xack(KEY, CONSUMER_GROUP, id);
    await isAnswered(200);
  });

  it('the mark is that of the environment', async () => {
    await addOldEntry();
    producer = await runProducer(redisUrl, { ADMIT_MAX_LAG_MS: '600000' });
    expect((await producer.send(custom)).status).toBe(200);
  });

  it('the synthetic traffic waits, and goes on afterwards', async () => {
    await addOldEntry();
    producer = await runProducer(redisUrl, { TRAFFIC: 'on', EVENTS_PER_SECOND: '500', DAY_CURVE: 'false' });
    const traffic = async (): Promise<TrafficStatus> => (await (await fetch(`${producer.url}/v1/traffic`)).json()) as TrafficStatus;
    await eventually(async () => expect((await traffic()).behind_ms).toBeGreaterThan(300));
    expect(await traffic()).toMatchObject({ state: 'waiting', acceptedTotal: 0 });
    await redis.del(KEY);
    await eventually(async () => expect(await traffic()).toMatchObject({ state: 'running', acceptedTotal: expect.any(Number) }));
    await eventually(async () => expect((await streamedEvents(redisUrl)).length).toBeGreaterThan(100));
  });
});

describe('what the consumers report', () => {
  beforeEach(async () => connect(await freshRedis()));
  afterEach(async () => {
    clearInterval(reporting);
    await producer.close();
    await redis.quit();
  });

  let reporting: NodeJS.Timeout;
  /** Partition 1 is reported ten times a second, until the next call. */
  const report = (state: string, timeLagMs: number): void => {
    clearInterval(reporting);
    const partition = { partition: 1, state, timeLagMs, entryLag: 0, pending: 0, lastId: '0-0' };
    const quantiles = { p50: 0, p95: 0, p99: 0 };
    const status: ConsumerStatus = {
      stage: 'stream-consumer',
      instance: 'spec',
      at: Date.now(),
      startedAt: Date.now(),
      storedTotal: 0,
      storedRate: 0,
      deadTotal: 0,
      skippedTotal: 0,
      batchMs: quantiles,
      freshnessMs: quantiles,
      durability: 'strict',
      inFlight: {},
      partitions: [partition],
    };
    reporting = setInterval(() => void redis.publish(STATUS_CHANNEL, JSON.stringify(status)), 100);
  };

  it('closes the gate, and opens it', async () => {
    producer = await runProducer(redisUrl);
    report('handling', 90_000);
    await isAnswered(429);
    report('reading', 0);
    await isAnswered(200);
  });

  it('counts more than an entry that an outsider keeps from being acknowledged, until no owner has read for five seconds', async () => {
    await addOldEntry();
    await redis.xgroup('CREATE', KEY, CONSUMER_GROUP, '0');
    await redis.xreadgroup('GROUP', CONSUMER_GROUP, 'outsider', 'STREAMS', KEY, '>');
    producer = await runProducer(redisUrl);
    report('reading', 0);
    await isAnswered(200);
    report('paused', 0);
    await isAnswered(429);
  });
});

describe('while Redis is nearly full', () => {
  let services: PrivateServices;
  const MAX_MB = 32;
  beforeAll(async () => {
    services = await startPrivateServices({ postgres: false, redisSettings: { maxmemory: `${MAX_MB}mb` } });
    await connect((services.redis as NonNullable<typeof services.redis>).url);
  });
  afterEach(async () => {
    await producer.close();
    await redis.del('ballast');
  });
  afterAll(async () => {
    await redis.quit();
    await services.stop();
  });

  it('events are refused with 429 before it is full, and taken in again when there is room', async () => {
    for (let n = 0; n < MAX_MB - 3; n++) await redis.hset('ballast', String(n), Buffer.alloc(1_000_000));
    producer = await runProducer(redisUrl);
    const response = await producer.send(custom);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    const message = [expect.stringMatching(/^Redis uses 9\d % of its memory; at most 90 % .*ADMIT_MAX_MEMORY/)];
    expect(await response.json()).toMatchObject({ message });
    await redis.del('ballast');
    await isAnswered(200);
  });

  it('a full one is a 503 with a time to come back; nothing that was accepted is lost, and the rest can be sent again', async () => {
    producer = await runProducer(redisUrl, { ADMIT_MAX_MEMORY: '5' });
    const before = (await (await producer.send(custom)).json()) as CollectorAnswer;
    // Redis asks before a command whether it is full, so one of few bytes may take it far beyond.
    await redis.setrange('ballast', 2 * MAX_MB * 1_000_000, 'x');
    const response = await producer.send([custom, custom]);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    const refused = (await response.json()) as CollectorAnswer;
    const failed = { status: 'failed', event_id: expect.any(String), reason: 'redis is out of memory' };
    expect(refused).toMatchObject({ accepted: 0, failed: 2, results: [failed, failed] });
    await redis.del('ballast');
    const ids = [...before.results, ...refused.results].flatMap((result) => (result.status === 'rejected' ? [] : [result.event_id]));
    const again = refused.results.map((_, index) => ({ ...custom, event_id: ids[index + 1] }));
    expect((await producer.send(again)).status).toBe(200);
    const streamed = (await streamedEvents(redisUrl)).map(({ event_id }) => event_id);
    expect(streamed.filter((id) => ids.includes(id))).toEqual(ids);
  });
});
