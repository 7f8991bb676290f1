import { eventually, freshRedis } from '@analytics/testing';
import { Redis } from 'ioredis';
import { NoticePublisher, NoticeSubscriber } from './index.js';

interface Notice {
  n: number;
}

function parse(json: unknown): Notice {
  if (typeof json !== 'object' || json === null || !('n' in json) || typeof json.n !== 'number') throw new Error('no notice');
  return { n: json.n };
}

describe('notices', () => {
  let redis: Redis;
  let publisher: NoticePublisher;
  let subscriber: NoticeSubscriber;
  let heard: Notice[];

  beforeEach(async () => {
    const url = await freshRedis();
    redis = new Redis(url);
    publisher = new NoticePublisher(url);
    subscriber = new NoticeSubscriber(url);
    heard = [];
  });
  afterEach(async () => {
    await publisher.close();
    await subscriber.close();
    redis.disconnect();
  });

  it('reach whoever listens on the channel', async () => {
    await subscriber.subscribe('a', parse, (notice) => heard.push(notice));
    expect(await Promise.all([publisher.publish('a', { n: 1 }), publisher.publish('b', { n: 2 })])).toEqual([true, true]);
    await eventually(() => expect(heard).toEqual([{ n: 1 }]));
  });

  it('that are invalid are dropped and counted, and do not stop the others', async () => {
    await subscriber.subscribe('a', parse, (notice) => heard.push(notice));
    await redis.publish('a', 'no json');
    await publisher.publish('a', { m: 1 });
    await publisher.publish('a', { n: 2 });
    await eventually(() => expect(heard).toEqual([{ n: 2 }]));
    expect(subscriber.dropped).toBe(2);
  });

  it('are heard again after the connections were lost', async () => {
    await subscriber.subscribe('a', parse, (notice) => heard.push(notice));
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(async () => {
      await publisher.publish('a', { n: 1 });
      expect(heard).not.toEqual([]);
    });
  });

  it('are not heard after the subscription has ended', async () => {
    const end = await subscriber.subscribe('a', parse, (notice) => heard.push(notice));
    await end();
    expect(await redis.pubsub('NUMSUB', 'a')).toEqual(['a', 0]);
  });

  it('are lost without an error when Redis is away', async () => {
    const away = new NoticePublisher('redis://127.0.0.1:1');
    expect(await away.publish('a', { n: 1 })).toBe(false);
    await away.close();
  });
});
