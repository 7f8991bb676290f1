import { DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import { startPrivateServices } from '@analytics/services';
import { eventually } from '@analytics/testing';
import { Redis } from 'ioredis';
import { readLedger, residueOf } from '../ledger.js';
import { untilQuiet } from '../settlement.js';
import { RedisFiles } from '../system/redis-files.js';
import type { ServiceProcess } from '../system/service-process.js';
import { MatrixSystem } from './matrix.fixture.js';

/** What Redis forgets it forgets with its counters: how much was accepted cannot be asked of it afterwards. */
const COUNTERS_LOST = { ledger: false };

describe('when Redis loses what it had acknowledged,', () => {
  let matrix: MatrixSystem;
  let alarms: number;
  beforeAll(async () => {
    matrix = await MatrixSystem.start({ consumers: 1 });
  });
  beforeEach(async () => {
    await matrix.send(1_000);
    await untilQuiet(matrix.system);
    alarms = alarmsTold();
  });
  afterAll(() => matrix.stop());

  const alarmsTold = (what = /rewound|missing/): number =>
    matrix.system.consumers[0]!.output.split('\n').filter((line) => what.test(line)).length;

  it('#10 a tail that was committed: what comes after it is stored once, and the rewound stream is told of', async () => {
    const { redis, services } = matrix.system;
    const files = await RedisFiles.of(redis);
    files.keep();
    await matrix.send(1_000);
    await untilQuiet(matrix.system);
    await services.redis.kill();
    files.restore();
    await services.redis.start();
    // Whoever appends before the guard has looked is recognised by sequence; the guard itself is seen when nobody does.
    await eventually(() => expect(alarmsTold(/rewound/)).toBeGreaterThan(alarms));
    await matrix.send(1_000);
    expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
  });

  it('#11 everything: the group is made again, nothing new is skipped, and it is told of', async () => {
    const { redis, services } = matrix.system;
    const files = await RedisFiles.of(redis);
    await services.redis.kill();
    files.remove();
    await services.redis.start();
    await eventually(() => expect(alarmsTold(/rewound/)).toBeGreaterThan(alarms));
    await matrix.send(1_000);
    expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
  });

  it('#30 the tail of its file, at the start: it starts, the rest is stored, and the gap is told of', async () => {
    const { redis, services, consumers } = matrix.system;
    const files = await RedisFiles.of(redis);
    await consumers[0]!.stop();
    const doomed = await matrix.sendDoomedPack();
    await services.redis.kill();
    files.cutTail(100);
    await services.redis.start();
    consumers[0]!.start();
    await matrix.send(1_000);
    expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
    expect(await matrix.storedOf(doomed)).toBe(0);
    expect(alarmsTold()).toBeGreaterThan(alarms);
  });

  it('#31 because a replica takes over without the last writes: those alone are lost, and the gap is told of', async () => {
    const { redis, services, consumers, relays } = matrix.system;
    const replica = await startPrivateServices({ postgres: false, redis: true, log: () => undefined });
    const there = new Redis(replica.redis.url);
    try {
      await there.replicaof('127.0.0.1', services.redis.port);
      await eventually(async () => expect(await there.info('replication')).toMatch(/master_link_status:up/), { timeoutMs: 20_000 });
      await matrix.send(1_000);
      await untilQuiet(matrix.system);
      await eventually(async () => expect(await there.info('replication')).toMatch(/master_sync_in_progress:0/));
      await there.replicaof('NO', 'ONE');
      await consumers[0]!.stop();
      const doomed = await matrix.sendDoomedPack();
      await services.redis.kill();
      for (const relay of [relays.producerRedis, relays.consumerRedis]) relay.retarget(replica.redis.url);
      await services.redis.start();
      // The old one follows, so that whoever still reads there sees the same.
      await redis.replicaof('127.0.0.1', replica.redis.port);
      consumers[0]!.start();
      await matrix.send(1_000);
      expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
      expect(await matrix.storedOf(doomed)).toBe(0);
      expect(alarmsTold()).toBeGreaterThan(alarms);
    } finally {
      there.disconnect();
      await redis.replicaof('NO', 'ONE');
      for (const relay of [relays.producerRedis, relays.consumerRedis]) relay.retarget(services.redis.url);
      await replica.stop();
    }
  });
});

describe('when an outsider removes what is not stored yet,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start({ consumers: 1 });
    await matrix.send(1_000);
  });
  afterAll(() => matrix.stop());

  it.each([
    ['trims the streams', (redis: Redis, stream: string) => redis.xtrim(stream, 'MAXLEN', 0)],
    ['deletes the streams', (redis: Redis, stream: string) => redis.del(stream)],
  ])('#26 and %s: the gap is told of, the ledger shows how many are missing, and nothing hangs', async (_what, remove) => {
    const { redis, consumers } = matrix.system;
    const [consumer] = consumers as [ServiceProcess];
    expect(await matrix.faults({ ledger: false })).toEqual([]);
    // Accepted counts are copied once a second: below 0 they are still on their way.
    const before = await eventually(async () => {
      const residue = residueOf(await readLedger(matrix.system));
      expect(residue).toBeGreaterThanOrEqual(0);
      return residue;
    });
    const alarms = consumer.output.split('missing').length;
    await consumer.stop();
    const doomed = await matrix.sendDoomedPack();
    for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) await remove(redis, `${STREAM}:{${partition}}`);
    consumer.start();
    await matrix.send(1_000);
    expect(await matrix.faults({ ledger: false })).toEqual([]);
    expect(await matrix.storedOf(doomed)).toBe(0);
    await eventually(async () => expect(residueOf(await readLedger(matrix.system)) - before).toBe(300));
    expect(consumer.output.split('missing').length).toBeGreaterThan(alarms);
  });
});
