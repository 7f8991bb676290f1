import { DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import { startPrivateServices } from '@analytics/services';
import { eventually } from '@analytics/testing';
import { Redis } from 'ioredis';
import { KnownEvents } from '../known-events.js';
import { readLedger, residueOf } from '../ledger.js';
import { untilQuiet } from '../settlement.js';
import { RedisFiles } from '../system/redis-files.js';
import { MatrixSystem } from './matrix.fixture.js';

/** What Redis forgets it forgets with its counters: how much was accepted cannot be asked of it afterwards. */
const COUNTERS_LOST = { ledger: false };

describe('when Redis loses what it had acknowledged,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start({ consumers: 1 });
  });
  beforeEach(async () => {
    await matrix.send(1_000);
    await untilQuiet(matrix.system);
  });
  afterAll(() => matrix.stop());

  /** Sends one pack that the consumer does not get to see, and that no check expects to be stored. */
  async function sendDoomedPack(): Promise<KnownEvents> {
    const doomed = new KnownEvents();
    const { status } = await matrix.newSender(doomed).sendOnce(300, 'one_user');
    expect([status, doomed.acknowledgedTotal]).toEqual([200, 300]);
    return doomed;
  }

  async function storedOf({ run }: KnownEvents): Promise<number> {
    const { rows } = await matrix.system.database.query<{ n: number }>(`SELECT count(*) AS n FROM events WHERE properties ->> 'run' = $1`, [run]);
    return rows[0]!.n;
  }

  const toldOf = (what: RegExp): number => matrix.system.consumers[0]!.output.split('\n').filter((line) => what.test(line)).length;

  it('#10 a tail that was committed: what comes after it is stored once, and the rewound stream is told of', async () => {
    const { redis, services, consumers } = matrix.system;
    const files = await RedisFiles.of(redis);
    files.keep();
    await matrix.send(1_000);
    await untilQuiet(matrix.system);
    await services.redis.kill();
    files.restore();
    await services.redis.start();
    // Whoever appends before the guard has looked is recognised by sequence; the guard itself is seen when nobody does.
    await eventually(() => expect(toldOf(/rewound/)).toBeGreaterThan(told));
    await matrix.send(1_000);
    expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
  });

  it('#11 everything: the group is made again, nothing new is skipped, and it is told of', async () => {
    const { redis, services, consumers } = matrix.system;
    const files = await RedisFiles.of(redis);
    await services.redis.kill();
    files.remove();
    await services.redis.start();
    await eventually(() => expect(toldOf(/rewound/)).toBeGreaterThan(told));
    await matrix.send(1_000);
    expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
  });

  it('#26 because an outsider deletes the streams: the ledger shows how many are missing, and nothing hangs', async () => {
    const { redis, consumers } = matrix.system;
    await consumers[0]!.stop();
    const doomed = await sendDoomedPack();
    for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) await redis.del(`${STREAM}:{${partition}}`);
    consumers[0]!.start();
    await matrix.send(1_000);
    expect(await matrix.faults({ ledger: false })).toEqual([]);
    expect(await storedOf(doomed)).toBe(0);
    await eventually(async () => expect(residueOf(await readLedger(matrix.system))).toBe(300));
  });

  it('#26 because an outsider trims the streams: the missing pack is counted when the next one comes', async () => {
    const { redis, consumers } = matrix.system;
    await consumers[0]!.stop();
    const doomed = await sendDoomedPack();
    for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) await redis.xtrim(`${STREAM}:{${partition}}`, 'MAXLEN', 0);
    consumers[0]!.start();
    await matrix.send(1_000);
    expect(await matrix.faults({ ledger: false })).toEqual([]);
    expect(await storedOf(doomed)).toBe(0);
    expect(toldOf(/missing/)).toBeGreaterThan(told);
  });

  it('#30 the tail of its file, at the start: it starts, the rest is stored, and the gap is told of', async () => {
    const { redis, services, consumers } = matrix.system;
    const files = await RedisFiles.of(redis);
    await consumers[0]!.stop();
    const doomed = await sendDoomedPack();
    await services.redis.kill();
    files.cutTail(100);
    await services.redis.start();
    consumers[0]!.start();
    await matrix.send(1_000);
    expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
    expect(await storedOf(doomed)).toBe(0);
    expect(toldOf(/missing/)).toBeGreaterThan(told);
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
      const doomed = await sendDoomedPack();
      await services.redis.kill();
      for (const relay of [relays.producerRedis, relays.consumerRedis]) relay.retarget(replica.redis.url);
      await services.redis.start();
      // The old one follows, so that whoever still reads there sees the same.
      await redis.replicaof('127.0.0.1', replica.redis.port);
      consumers[0]!.start();
      await matrix.send(1_000);
      expect(await matrix.faults(COUNTERS_LOST)).toEqual([]);
      expect(await storedOf(doomed)).toBe(0);
      expect(toldOf(/missing/)).toBeGreaterThan(told);
    } finally {
      there.disconnect();
      await matrix.system.producer.stop();
      await consumers[0]!.stop();
      await replica.stop();
    }
  });
});
