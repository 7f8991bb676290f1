import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_PARTITIONS,
  parseIngestedEvent,
  producerStatusSchema,
  STATUS_CHANNEL,
  STREAM,
  tallyKeyOf,
  type ProducerStatus,
} from '@analytics/events';
import { NoticeSubscriber, streamKey } from '@analytics/redis-streams';
import { ConfigError } from '@analytics/service-runtime';
import { eventually, freePort, freshRedis } from '@analytics/testing';
import { allowKey, runProducer, streamedEvents, withRedis, WRITE_KEY, type RunningProducer } from './testing/running-producer.js';

const custom = { event_type: 'signed_up', user_id: 'ada', properties: {} };

let redisUrl: string;
beforeEach(async () => {
  redisUrl = await freshRedis();
  await allowKey(redisUrl);
});

/** Runs a producer for the length of one test. */
async function withProducer(env: Record<string, string>, use: (producer: RunningProducer) => Promise<void>): Promise<void> {
  const producer = await runProducer(redisUrl, env);
  try {
    await use(producer);
  } finally {
    await producer.close();
  }
}

const getJson = async (url: string): Promise<unknown> => (await fetch(url)).json();

describe('the service', () => {
  it('is ready when Redis keeps what it accepts', () =>
    withProducer({}, async ({ url }) => {
      expect(await getJson(`${url}/ready`)).toMatchObject({ status: 'ok', info: { redis: { status: 'up', durability: 'strict' } } });
      expect(await getJson(`${url}/health`)).toMatchObject({ status: 'ok' });
    }));

  it('counts events by source and outcome', () =>
    withProducer({}, async ({ url, send }) => {
      await send([custom, custom, { ...custom, user_id: '' }]);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('analytics_events_total{source="collector",outcome="accepted"} 2\n');
      expect(metrics).toContain('analytics_events_total{source="collector",outcome="rejected"} 1\n');
      expect(metrics).toContain('analytics_publish_seconds_count 1\n');
      expect(metrics).toContain('analytics_events_in_flight 0\n');
    }));

  // The usual spelling has a shorter way, past the framework: the answers must be the same.
  it.each(['/v1/events', '/v1/events/', '/V1/Events?ack=accepted'])('takes events at %s', (path) =>
    withProducer({}, async ({ url }) => {
      const post = (authorization: string) => fetch(url + path, { method: 'POST', headers: { authorization }, body: JSON.stringify(custom) });
      const answer = await post(`Bearer ${WRITE_KEY}`);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 0 });
      const refusal = await post('Bearer wrong');
      expect([refusal.status, refusal.headers.get('www-authenticate'), refusal.headers.get('access-control-expose-headers')]).toEqual([401, 'Bearer', 'retry-after']);
      expect((await fetch(url + path)).status).toBe(405);
    }),
  );

  it('counts what Redis has accepted, by project and minute, in Redis itself', () =>
    withProducer({}, async ({ send }) => {
      await send([...Array.from({ length: 20 }, (_, n) => ({ ...custom, user_id: `user_${n}` })), 'no event']);
      const expected = new Map<string, number>();
      for (const event of await streamedEvents(redisUrl)) expected.set(tallyKeyOf(event), (expected.get(tallyKeyOf(event)) ?? 0) + 1);
      const counted = new Map<string, number>();
      for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) {
        const accepted = await withRedis(redisUrl, (redis) => redis.hgetall(`${streamKey(STREAM, partition)}:accepted`));
        for (const [key, count] of Object.entries(accepted)) counted.set(key, (counted.get(key) ?? 0) + Number(count));
      }
      expect([...counted.values()].reduce((sum, count) => sum + count, 0)).toBe(20);
      expect(counted).toEqual(expected);
    }));

  it('reports its state to whoever listens', async () => {
    const reports: ProducerStatus[] = [];
    const subscriber = new NoticeSubscriber(redisUrl);
    await subscriber.subscribe(STATUS_CHANNEL, (json) => producerStatusSchema.parse(json), (report) => reports.push(report));
    await withProducer({}, async ({ send }) => {
      await send([custom, 'no event']);
      await eventually(() => expect(reports.at(-1)).toMatchObject({ stage: 'producer', acceptedTotal: 1, rejectedTotal: 1, inFlight: 0 }));
      expect(reports.at(-1)?.sources).toMatchObject([
        { name: 'collector', acceptedTotal: 1, state: 'listening' },
        { name: 'traffic', acceptedTotal: 0, state: 'paused' },
      ]);
    });
    await subscriber.close();
    expect(subscriber.dropped).toBe(0);
  });

  it('serves the tracker to pages of any origin, and says so when it is not built', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tracker-'));
    const file = join(folder, 'tracker.js');
    await withProducer({ TRACKER_FILE: file }, async ({ url }) => {
      expect((await fetch(`${url}/tracker.js`)).status).toBe(503);
      await writeFile(file, 'void 0;');
      const response = await fetch(`${url}/tracker.js`);
      expect(await response.text()).toBe('void 0;');
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': expect.stringMatching(/^(text|application)\/javascript/),
        'cache-control': 'public, max-age=3600',
        'cross-origin-resource-policy': 'cross-origin',
        'access-control-allow-origin': '*',
      });
    });
    await rm(folder, { recursive: true });
  });

  it.each(['/', '/.env', '/v1/events/1', '/v1', '/%', '/v1/events/..%2ftraffic'])('answers %s with a 404 in the usual shape', (path) =>
    withProducer({}, async ({ url }) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ statusCode: 404, error: 'Not Found', message: [expect.any(String)] });
    }),
  );
});

