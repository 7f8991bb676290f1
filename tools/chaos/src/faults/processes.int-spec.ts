import { eventually } from '@analytics/testing';
import { KnownEvents } from '../known-events.js';
import type { ServiceProcess } from '../system/service-process.js';
import { MatrixSystem } from './matrix.fixture.js';

describe('when a process fails,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start();
  });
  afterAll(() => matrix.stop());

  it.each([
    ['#1', 'before COPY', 'before-copy'],
    ['#2', 'after COPY, before COMMIT', 'after-copy'],
    ['#2', 'at the last moment before COMMIT', 'before-commit'],
    ['#3', 'after COMMIT, before XACK', 'after-commit'],
    ['#4', 'between XACK and XTRIM', 'after-ack'],
  ])('%s a consumer is killed -9 %s: what it had in hand is stored once', async (_number, _when, point) => {
    await matrix.system.setConsumers(1);
    const [consumer] = matrix.system.consumers as [ServiceProcess];
    await consumer.killAndStart({ FAILPOINT: `${point}:2` });
    const lives = consumer.ends.length;
    await matrix.underLoad(async () => expect(await matrix.untilEnded(consumer, lives)).toBe('SIGKILL'));
    expect(await matrix.faults()).toEqual([]);
  });

  it('#5 the answer to a consumer’s COMMIT is lost: the offset decides, and the batch is stored once', async () => {
    await matrix.underLoad(async () => {
      for (let time = 0; time < 5; time++) await matrix.system.relays.consumerPostgres.loseAnswerTo('COMMIT').happened;
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#17 a consumer is stopped past its lease: another takes over, the first wakes and stores nothing twice', async () => {
    const { system } = matrix;
    await system.setConsumers(2);
    await matrix.underLoad(async () => {
      for (const consumer of system.consumers) {
        consumer.freeze();
        const epochs = await epochsOf();
        // The partitions of the frozen one have a new owner when their epoch has risen.
        await eventually(async () => expect(await epochsOf()).not.toEqual(epochs), { timeoutMs: 20_000 });
        await matrix.moreAcknowledged(500);
        consumer.thaw();
        await matrix.moreAcknowledged(500);
      }
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#18 two consumers race for the partitions: each partition has one owner, and each event is stored once', async () => {
    const { system } = matrix;
    await system.setConsumers(2);
    await Promise.all(system.consumers.map((consumer) => consumer.kill()));
    await matrix.underLoad(() => matrix.moreAcknowledged(2_000));
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await system.database.query<{ owner: string }>('SELECT owner FROM stream_offsets ORDER BY partition');
    for (const { owner } of rows) expect(system.consumers.map(({ name }) => name)).toContain(owner);
  });

  it('#19 three consumers are restarted one after another under load: nothing is lost or doubled, and lag stays below 15 s', async () => {
    const { system } = matrix;
    await system.setConsumers(3);
    let lag = 0;
    await matrix.underLoad(async () => {
      for (const consumer of system.consumers) {
        expect(await consumer.stop()).toMatchObject({ code: 0 });
        consumer.start();
        await consumer.ready();
        const state = (await (await system.ask('/api/v1/pipeline')).json()) as { timeLagMs: number };
        lag = Math.max(lag, state.timeLagMs);
      }
    });
    expect(lag).toBeLessThan(15_000);
    expect(await matrix.faults()).toEqual([]);
  });

  it('#20 a consumer is told to stop in the middle of its work: it ends its batch and exits with 0 within 10 s', async () => {
    const { system } = matrix;
    await system.setConsumers(2);
    await matrix.underLoad(async () => {
      for (const consumer of system.consumers) {
        await matrix.moreAcknowledged(300);
        const { code, ms } = await consumer.stop();
        expect([code, ms < 10_000]).toEqual([0, true]);
        consumer.start();
        await consumer.ready();
      }
    }, 2_000);
    expect(await matrix.faults()).toEqual([]);
  });

  it('#6 the producer is killed -9 under load: what it acknowledged is stored, and what is sent again is stored once', async () => {
    const { producer } = matrix.system;
    await matrix.underLoad(async () => {
      for (let time = 0; time < 3; time++) {
        await matrix.moreAcknowledged(500);
        await producer.kill();
        await producer.ready();
      }
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it.each([
    ['between the two packs of a request', 'mid-pack', 700, { least: 1, most: 699 }],
    ['after a pack was appended and before it could say so', 'after-xadd', 200, { least: 200, most: 200 }],
  ])('#6 the producer is killed -9 %s: each pack is absent or whole', async (_when, point, sent, { least, most }) => {
    const { producer } = matrix.system;
    await producer.killAndStart({ FAILPOINT: point });
    await producer.ready();
    const known = new KnownEvents();
    // One user's events go to one partition, in packs of up to 500. A pack counts what it holds when it is appended, so the
    // ledger, which is among the faults, would tell of one that is not whole.
    const { status } = await matrix.newSender(known).sendOnce(sent, 'one_user');
    expect(status).toBe('unanswered');
    await producer.ready();
    expect(await matrix.faults()).toEqual([]);
    const stored = await matrix.storedOf(known);
    expect(stored).toBeGreaterThanOrEqual(least);
    expect(stored).toBeLessThanOrEqual(most);
  });

  it('#7 the answer to the producer’s append is lost: it appends again, and the second copy is counted as a duplicate', async () => {
    const { producerRedis } = matrix.system.relays;
    await matrix.underLoad(async () => {
      for (let time = 0; time < 5; time++) {
        await producerRedis.loseAnswerTo('analytics_events:{').happened;
        await matrix.moreAcknowledged(100);
      }
    });
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await matrix.system.database.query<{ duplicate: number }>('SELECT sum(duplicate)::int AS duplicate FROM ledger');
    expect(rows[0]!.duplicate).toBeGreaterThan(0);
  });

  async function epochsOf(): Promise<number[]> {
    const { rows } = await matrix.system.database.query<{ epoch: number }>('SELECT epoch FROM stream_offsets ORDER BY partition');
    return rows.map(({ epoch }) => epoch);
  }
});
