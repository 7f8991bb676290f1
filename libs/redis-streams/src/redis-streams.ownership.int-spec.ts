import { eventually, freshRedis } from '@analytics/testing';
import {
  fenced,
  stored,
  UNDELIVERABLE,
  type FencedEvent,
  type GapEvent,
  type Outcome,
  type RedisStreamsContext,
  type RewoundEvent,
  type ServerPoint,
} from './index.js';
import { die, GROUP, itemsOf, Keeper, MemoryOwnership, pack, PATTERN, range, Transport, type Item } from './transport.fixture.js';

describe('RedisStreamsServer with ownership', () => {
  let transport: Transport;
  let ownership: MemoryOwnership;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
    ownership = new MemoryOwnership();
  });
  afterEach(() => transport.close());

  const append = (id: string, fields: string[]): Promise<unknown> => transport.redis.xadd(transport.key(), id, ...fields);

  /** Keeps items and commits the offset, as a store does in one transaction; says `fenced` when the offset is not what it must be. */
  class Store extends Keeper {
    readonly commit = (items: unknown[], context: RedisStreamsContext): unknown =>
      ownership.commit(context) ? this.handle(items, context) : (items.map(fenced) satisfies Outcome[]);
  }

  it('delivers from the committed offset, and acknowledges what lies at or below it without delivering', async () => {
    for (const n of range(1, 3)) await append(`${n}-0`, pack('p', n, n));
    await transport.redis.xgroup('CREATE', transport.key(), GROUP, '0');
    await transport.redis.xreadgroup('GROUP', GROUP, 'p0', 'STREAMS', transport.key(), '>');
    ownership.lastId = '2-0';
    ownership.sequences.set('p', 2);
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([3]));
    await eventually(async () => expect(await transport.pending()).toBe(0));
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ skippedTotal: 2, storedTotal: 1, gapTotal: 0 }));
  });

  it('takes the committed offset at its word where no sequence says more', async () => {
    await append('1-0', pack('forgotten', 1, 1));
    await append('2-0', ['garbage', 'that was put aside before']);
    await append('3-0', pack('p', 1, 3));
    ownership.lastId = '2-0';
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit, [UNDELIVERABLE]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([3]));
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ skippedTotal: 2, storedTotal: 1, pending: 0 }));
  });

  it('hands on the epoch and the offsets that a compare-and-set needs', async () => {
    const store = new Store();
    transport.server({ [PATTERN]: store.commit }, { ownership });
    const client = transport.client({ producerId: 'me' });
    for (const n of range(1, 3)) await client.emitBatch(PATTERN, itemsOf(n));
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
    const [last] = await transport.redis.xrevrange(transport.key(), '+', '-', 'COUNT', 1);
    expect([ownership.lastId, ownership.sequences.get('me')]).toEqual([last[0], 3]);
  });

  it('skips a pack that was appended twice, in one read and across reads', async () => {
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    await transport.redis.multi().xadd(transport.key(), '*', ...pack('p', 1, 1)).xadd(transport.key(), '*', ...pack('p', 1, 1)).exec();
    await eventually(() => expect(server.partitions()[0].skippedTotal).toBe(1));
    await append('*', pack('p', 1, 1));
    await append('*', pack('p', 2, 2));
    await eventually(() => expect(store.numbers).toEqual([1, 2]));
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ skippedTotal: 2, gapTotal: 0, timeLagMs: 0, pending: 0 }));
  });

  it('counts a hole in the sequence as a gap upstream, and goes on', async () => {
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    const gaps: GapEvent[] = [];
    server.on('gap', (event) => gaps.push(event));
    await append('5-0', pack('p', 1, 1));
    await append('6-0', pack('p', 4, 4));
    await eventually(() => expect(store.numbers).toEqual([1, 4]));
    expect(gaps).toEqual([{ partition: 0, producer: 'p', id: '6-0', missing: 2 }]);
    await eventually(() => expect(server.partitions()[0].gapTotal).toBe(2));
  });

  it('delivers what the group gave to somebody else', async () => {
    const store = new Store();
    transport.server({ [PATTERN]: store.commit }, { ownership, blockMs: 50 });
    await append('5-0', pack('p', 1, 1));
    await eventually(() => expect(store.numbers).toEqual([1]));
    // An owner that was stopped and woke up reads one entry under the same name, and never handles it.
    const steal = transport.redis.multi().xadd(transport.key(), '6-0', ...pack('p', 2, 2));
    await steal.xreadgroup('GROUP', GROUP, 'p0', 'STREAMS', transport.key(), '>').exec();
    await append('7-0', pack('p', 3, 3));
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  it('delivers all the same when an outsider moves the group past entries', async () => {
    const store = new Store();
    transport.server({ [PATTERN]: store.commit }, { ownership, blockMs: 50 });
    await append('5-0', pack('p', 1, 1));
    await eventually(() => expect(store.numbers).toEqual([1]));
    await transport.redis.multi().xadd(transport.key(), '6-0', ...pack('p', 2, 2)).xgroup('SETID', transport.key(), GROUP, '$').exec();
    await eventually(() => expect(store.numbers).toEqual([1, 2]));
  });

  it('does not mistake new entries for old ones when Redis came back with less than was committed', async () => {
    await append('5-0', pack('old', 1, 1));
    ownership.lastId = '9999999999999-7';
    ownership.sequences.set('old', 1);
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    const rewound: RewoundEvent[] = [];
    server.on('rewound', (event) => rewound.push(event));
    await eventually(() => expect(rewound).toEqual([{ partition: 0, committedId: '9999999999999-7', streamId: '5-0' }]));
    await transport.client().emitBatch(PATTERN, itemsOf(2));
    await eventually(() => expect(store.numbers).toEqual([2]));
    expect(ownership.lastId).toBe('9999999999999-8');
  });

  it('delivers what was appended to a rewound stream before anybody noticed', async () => {
    await append('5-0', pack('old', 1, 1)); // committed
    await append('6-0', pack('old', 2, 2)); // its producer went on at an id that had been committed before
    await append('7-0', pack('new', 1, 3)); // so did one that is new
    ownership.lastId = '9-0';
    ownership.sequences.set('old', 1);
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([2, 3]));
    expect([...ownership.sequences]).toEqual([
      ['old', 2],
      ['new', 1],
    ]);
    await eventually(() => expect(server.partitions()[0].skippedTotal).toBe(1));
  });

  it('drops a batch that is fenced, acknowledges nothing of it, and asks for the partition anew', async () => {
    let takenOver = true;
    const store = new Keeper((_, items: Item[]) => items.map(() => (takenOver ? fenced() : stored())));
    const server = transport.server({ [PATTERN]: store.handle }, { ownership });
    const events: FencedEvent[] = [];
    server.on('fenced', (event) => events.push(event));
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(events[0]).toEqual({ partition: 0, epoch: 1, by: 'handler' }));
    expect(await transport.pending()).toBe(1);
    takenOver = false;
    await eventually(() => expect(store.numbers).toEqual([1]));
    expect(store.batches.at(-1)?.context.getEpoch()).toBeGreaterThan(1);
  });

  it('stops reading when it loses the lease, and the one who has it reads', async () => {
    const first = new Store();
    const server = transport.server({ [PATTERN]: first.commit }, { ownership, owner: 'first', blockMs: 10_000 });
    const events: FencedEvent[] = [];
    server.on('fenced', (event) => events.push(event));
    await eventually(() => expect(server.partitions()[0].state).toBe('reading'));
    ownership.holder = undefined; // the lease ran out
    const second = new Store();
    const successor = transport.server({ [PATTERN]: second.commit }, { ownership, owner: 'second' });
    await eventually(() => expect(successor.partitions()[0].state).toBe('reading'));
    await eventually(() => expect(events).toEqual([{ partition: 0, epoch: 1, by: 'lease' }]));
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(second.numbers).toEqual([1]));
    expect(first.numbers).toEqual([]);
    expect(server.partitions()[0].state).toBe('acquiring');
  });

  it('delivers at recovery what lies between two pending entries and was given to somebody else', async () => {
    for (const n of range(1, 3)) await append(`${n}-0`, pack('p', n, n));
    await transport.redis.xgroup('CREATE', transport.key(), GROUP, '0');
    for (const name of ['p0', 'somebody', 'p0'])
      await transport.redis.xreadgroup('GROUP', GROUP, name, 'COUNT', 1, 'STREAMS', transport.key(), '>');
    const store = new Store();
    transport.server({ [PATTERN]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  const deaths: [ServerPoint, string][] = [
    ['after-commit', 'acknowledges what its predecessor committed before it died, and does not deliver it again'],
    ['after-ack', 'trims what its predecessor acknowledged before it died, and does not deliver it again'],
  ];
  it.each(deaths)('at %s: %s', async (point) => {
    await transport.redis.config('SET', 'stream-node-max-entries', '1'); // trimming is by whole nodes
    const store = new Store();
    let dead = 0;
    const onPoint = (name: ServerPoint): void => {
      if (name !== point) return;
      dead++;
      ownership.holder = undefined; // its lease runs out
      die(first);
    };
    const first = transport.server({ [PATTERN]: store.commit }, { ownership, owner: 'first', onPoint, acquireEveryMs: 60_000 });
    const client = transport.client();
    await client.emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(dead).toBe(1));
    expect(await transport.pending()).toBe(point === 'after-commit' ? 1 : 0);
    transport.server({ [PATTERN]: store.commit }, { ownership, owner: 'second' });
    for (const n of [2, 3]) await client.emitBatch(PATTERN, itemsOf(n));
    await eventually(() => expect(store.numbers).toEqual([1, 2, 3]));
    await eventually(async () => expect(await transport.pending()).toBe(0));
    await eventually(async () => expect(await transport.redis.xlen(transport.key())).toBeLessThanOrEqual(1));
    await transport.redis.config('SET', 'stream-node-max-entries', '100');
  });

  it('hands a partition over at once when it is closed', async () => {
    const server = transport.server({ [PATTERN]: new Store().commit }, { ownership, owner: 'first' });
    await eventually(() => expect(server.partitions()[0].state).toBe('reading'));
    await server.close();
    expect(ownership.holder).toBeUndefined();
  });

  it('releases the partition of a handler that does not end, and its late commit is refused', async () => {
    let finish: () => void = () => undefined;
    const store = new Store();
    const late = (items: unknown[], context: RedisStreamsContext): Promise<unknown> =>
      new Promise((resolve) => (finish = () => resolve(store.commit(items, context))));
    const server = transport.server({ [PATTERN]: late }, { ownership, owner: 'first', drainTimeoutMs: 0 });
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(server.partitions()[0].state).toBe('handling'));
    await server.close();
    const successor = new Store();
    transport.server({ [PATTERN]: successor.commit }, { ownership, owner: 'second' });
    await eventually(() => expect(successor.numbers).toEqual([1]));
    finish();
    expect(store.numbers).toEqual([]);
  });

  it('tries again when the keeper of the leases cannot be asked', async () => {
    const acquire = ownership.acquire.bind(ownership);
    let failures = 2;
    ownership.acquire = (...args) => (failures-- > 0 ? Promise.reject(new Error('database is away')) : acquire(...args));
    const store = new Store();
    const errors: string[] = [];
    transport.server({ [PATTERN]: store.commit }, { ownership }).on('error', (error) => errors.push(error.message));
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(store.numbers).toEqual([1]));
    expect(errors).toEqual(['database is away', 'database is away']);
  });

  it('counts a pending entry that an outsider deleted, and does not hang on it', async () => {
    await append('5-0', pack('p', 1, 1));
    await append('6-0', pack('p', 2, 2));
    await transport.redis.xgroup('CREATE', transport.key(), GROUP, '0');
    await transport.redis.xreadgroup('GROUP', GROUP, 'p0', 'STREAMS', transport.key(), '>');
    await transport.redis.xdel(transport.key(), '5-0');
    const store = new Store();
    const server = transport.server({ [PATTERN]: store.commit }, { ownership });
    await eventually(() => expect(store.numbers).toEqual([2]));
    await eventually(async () => expect(await transport.pending()).toBe(0));
    await eventually(() => expect(server.partitions()[0].gapTotal).toBeGreaterThan(0));
  });
});