describe('a Redis that may lose what it accepted', () => {
  const unsafe = () => withRedis(redisUrl, (redis) => redis.config('SET', 'appendfsync', 'everysec'));
  afterEach(() => withRedis(redisUrl, (redis) => redis.config('SET', 'appendfsync', 'always')));

  it('is refused at the start, with the setting, its value and the wanted one', async () => {
    await unsafe();
    const start = runProducer(redisUrl);
    await expect(start).rejects.toThrow(ConfigError);
    await expect(start).rejects.toThrow(/DURABILITY=relaxed[^]*appendfsync is everysec; expected always/);
  });

  it('is used when the operator says so, and readiness shows it', async () => {
    await unsafe();
    await withProducer({ DURABILITY: 'relaxed' }, async ({ url }) => {
      const info = { redis: { status: 'up', durability: 'relaxed', faults: [expect.stringContaining('appendfsync')] } };
      expect(await getJson(`${url}/ready`)).toMatchObject({ info });
    });
  });

  it('makes a running service unready', () =>
    withProducer({}, async ({ url }) => {
      await unsafe();
      const response = await fetch(`${url}/ready`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ error: { redis: { reason: expect.stringContaining('appendfsync is everysec') } } });
    }));
});

it('a Redis that does not answer is one sentence at the start', async () => {
  const url = `redis://someone:secret@127.0.0.1:${await freePort()}`;
  const start = runProducer(url);
  await expect(start).rejects.toThrow(/^Redis at redis:\/\/\*\*\*@127\.0\.0\.1:\d+ does not answer \(connect ECONNREFUSED .*\); .*$/);
});

describe('the synthetic traffic', () => {
  const running = { TRAFFIC: 'on', TRAFFIC_PROJECT: 'shop', TRAFFIC_SEED: '42', EVENTS_PER_SECOND: '500', DAY_CURVE: 'false' };
  const change = (url: string, body: unknown): Promise<Response> =>
    fetch(`${url}/v1/traffic`, { method: 'PATCH', body: typeof body === 'string' ? body : JSON.stringify(body) });

  it('runs from the start when it is on, and all that it counts is in the stream', async () => {
    const producer = await runProducer(redisUrl, running);
    await eventually(async () => expect((await streamedEvents(redisUrl)).length).toBeGreaterThan(200));
    await change(producer.url, { paused: true });
    await eventually(async () => {
      const { acceptedTotal } = (await getJson(`${producer.url}/v1/traffic`)) as { acceptedTotal: number };
      expect(await streamedEvents(redisUrl)).toHaveLength(acceptedTotal);
    });
    await producer.close();
    const events = await streamedEvents(redisUrl);
    expect(events.filter((event) => !parseIngestedEvent(event).ok)).toEqual([]);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });

  it('can be changed while it runs', () =>
    withProducer({}, async ({ url }) => {
      expect(await getJson(`${url}/v1/traffic`)).toMatchObject({ state: 'paused', eventsPerSecond: 28 });
      const response = await change(url, { paused: false, eventsPerSecond: 1000, burst: { multiplier: 3 }, burstNow: true });
      expect(response.status).toBe(200);
      const burst = { multiplier: 3, everyMs: 300_000, durationMs: 30_000 };
      expect(await response.json()).toMatchObject({ state: 'running', eventsPerSecond: 1000, bursting: true, burst });
      await eventually(async () => expect((await streamedEvents(redisUrl)).length).toBeGreaterThan(100));
    }));

  it.each([
    ['{', /^the body is not valid JSON/],
    [[], /object/],
    [{ eventsPerSecond: -1 }, /^eventsPerSecond: .*>=0/],
    [{ eventsPerSecond: '5' }, /^eventsPerSecond: .*number/],
    [{ eventsPerSecond: 1e9 }, /^eventsPerSecond: .*<=1000000/],
    [{ paused: 'yes' }, /^paused: .*boolean/],
    [{ burst: { everyMs: 0 } }, /^burst\.everyMs: /],
    [{ burst: { everyMs: 2000, durationMs: 3000 } }, /^burst\.durationMs is 3000; expected at most burst\.everyMs \(2000\)/],
    [{ burstNow: false }, /^burstNow: /],
    [{ rate: 5 }, /rate/],
    ['x'.repeat(5000), /larger than 4096 bytes/],
  ])('refuses %j, names the field, and stays as it is', (body, message) =>
    withProducer({}, async ({ url }) => {
      const before = await getJson(`${url}/v1/traffic`);
      const response = await change(url, body);
      expect([400, 413]).toContain(response.status);
      expect(await response.json()).toMatchObject({ message: [expect.stringMatching(message)] });
      expect(await getJson(`${url}/v1/traffic`)).toEqual(before);
    }),
  );
});
