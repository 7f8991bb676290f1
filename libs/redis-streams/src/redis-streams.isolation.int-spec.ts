import { setTimeout as delay } from 'node:timers/promises';
import { eventually, freshRedis } from '@analytics/testing';
import {
  fenced,
  partitionOf,
  UNDELIVERABLE,
  type RedisStreamsContext,
  type RedisStreamsServerOptions,
  type UndeliverableEntry,
} from './index.js';
import { die, itemsOf, Keeper, MemoryOwnership, PATTERN, Transport, type Item } from './transport.fixture.js';

const POISON = 13;

describe('an entry that ends the process', () => {
  let transport: Transport;
  let keeper: Keeper;
  let handed: number[][];
  let given: UndeliverableEntry[];
  let lives: number;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
    keeper = new Keeper();
    handed = [];
    given = [];
    lives = 0;
  });
  afterEach(() => transport.close());

  /** A process that dies of the poison, and is started again as often as it dies. */
  const live = (options: Partial<RedisStreamsServerOptions> = {}, slow = 0): void => {
    lives++;
    let alive = true;
    const handle = async (items: unknown[], context: RedisStreamsContext): Promise<unknown> => {
      const numbers = (items as Item[]).map((item) => item.n);
      if (numbers.includes(POISON) || context.getPartition() === 0) handed.push(numbers);
      if (numbers.includes(POISON)) {
        alive = false;
        die(server);
        live(options, slow);
      }
      await delay(slow);
      if (!alive) return new Promise(() => undefined);
      return keeper.handle(items, context);
    };
    const putAside = (items: unknown[]): void => void given.push(...(items as UndeliverableEntry[]));
    const server = transport.server({ [PATTERN]: handle, [UNDELIVERABLE]: putAside }, { drainTimeoutMs: 0, ...options });
  };

  it('is handed over alone after three deaths, and put aside whole and unread after five; its neighbours are stored', async () => {
    await transport.client({ packMaxItems: 1 }).emitBatch(PATTERN, itemsOf(1, POISON, 2));
    const [, [id]] = await transport.redis.xrange(transport.key(), '-', '+');
    live();
    await eventually(() => expect(keeper.numbers).toEqual([1, 2]));
    expect(handed).toEqual([[1, 13, 2], [1, 13, 2], [1, 13, 2], [1], [13], [13], [2]]);
    expect(given).toMatchObject([{ id, reason: 'the process ended 5 times while handling it' }]);
    expect(given[0].fields.map(([name]) => String(name))).toContain('b');
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  it('is isolated and given up at the numbers that were set', async () => {
    await transport.client({ packMaxItems: 1 }).emitBatch(PATTERN, itemsOf(1, POISON));
    live({ isolateAfter: 1, giveUpAfter: 2 });
    await eventually(() => expect(given).toMatchObject([{ reason: 'the process ended 2 times while handling it' }]));
    expect(handed).toEqual([[1, 13], [1], [13]]);
  });

  it('does not take an innocent entry of another partition with it', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    const poisonKey = keys.find((key) => partitionOf(key, 2) === 0) ?? '';
    const otherKey = keys.find((key) => partitionOf(key, 2) === 1) ?? '';
    await transport.client({ partitions: 2 }).emitBatch(PATTERN, [{ key: poisonKey, n: POISON }, { key: otherKey, n: 2 }]);
    live({ partitions: 2 }, 50);
    await eventually(() => expect(given).toHaveLength(1));
    await eventually(() => expect(keeper.numbers).toEqual([2]));
    await delay(100);
    expect(given).toHaveLength(1);
    expect(lives).toBe(6);
  });

  it('is not what was handed over often by a process that lives', async () => {
    const ownership = new MemoryOwnership();
    let calls = 0;
    const handle = (items: unknown[], context: RedisStreamsContext): unknown =>
      ++calls <= 7 ? items.map(fenced) : ownership.commit(context) && keeper.handle(items, context);
    const putAside = (items: unknown[]): void => void given.push(...(items as UndeliverableEntry[]));
    transport.server({ [PATTERN]: handle, [UNDELIVERABLE]: putAside }, { ownership });
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(keeper.numbers).toEqual([1]));
    expect(given).toEqual([]);
  });
});
