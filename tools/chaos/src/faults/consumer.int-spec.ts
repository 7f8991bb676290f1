import { eventually } from '@analytics/testing';
import type { ServiceProcess } from '../system/service-process.js';
import { MatrixSystem } from './matrix.fixture.js';

describe('when a consumer fails,', () => {
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
  ])('%s killed -9 %s: what it had in hand is stored once', async (_number, _when, point) => {
    await matrix.system.setConsumers(1);
    const [consumer] = matrix.system.consumers as [ServiceProcess];
    await consumer.killAndStart({ FAILPOINT: `${point}:2` });
    const lives = consumer.ends.length;
    await matrix.underLoad(async () => expect(await matrix.untilEnded(consumer, lives)).toBe('SIGKILL'));
    expect(await matrix.faults()).toEqual([]);
  });

  it('#5 the answer to COMMIT is lost: the offset decides, and the batch is stored once', async () => {
    await matrix.underLoad(async () => {
      for (let time = 0; time < 5; time++) await matrix.system.relays.consumerPostgres.loseAnswerTo('COMMIT').happened;
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it('#17 stopped past its lease: another takes over, the first wakes and stores nothing twice', async () => {
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

  it('#18 two race for the partitions: each partition has one owner, and each event is stored once', async () => {
    const { system } = matrix;
    await system.setConsumers(2);
    await Promise.all(system.consumers.map((consumer) => consumer.kill()));
    await matrix.underLoad(() => matrix.moreAcknowledged(2_000));
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await system.database.query<{ owner: string }>('SELECT owner FROM stream_offsets ORDER BY partition');
    for (const { owner } of rows) expect(system.consumers.map(({ name }) => name)).toContain(owner);
  });

  it('#19 three are restarted one after another under load: nothing is lost or doubled, and lag stays below 15 s', async () => {
    const { system } = matrix;
    await system.setConsumers(3);
    let lag = 0;
    await matrix.underLoad(async () => {
      for (const consumer of system.consumers) {
        expect(await consumer.stop()).toMatchObject({ code: 0 });
        consumer.start();
        await consumer.ready();
        const state = (await (await fetch(`${system.gateway.url}/api/v1/pipeline`)).json()) as { timeLagMs: number };
        lag = Math.max(lag, state.timeLagMs);
      }
    });
    expect(lag).toBeLessThan(15_000);
    expect(await matrix.faults()).toEqual([]);
  });

  it('#20 told to stop in the middle of its work: it ends its batch and exits with 0 within 10 s', async () => {
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

  async function epochsOf(): Promise<number[]> {
    const { rows } = await matrix.system.database.query<{ epoch: number }>('SELECT epoch FROM stream_offsets ORDER BY partition');
    return rows.map(({ epoch }) => epoch);
  }
});
