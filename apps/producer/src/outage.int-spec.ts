import type { IngestedEvent } from '@analytics/events';
import { eventually, startPrivateServices, type PrivateServices } from '@analytics/testing';
import type { CollectorAnswer } from './collector/event.collector.js';
import { allowKey, runProducer, streamedEvents, type RunningProducer } from './testing/running-producer.js';
import type { TrafficStatus } from './traffic/traffic.source.js';

const custom = (user: string) => ({ event_type: 'signed_up', user_id: user, properties: {} });

describe('while Redis is dead', () => {
  let services: PrivateServices;
  let redis: NonNullable<PrivateServices['redis']>;
  let producer: RunningProducer;

  beforeAll(async () => {
    services = await startPrivateServices({ postgres: false });
    redis = services.redis as typeof redis;
    await allowKey(redis.url);
    const traffic = { TRAFFIC: 'on', EVENTS_PER_SECOND: '200', DAY_CURVE: 'false' };
    producer = await runProducer(redis.url, { PUBLISH_TIMEOUT_MS: '300', ...traffic });
  });
  afterAll(async () => {
    await producer.close();
    await services.stop();
  });

  const status = async (): Promise<TrafficStatus> => (await (await fetch(`${producer.url}/v1/traffic`)).json()) as TrafficStatus;

  const streamed = async (project: string): Promise<IngestedEvent[]> =>
    (await streamedEvents(redis.url)).filter(({ project_id }) => project_id === project);

  it('nothing is claimed, events may be sent again with their ids, and all goes on when it is back', async () => {
    expect((await producer.send(custom('before'))).status).toBe(200);
    await redis.kill();

    const refused = await producer.send([custom('during'), 'no event']);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    const answer = (await refused.json()) as CollectorAnswer;
    expect(answer).toMatchObject({ accepted: 0, rejected: 1, failed: 1 });
    const failed = { status: 'failed', event_id: expect.any(String), reason: expect.any(String) };
    expect(answer.results).toMatchObject([failed, { status: 'rejected' }]);
    const unknown = await producer.send(custom('x'), { authorization: 'Bearer wk_never_seen' });
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await fetch(`${producer.url}/ready`)).status).toBe(503);
    expect((await fetch(`${producer.url}/health`)).status).toBe(200);

    await redis.start();
    await eventually(async () => expect((await producer.send(custom('after'))).status).toBe(200));
    await eventually(async () => expect((await status()).behind_ms).toBeLessThan(1000));
    await fetch(`${producer.url}/v1/traffic`, { method: 'PATCH', body: '{"paused":true}' });
    await eventually(async () => {
      const ids = (await streamed('demo')).map(({ event_id }) => event_id);
      expect(new Set(ids).size).toBe((await status()).acceptedTotal);
    });
    const users = (await streamed('shop')).map(({ user_id }) => user_id);
    expect(new Set(users)).toEqual(new Set(['before', 'after']));
  });
});
