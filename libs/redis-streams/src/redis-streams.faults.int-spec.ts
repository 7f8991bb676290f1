import { eventually, freshRedis } from '@analytics/testing';
import { deadStreamKey, fenced, UNDELIVERABLE, type RedisStreamsContext, type UndeliverableEntry } from './index.js';
import { GROUP, itemsOf, Keeper, MemoryOwnership, pack, PATTERN, Transport } from './transport.fixture.js';

describe('the transport when things go wrong', () => {
  let transport: Transport;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
  });
  afterEach(() => transport.close());

  /** A store that keeps each item with its offset, as one transaction would. */
  const storeFor = (ownership: MemoryOwnership): Keeper & { commit: (items: unknown[], context: RedisStreamsContext) => unknown } => {
    const keeper = new Keeper();
    const commit = (items: unknown[], context: RedisStreamsContext): unknown =>
      ownership.commit(context) ? keeper.handle(items, context) : items.map(fenced);
    return Object.assign(keeper, { commit });
  };

  it('reads on after its connections were killed in a blocking read', async () => {
    const keeper = new Keeper();
    const server = transport.server({ [PATTERN]: keeper.handle }, { blockMs: 10_000 });
    await eventually(() => expect(server.partitions()[0].state).toBe('reading'));
    await transport.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(keeper.numbers).toEqual([1]));
  });

  it('notices a connection that is open but dead, on both sides', async () => {
    const proxy = await transport.proxy();
    const keeper = new Keeper();
    const target = { redis: proxy.url, commandTimeoutMs: 200 };
    const server = transport.server({ [PATTERN]: keeper.handle }, { ...target, watchdogMarginMs: 100 });
    const client = transport.client(target);
    await client.emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ state: 'reading', storedTotal: 1 }));
    proxy.cutCables();
    expect(await client.emitBatch(PATTERN, itemsOf(2))).toMatchObject([{ ok: true }]);
    await eventually(() => expect(new Set(keeper.numbers)).toEqual(new Set([1, 2])));
  });

  it('stores once what was appended twice because the answer was lost', async () => {
    const proxy = await transport.proxy();
    const client = transport.client({ redis: proxy.url });
    await client.emitBatch(PATTERN, itemsOf(1));
    proxy.loseNextAnswers();
    expect(await client.emitBatch(PATTERN, itemsOf(2))).toMatchObject([{ ok: true }]);
    await client.emitBatch(PATTERN, itemsOf(3));
    expect(await transport.redis.xlen(transport.key())).toBe(4);
    const ownership = new MemoryOwnership();
    const store = storeFor(ownership);
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ skippedTotal: 1, gapTotal: 0 }));
  });

  it('never gives the sequence of a pack that may have been appended to another one', async () => {
    const proxy = await transport.proxy();
    const client = transport.client({ redis: proxy.url, commandTimeoutMs: 150, publishTimeoutMs: 150 });
    await client.emitBatch(PATTERN, itemsOf(1));
    proxy.loseAnswers();
    expect(await client.emitBatch(PATTERN, itemsOf(2))).toMatchObject([{ ok: false, failure: 'unavailable' }]);
    await client.connect();
    await client.emitBatch(PATTERN, itemsOf(3));
    const ownership = new MemoryOwnership();
    const store = storeFor(ownership);
    transport.server({ [PATTERN]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
  });

  it('handles a read whose answer was lost', async () => {
    const proxy = await transport.proxy();
    const ownership = new MemoryOwnership();
    const store = storeFor(ownership);
    const server = transport.server({ [PATTERN]: store.commit }, { redis: proxy.url, ownership, blockMs: 10_000 });
    await eventually(() => expect(server.partitions()[0].state).toBe('reading'));
    proxy.loseNextAnswers();
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(store.numbers).toEqual([1]));
  });

  it('makes the group again when it was destroyed, and loses nothing', async () => {
    const ownership = new MemoryOwnership();
    const store = storeFor(ownership);
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    const client = transport.client();
    await client.emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(store.numbers).toEqual([1]));
    await transport.redis.xgroup('DESTROY', transport.key(), GROUP);
    await client.emitBatch(PATTERN, itemsOf(2));
    await eventually(() => expect(store.numbers).toEqual([1, 2]));
    await client.emitBatch(PATTERN, itemsOf(3));
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
    await eventually(() => expect(server.partitions()[0].storedTotal).toBe(3));
  });

  it('goes on when Redis comes back empty', async () => {
    const ownership = new MemoryOwnership();
    const store = storeFor(ownership);
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    const rewound: string[] = [];
    server.on('rewound', (event) => rewound.push(event.streamId));
    const client = transport.client();
    await client.emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(store.numbers).toEqual([1]));
    await transport.redis.flushall();
    await eventually(() => expect(rewound).toEqual(['0-0']));
    await client.emitBatch(PATTERN, itemsOf(2));
    await eventually(() => expect(store.numbers).toEqual([1, 2]));
  });

  describe('entries that cannot be delivered', () => {
    const putGarbage = async (): Promise<void> => {
      await transport.redis.xadd(transport.key(), '1-0', ...pack('p', 1, 1));
      await transport.redis.xadd(transport.key(), '2-0', 'hello', Buffer.from([0xff, 0]), 'hello', 'twice');
      await transport.redis.xadd(transport.key(), '3-0', ...pack('p', 2, 2).with(-1, '[{'));
      await transport.redis.xadd(transport.key(), '4-0', ...pack('p', 3, 3).with(3, 'unheard'));
      await transport.redis.xadd(transport.key(), '5-0', ...pack('p', 4, 4));
    };

    it('reach the handler for them in stream order, whole, with the reason', async () => {
      await putGarbage();
      const ownership = new MemoryOwnership();
      const store = storeFor(ownership);
      const undeliverable: UndeliverableEntry[] = [];
      const putAside = (items: unknown[], context: RedisStreamsContext): unknown => {
        undeliverable.push(...(items as UndeliverableEntry[]));
        return ownership.commit(context) ? undefined : items.map(fenced);
      };
      const server = transport.server({ [PATTERN]: store.commit, [UNDELIVERABLE]: putAside }, { ownership });
      await eventually(() => expect(store.numbers).toEqual([1, 4]));
      expect(undeliverable.map(({ id, reason }) => [id, reason])).toEqual([
        ['2-0', 'not an entry of this transport: field v (version) is missing'],
        ['3-0', expect.stringContaining('field b (body) cannot be decoded')],
        ['4-0', 'no handler is registered for pattern "unheard"'],
      ]);
      expect(undeliverable[0].fields).toEqual([
        [Buffer.from('hello'), Buffer.from([0xff, 0])],
        [Buffer.from('hello'), Buffer.from('twice')],
      ]);
      await eventually(async () => expect(await transport.pending()).toBe(0));
      expect([ownership.lastId, ownership.sequences.get('p')]).toEqual(['5-0', 4]);
      expect(server.partitions()[0].gapTotal).toBe(0);
    });

    it('are moved to a stream of their own when there is no handler for them, and block nothing', async () => {
      await putGarbage();
      const keeper = new Keeper();
      const server = transport.server({ [PATTERN]: keeper.handle });
      await eventually(() => expect(keeper.numbers).toEqual([1, 4]));
      const buried = await transport.redis.xrangeBuffer(deadStreamKey('spec', 0), '-', '+');
      expect(buried.map(([, fields]) => fields[3].toString())).toEqual(['2-0', '3-0', '4-0']);
      expect(buried[0][1].map(String).slice(0, 2)).toEqual(['reason', 'not an entry of this transport: field v (version) is missing']);
      expect(buried[0][1].slice(4)).toEqual([Buffer.from('hello'), Buffer.from([0xff, 0]), Buffer.from('hello'), Buffer.from('twice')]);
      await eventually(async () => expect(await transport.pending()).toBe(0));
      await eventually(() => expect(server.partitions()[0]).toMatchObject({ storedTotal: 2, deadTotal: 3 }));
    });

    it('cannot pretend to be undeliverable', async () => {
      const given: unknown[] = [];
      transport.server({ [UNDELIVERABLE]: (items) => void given.push(...items) });
      await transport.redis.xadd(transport.key(), '1-0', ...pack('p', 1, 1).with(3, UNDELIVERABLE));
      await eventually(() => expect(given).toMatchObject([{ id: '1-0', reason: expect.stringContaining('no handler is registered') }]));
    });
  });
});
