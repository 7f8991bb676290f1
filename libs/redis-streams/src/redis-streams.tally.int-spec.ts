import { eventually, freshRedis } from '@analytics/testing';
import { fenced, retry, stored, type BatchEntry, type Outcome, type RedisStreamsContext } from './index.js';
import { itemsOf, Keeper, MemoryOwnership, pack, PATTERN, range, Transport, type Item } from './transport.fixture.js';

const evenOrOdd = (item: Item): string => (item.n % 2 === 0 ? 'even' : 'odd');

describe('the tally', () => {
  let transport: Transport;
  let ownership: MemoryOwnership;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
    ownership = new MemoryOwnership();
  });
  afterEach(() => transport.close());

  const accepted = (): Promise<Record<string, string>> => transport.redis.hgetall(`${transport.key()}:accepted`);

  /** Counts as a store's transaction would: items under their keys when they are stored, and tallies of duplicates. */
  class Ledger extends Keeper {
    readonly duplicates = new Map<string, number>();
    readonly entries: BatchEntry[] = [];

    readonly commit = (items: unknown[], context: RedisStreamsContext): Outcome[] | Outcome => {
      if (!ownership.commit(context)) return fenced();
      this.entries.push(...context.getEntries());
      for (const { duplicate, tally } of context.getEntries())
        if (duplicate) for (const [key, count] of tally) this.duplicates.set(key, (this.duplicates.get(key) ?? 0) + count);
      return this.handle(items, context) as Outcome[];
    };
  }

  it('of a pack is counted with its entry, and reaches the handler with it', async () => {
    const ledger = new Ledger();
    const server = transport.server({ [PATTERN]: ledger.commit }, { ownership });
    await transport.client({ tally: evenOrOdd }).emitBatch(PATTERN, itemsOf(1, 2, 3));
    await eventually(() => expect(ledger.numbers).toEqual([1, 2, 3]));
    expect(ledger.entries.map(({ tally, duplicate, count }) => [[...tally], duplicate, count])).toEqual([
      [[['odd', 2], ['even', 1]], false, 3],
    ]);
    expect(await server.acceptedTally(0)).toEqual(new Map([['odd', 2], ['even', 1]]));
  });

  it('is absent, and nothing is counted, where the client has no option for it', async () => {
    const ledger = new Ledger();
    transport.server({ [PATTERN]: ledger.commit }, { ownership });
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(ledger.entries).toMatchObject([{ tally: new Map(), duplicate: false }]));
    expect(await transport.redis.keys('*')).toEqual([transport.key()]);
  });

  it('may have keys of any name', async () => {
    const server = transport.server({ [PATTERN]: () => undefined });
    await transport.client({ tally: () => '__proto__' }).emitBatch(PATTERN, itemsOf(1, 2));
    expect(await server.acceptedTally(0)).toEqual(new Map([['__proto__', 2]]));
  });

  it('refuses the item it cannot name, and takes its neighbours', async () => {
    const tally = (item: Item): string => (item.n === 2 ? (undefined as unknown as string) : 'key');
    const outcomes = await transport.client({ tally }).emitBatch(PATTERN, itemsOf(1, 2, 3));
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, failure: 'invalid' }, { ok: true }]);
    expect(await accepted()).toEqual({ key: '2' });
  });

  it('counts nothing of an entry that Redis refused', async () => {
    const client = transport.client({ tally: evenOrOdd });
    await client.emitBatch(PATTERN, itemsOf(1));
    await transport.redis.config('SET', 'maxmemory', '1');
    try {
      expect(await client.emitBatch(PATTERN, itemsOf(3))).toMatchObject([{ failure: 'out-of-memory' }]);
    } finally {
      await transport.redis.config('SET', 'maxmemory', '0');
    }
    expect(await accepted()).toEqual({ odd: '1' });
    await transport.redis.multi().del(transport.key()).set(transport.key(), 'not a stream').exec();
    expect(await client.emitBatch(PATTERN, itemsOf(5))).toMatchObject([{ failure: 'refused' }]);
    expect(await accepted()).toEqual({ odd: '1' });
  });

  it('never costs an accepted entry when it cannot be kept', async () => {
    await transport.redis.set(`${transport.key()}:accepted`, 'not a hash');
    const ledger = new Ledger();
    transport.server({ [PATTERN]: ledger.commit }, { ownership });
    const client = transport.client({ tally: evenOrOdd });
    for (const n of [1, 2]) expect(await client.emitBatch(PATTERN, itemsOf(n))).toMatchObject([{ ok: true }]);
    await eventually(() => expect(ledger.numbers).toEqual([1, 2]));
  });

  it('of an XADD that landed twice is counted twice, and reaches the handler once as items and once as a duplicate', async () => {
    const proxy = await transport.proxy();
    const client = transport.client({ redis: proxy.url, tally: evenOrOdd });
    await client.emitBatch(PATTERN, itemsOf(1));
    proxy.loseNextAnswers();
    expect(await client.emitBatch(PATTERN, itemsOf(2, 3, 4))).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    await client.emitBatch(PATTERN, itemsOf(5));
    const ledger = new Ledger();
    const server = transport.server({ [PATTERN]: ledger.commit }, { ownership });
    await eventually(() => expect(ledger.numbers).toEqual([1, 2, 3, 4, 5]));
    expect(ledger.duplicates).toEqual(new Map([['even', 2], ['odd', 1]]));
    expect(ledger.entries.map(({ count, offset, duplicate }) => [count, offset, duplicate])).toEqual([
      [1, 0, false],
      [3, 1, false],
      [0, 4, true],
      [1, 4, false],
    ]);
    expect(await accepted()).toEqual({ odd: '4', even: '4' });
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ skippedTotal: 1, gapTotal: 0, pending: 0 }));
  });

  it('of a duplicate alone reaches the handler without items, and is handed over until it is committed', async () => {
    const given: number[] = [];
    const answers: (Outcome | undefined)[] = [undefined, retry('the database is away'), fenced()];
    const commit = (items: unknown[], context: RedisStreamsContext): Outcome[] | Outcome => {
      given.push(items.length);
      return answers[given.length - 1] ?? (ownership.commit(context) ? items.map(stored) : fenced());
    };
    transport.server({ [PATTERN]: commit }, { ownership });
    const twice = async (): Promise<string> => String(await transport.redis.xadd(transport.key(), '*', ...pack('p', 1, 7)));
    await twice();
    await eventually(() => expect(given).toEqual([1]));
    const id = await twice();
    await eventually(() => expect(ownership.lastId).toBe(id));
    expect(given).toEqual([1, 0, 0, 0]);
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  it('of what is not committed is in flight', async () => {
    let open = false;
    const ledger = new Ledger();
    const commit = (items: unknown[], context: RedisStreamsContext): unknown => (open ? ledger.commit(items, context) : retry('closed'));
    const server = transport.server({ [PATTERN]: commit }, { ownership, maxBatchEntries: 1 });
    await transport.client({ tally: evenOrOdd, packMaxItems: 2 }).emitBatch(PATTERN, itemsOf(...range(1, 5)));
    await eventually(() => expect(server.partitions()[0].state).toBe('paused'));
    expect(await server.inFlight()).toEqual({ tally: new Map([['odd', 3], ['even', 2]]), truncated: false });
    open = true;
    await eventually(async () => expect(await server.inFlight()).toEqual({ tally: new Map(), truncated: false }));
    expect(ledger.kept).toHaveLength(5);
  });

  it('in flight is a lower bound, and says so, when more entries wait than are counted', async () => {
    const server = transport.server({ [PATTERN]: () => new Promise(() => undefined) }, { ownership, drainTimeoutMs: 0 });
    await eventually(() => expect(server.partitions()[0].state).toBe('reading'));
    const tallies = transport.redis.pipeline();
    for (const n of range(1, 10_000)) tallies.xadd(`${transport.key()}:tally`, `${n}-0`, 'k', '[["key",5]]');
    await tallies.exec();
    expect(await server.inFlight()).toEqual({ tally: new Map([['key', 50_000]]), truncated: true });
  });

  it('is forgotten where the ledger says so', async () => {
    const server = transport.server({ [PATTERN]: () => undefined });
    await transport.client({ tally: evenOrOdd }).emitBatch(PATTERN, itemsOf(1, 2));
    await server.forgetAccepted(0, ['odd', 'nobody']);
    expect(await server.acceptedTally(0)).toEqual(new Map([['even', 1]]));
    expect(() => server.acceptedTally(1)).toThrow('partition 1 is not read here');
  });

  it('is trimmed with its entries', async () => {
    await transport.redis.config('SET', 'stream-node-max-entries', '1'); // trimming is by whole nodes
    const ledger = new Ledger();
    transport.server({ [PATTERN]: ledger.commit }, { ownership });
    const client = transport.client({ tally: evenOrOdd });
    for (const n of range(1, 5)) await client.emitBatch(PATTERN, itemsOf(n));
    await eventually(() => expect(ledger.kept).toHaveLength(5));
    await eventually(async () => expect(await transport.redis.xlen(`${transport.key()}:tally`)).toBeLessThanOrEqual(1));
    await transport.redis.config('SET', 'stream-node-max-entries', '100');
  });
});
