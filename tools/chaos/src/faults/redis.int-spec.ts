import { CONSUMER_GROUP, DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import { eventually } from '@analytics/testing';
import { MatrixSystem } from './matrix.fixture.js';

const HOUR_MS = 3_600_000;

describe('when Redis or the way to it fails,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start();
  });
  afterAll(() => matrix.stop());

  const streams = (): string[] => Array.from({ length: DEFAULT_PARTITIONS }, (_, partition) => `${STREAM}:{${partition}}`);

  it('#8 it is killed -9 under load: nothing acknowledged is lost, and everybody resumes by himself', async () => {
    const { redis } = matrix.system.services;
    await matrix.underLoad(async () => {
      for (let time = 0; time < 3; time++) {
        await matrix.moreAcknowledged(500);
        await redis.kill();
        await redis.start();
      }
      await matrix.moreAcknowledged(500);
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#9 its settings are not safe: producer and consumer do not start, and name the setting, its value and the one wanted', async () => {
    const { redis, producer, consumers } = matrix.system;
    await redis.config('SET', 'appendfsync', 'everysec');
    for (const service of [producer, consumers[0]!]) {
      await service.stop();
      const before = service.ends.length;
      service.start({ DURABILITY: 'strict' });
      await matrix.untilEnded(service, before);
      expect(service.ends[before]).toEqual({ code: 1, signal: null });
      expect(service.output).toMatch(/appendfsync.*everysec.*always/s);
    }
    await redis.config('SET', 'appendfsync', 'always');
    expect(await matrix.faults()).toEqual([]);
  });

  it('#12 its clock is an hour back: new entries come after the old ones, and none is skipped', async () => {
    // What Redis does when its clock is behind the last id: it counts on from that id. So the id is moved instead of the clock.
    for (const stream of streams()) await matrix.system.redis.call('XSETID', stream, `${Date.now() + HOUR_MS}-0`);
    await matrix.send(2_000);
    await Promise.all(matrix.system.consumers.map((consumer) => consumer.kill()));
    await matrix.send(2_000);
    expect(await matrix.faults()).toEqual([]);
  });

  it('#21 its connections are open and dead: the watchdogs make new ones', async () => {
    const { producerRedis, consumerRedis } = matrix.system.relays;
    await matrix.underLoad(async () => {
      await matrix.moreAcknowledged(500);
      consumerRedis.cutCables();
      await matrix.moreAcknowledged(500);
      producerRedis.cutCables();
      await matrix.moreAcknowledged(500);
      consumerRedis.loseAnswers();
      await matrix.moreAcknowledged(500);
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#22 the answer to a read is lost: it is read again', async () => {
    await matrix.underLoad(async () => {
      for (let time = 0; time < 5; time++) await matrix.system.relays.consumerRedis.loseAnswerTo('xreadgroup').happened;
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#27 the group is destroyed and moved by an outsider: the offset in PostgreSQL is the truth', async () => {
    const { redis } = matrix.system;
    await matrix.underLoad(async () => {
      for (const stream of streams()) {
        await redis.xgroup('DESTROY', stream, CONSUMER_GROUP);
        await matrix.moreAcknowledged(200);
        await eventually(() => redis.xgroup('SETID', stream, CONSUMER_GROUP, '$'));
        await matrix.moreAcknowledged(200);
        await redis.xgroup('SETID', stream, CONSUMER_GROUP, '0');
        await matrix.moreAcknowledged(200);
      }
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#28 it is out of memory: events are refused, none that was acknowledged is lost, and it goes on when there is room', async () => {
    const { redis } = matrix.system;
    await matrix.underLoad(async () => {
      await matrix.moreAcknowledged(500);
      await redis.config('SET', 'maxmemory', '1mb');
      const refused = await eventually(async () => {
        const result = await matrix.newSender().sendOnce(10);
        expect(result.left).toHaveLength(10);
        return result;
      });
      expect([429, 503]).toContain(refused.status);
      expect(Number(refused.headers?.get('retry-after'))).toBeGreaterThan(0);
      await redis.config('SET', 'maxmemory', '0');
      await matrix.moreAcknowledged(500);
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#29 it rewrites its file and saves while events come in, and is killed in the middle: nothing is lost', async () => {
    const { redis, services } = matrix.system;
    await matrix.underLoad(async () => {
      await redis.bgrewriteaof();
      await matrix.moreAcknowledged(500);
      await eventually(() => redis.bgsave());
      await matrix.moreAcknowledged(500);
      await eventually(() => redis.bgrewriteaof());
      await services.redis.kill();
      await services.redis.start();
      await matrix.moreAcknowledged(500);
    });
    expect(await matrix.faults()).toEqual([]);
  });
});
