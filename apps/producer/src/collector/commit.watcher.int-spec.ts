import { COMMIT_CHANNEL, DEFAULT_PARTITIONS, partitionKey, STREAM, type CommitNotice } from '@analytics/events';
import { partitionOf, streamKey } from '@analytics/redis-streams';
import { eventually, freshRedis } from '@analytics/testing';
import { Redis } from 'ioredis';
import { allowKey, runProducer, sendEvents, streamedEvents, type RunningProducer } from '../testing/running-producer.js';
import type { CollectorAnswer } from './event.collector.js';

const custom = (user: string) => ({ event_type: 'signed_up', user_id: user, properties: {} });
const partitionOfUser = (user: string): number => partitionOf(partitionKey({ project_id: 'shop', user_id: user }), DEFAULT_PARTITIONS);
const ADA = partitionOfUser('ada');
const ELSEWHERE = 'bcdefghij'.split('').find((user) => partitionOfUser(user) !== ADA) as string;
const LATEST = '9999999999999-0';

let redisUrl: string;
let redis: Redis;
let producer: RunningProducer;

beforeEach(async () => {
  redisUrl = await freshRedis();
  redis = new Redis(redisUrl);
  await allowKey(redisUrl);
});
afterEach(async () => {
  await producer.close();
  await redis.quit();
});

/** @returns how many connections hear it: that of admission, and the watcher's once it listens. */
const commit = (partition: number, lastId: string): Promise<number> => {
  const notice: CommitNotice = { partition, lastId, committedAt: Date.now(), projects: [] };
  return redis.publish(COMMIT_CHANNEL, JSON.stringify(notice));
};
const lastIdOf = async (partition: number): Promise<string> => {
  const [entry] = await redis.xrevrange(streamKey(STREAM, partition), '+', '-', 'COUNT', 1);
  return entry?.[0] as string;
};

/** A request that waits for the commit of its events, and whether it was answered. */
function ask(body: unknown): { answer: Promise<CollectorAnswer>; answered: () => boolean } {
  let answered = false;
  const answer = sendEvents(producer.url, body, {}, '?ack=stored').then((response) => {
    answered = true;
    expect(response.status).toBe(200);
    return response.json() as Promise<CollectorAnswer>;
  });
  return { answer, answered: () => answered };
}
const areStreamed = (count: number): Promise<void> => eventually(async () => expect(await streamedEvents(redisUrl)).toHaveLength(count));

describe('ack=stored', () => {
  it('is answered when the consumer has committed the event, not before', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '30000' });
    const { answer, answered } = ask([custom('ada'), 'no event']);
    await areStreamed(1);
    const entryId = await lastIdOf(ADA);
    await commit(ADA, `${Number(entryId.split('-')[0]) - 1}-99`);
    await commit(partitionOfUser(ELSEWHERE), LATEST);
    // A wrong answer would have arrived by then.
    for (let n = 0; n < 5; n++) await fetch(`${producer.url}/health`);
    expect(answered()).toBe(false);
    await commit(ADA, entryId);
    expect(await answer).toMatchObject({ accepted: 1, stored: 1, rejected: 1, results: [{ status: 'stored' }, { status: 'rejected' }] });
  });

  it('hears of a commit that is told before Redis has answered for the event', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '30000', PUBLISH_LINGER_MS: '500' });
    const { answer } = ask(custom('ada'));
    await eventually(async () => expect(await commit(ADA, LATEST)).toBe(2));
    expect(await streamedEvents(redisUrl)).toEqual([]);
    expect(await answer).toMatchObject({ stored: 1 });
  });

  it('says which are stored and which are only accepted when the time is over', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '500' });
    const { answer } = ask([custom('ada'), custom(ELSEWHERE)]);
    await areStreamed(2);
    await commit(ADA, await lastIdOf(ADA));
    await commit(ADA, '0-0');
    expect(await answer).toMatchObject({ accepted: 2, stored: 1, results: [{ status: 'stored' }, { status: 'accepted' }] });
  });

  it('takes no commit of earlier times for one of this event', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '50' });
    await ask(custom('ada')).answer;
    expect(await commit(ADA, LATEST)).toBe(2);
    expect(await ask(custom('ada')).answer).toMatchObject({ accepted: 1, stored: 0, results: [{ status: 'accepted' }] });
  });

  it('does not hold up the end of the service', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '30000' });
    const { answer } = ask(custom('ada'));
    await areStreamed(1);
    await producer.close();
    expect(await answer).toMatchObject({ accepted: 1, stored: 0 });
  });

  it('is not waited for by more than 10,000 events at a time; the others are accepted at once', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '30000' });
    const thousand = Array.from({ length: 1000 }, () => custom('ada'));
    const waiting = Array.from({ length: 10 }, () => ask(thousand));
    await areStreamed(10_000);
    expect(await ask(custom('ada')).answer).toMatchObject({ accepted: 1, stored: 0 });
    expect(waiting.filter(({ answered }) => answered())).toEqual([]);
    await commit(ADA, LATEST);
    const stored = (await Promise.all(waiting.map(({ answer }) => answer))).map((answer) => answer.stored);
    expect(stored).toEqual(new Array(10).fill(1000));
  });

  it('costs no time and says nothing of storing unless it is asked for', async () => {
    producer = await runProducer(redisUrl, { ACK_TIMEOUT_MS: '30000' });
    for (const query of ['', '?ack=accepted']) {
      const answer = (await (await sendEvents(producer.url, custom('ada'), {}, query)).json()) as CollectorAnswer;
      expect(answer).not.toHaveProperty('stored');
      expect(answer.results).toMatchObject([{ status: 'accepted' }]);
    }
  });
});

it.each(['?ack=later', '?ack=', '?ack=stored&ack=stored'])('%s is refused, and nothing is taken', async (query) => {
  producer = await runProducer(redisUrl);
  const response = await sendEvents(producer.url, custom('ada'), {}, query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ message: [expect.stringMatching(/^ack is .*; expected stored or accepted/)] });
  expect(await streamedEvents(redisUrl)).toEqual([]);
});
