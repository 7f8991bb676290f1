import { eventually, startPrivateServices, type PrivateServices } from '@analytics/testing';
import { PARTITIONS, Stage } from './conformance.fixture.js';
import { GROUP, range } from './transport.fixture.js';

/**
 * What the transport promises, whatever happens. Each fault strikes three times under load, with progress between; then it is quiet, and
 * the books are closed.
 */
type Fault = (stage: Stage, round: number) => Promise<unknown> | void;

const forEachPartition = (strike: (partition: number) => Promise<unknown>): Promise<unknown> =>
  Promise.all(range(0, PARTITIONS - 1).map(strike));

const FAULTS: [string, Fault][] = [
  ['nothing goes wrong', () => undefined],
  ['its handlers fail', (stage) => (stage.beforeHandling = failEvery(3))],
  ['its connections are killed', (stage) => stage.transport.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')],
  ['answers of Redis are lost', (stage) => stage.proxy.loseNextAnswers()],
  ['the network goes dead', (stage) => stage.proxy.cutCables()],
  ['Redis stops for a moment', (stage) => stage.transport.redis.call('CLIENT', 'PAUSE', '250', 'ALL')],
  ['Redis rewrites its append-only file', (stage) => rewriteAof(stage)],
];

const FAULTS_WITH_OFFSETS: [string, Fault][] = [
  ...FAULTS,
  ['consumers die', (stage) => stage.killOldest()],
  ['consumers join', (stage) => stage.join()],
  ['a consumer is closed and another one started', (stage, round) => (stage.join(), stage.processes[round].server.close())],
  ['leases run out under live consumers', (stage) => range(0, PARTITIONS - 1).forEach((partition) => stage.leases.expire(partition))],
  ['the group is destroyed', (stage) => forEachPartition((n) => stage.transport.redis.xgroup('DESTROY', stage.transport.key(n), GROUP))],
  ['an outsider moves the group', (stage) => forEachPartition((n) => moveGroup(stage, n))],
  ['an outsider reads from the group', (stage) => forEachPartition((n) => steal(stage, n))],
];

const failEvery = (nth: number): (() => void) => {
  let calls = 0;
  return () => {
    if (++calls % nth === 0) throw new Error('the handler fails');
  };
};

/** Refused while the last one is still going on. */
const rewriteAof = (stage: Stage): Promise<unknown> => eventually(() => stage.transport.redis.bgrewriteaof());

const moveGroup = (stage: Stage, n: number): Promise<unknown> =>
  stage.transport.redis.xgroup('SETID', stage.transport.key(n), GROUP, '$');

const steal = (stage: Stage, n: number): Promise<unknown> =>
  stage.transport.redis.xreadgroup('GROUP', GROUP, 'outsider', 'COUNT', 3, 'STREAMS', stage.transport.key(n), '>');

describe('the transport', () => {
  let services: PrivateServices;
  let stage: Stage;

  beforeAll(async () => {
    services = await startPrivateServices({ postgres: false });
  });
  afterAll(() => services.stop());
  afterEach(() => stage.close());

  const run = async (exactlyOnce: boolean, fault: Fault): Promise<void> => {
    stage = await Stage.open(services.redis?.url ?? '', exactlyOnce);
    stage.join();
    stage.load();
    for (const round of range(0, 2)) {
      await progress();
      await fault(stage, round);
    }
    await progress();
    await quiet();
  };

  /** Whatever happened, the stream goes on. */
  const progress = async (): Promise<void> => {
    const before = new Set(stage.store.numbers).size;
    await eventually(() => expect(new Set(stage.store.numbers).size).toBeGreaterThan(before + 100));
  };

  /** All that was accepted is stored and acknowledged. */
  const quiet = async (): Promise<void> => {
    await stage.stopLoad();
    await eventually(() => {
      const stored = new Set(stage.store.numbers);
      expect(stage.accepted.filter((item) => !stored.has(item.n))).toEqual([]);
    });
    await forEachPartition((n) => eventually(async () => expect(await stage.transport.pending(n)).toBe(0)));
  };

  const expectEachInOrder = (numbers: (key: string) => number[]): void => {
    for (const key of new Set(stage.attempted.map((item) => item.key)))
      expect(numbers(key)).toEqual([...numbers(key)].sort((a, b) => a - b));
  };

  const expectExactlyOnce = async (): Promise<void> => {
    const { numbers, kept } = stage.store;
    const attempted = new Set(stage.attempted.map((item) => item.n));
    expect(numbers.filter((n) => !attempted.has(n))).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
    expectEachInOrder((key) => kept.filter((item) => item.key === key).map((item) => item.n));
    const residue = await stage.acceptedTally();
    for (const item of kept) residue.set(Stage.tallyKey(item), (residue.get(Stage.tallyKey(item)) ?? 0) - 1);
    for (const [key, count] of stage.duplicates) residue.set(key, (residue.get(key) ?? 0) - count);
    expect([...residue.values()]).toEqual([0, 0]);
    expect(stage.processes.flatMap(({ server }) => server.partitions().map(({ gapTotal }) => gapTotal)).filter(Boolean)).toEqual([]);
    for (const { server } of stage.processes.filter(({ tenant }) => !tenant.dead))
      await eventually(async () => expect(await server.inFlight()).toEqual({ tally: new Map(), truncated: false }));
  };

  describe('with an offset store: each accepted item is stored exactly once, in the order of its key, and the ledger closes', () => {
    it.each(FAULTS_WITH_OFFSETS)('when %s', async (_, fault) => {
      await run(true, fault);
      await expectExactlyOnce();
    });

    it('when Redis is killed -9', async () => {
      await run(true, async () => {
        await services.redis?.kill();
        await services.redis?.start();
      });
      await expectExactlyOnce();
    });
  });

  describe('without one: each accepted item is stored at least once, and first in the order of its key', () => {
    it.each(FAULTS)('when %s', async (_, fault) => {
      await run(false, fault);
      const ofKey = (key: string): number[] => stage.store.kept.filter((item) => item.key === key).map((item) => item.n);
      expectEachInOrder((key) => [...new Set(ofKey(key))]); // a set keeps the order of first arrival
    });
  });
});
