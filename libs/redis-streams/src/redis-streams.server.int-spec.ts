import { eventually, freshRedis } from '@analytics/testing';
import { NEVER, of, throwError, EMPTY } from 'rxjs';
import { dead, retry, stored, type BatchEvent, type Outcome, type RedisStreamsContext } from './index.js';
import { itemsOf, Keeper, PATTERN, range, Transport, type Item } from './transport.fixture.js';

describe('RedisStreamsServer', () => {
  let transport: Transport;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
  });
  afterEach(() => transport.close());

  it('delivers what was sent before it first started, in order, as batches', async () => {
    const keeper = new Keeper();
    await transport.client({ packMaxItems: 10 }).emitBatch(PATTERN, itemsOf(...range(1, 95)));
    transport.server({ [PATTERN]: keeper.handle }, { maxBatchEntries: 4 });
    await eventually(() => expect(keeper.numbers).toEqual(range(1, 95)));
    expect(keeper.batches.map((batch) => batch.items.length)).toEqual([40, 40, 15]);
  });

  it('delivers the partitions side by side, each in its own order', async () => {
    const keeper = new Keeper();
    transport.server({ [PATTERN]: keeper.handle }, { partitions: 3 });
    const all = range(1, 200).map((n) => ({ key: `key ${n % 20}`, n }));
    await transport.client({ partitions: 3, packMaxItems: 5 }).emitBatch(PATTERN, all);
    await eventually(() => expect(keeper.kept).toHaveLength(200));
    for (let key = 0; key < 20; key++)
      expect(keeper.kept.filter((item) => item.key === `key ${key}`)).toEqual(all.filter((item) => item.key === `key ${key}`));
  });

  it('acknowledges nothing while the handler is at work, and everything after', async () => {
    let finish: (value: undefined) => void = () => undefined;
    const handled = new Promise<undefined>((resolve) => (finish = resolve));
    let called = false;
    transport.server({ [PATTERN]: () => ((called = true), handled) });
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(called).toBe(true));
    expect(await transport.pending()).toBe(1);
    finish(undefined);
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  const failures: [string, () => unknown][] = [
    ['throws', () => Promise.reject(new Error('no'))],
    ['returns an Observable that errors', () => throwError(() => new Error('no'))],
    ['never ends', () => NEVER],
    ['never settles', () => new Promise(() => undefined)],
    ['returns too few outcomes', () => [stored()]],
    ['returns what is no outcome', () => of(['stored', 'stored'])],
    ['returns something else', () => of('done')],
    ['says retry', () => [retry('no'), retry('no')]],
  ];
  it.each(failures)('hands the same batch over again when the handler %s, and acknowledges only then', async (_, fail) => {
    const keeper = new Keeper();
    const pendingAtCall: number[] = [];
    const handle = async (items: unknown[], context: RedisStreamsContext): Promise<unknown> => {
      pendingAtCall.push(await transport.pending());
      return pendingAtCall.length < 3 ? fail() : keeper.handle(items, context);
    };
    const errors: string[] = [];
    transport.server({ [PATTERN]: handle }, { handlerTimeoutMs: 100 }).on('error', (error) => errors.push(error.message));
    await transport.client().emitBatch(PATTERN, itemsOf(1, 2));
    await eventually(() => expect(keeper.numbers).toEqual([1, 2]));
    expect(pendingAtCall).toEqual([1, 1, 1]);
    expect(keeper.batches[0].context.getAttempt()).toBe(3);
    expect(errors).toHaveLength(2);
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  it('takes a handler that ends without a word as: everything is stored', async () => {
    const server = transport.server({ [PATTERN]: () => EMPTY });
    await transport.client().emitBatch(PATTERN, itemsOf(1, 2));
    await eventually(() => expect(server.partitions()[0].storedTotal).toBe(2));
  });

  it('hands over again only what said retry, and tells which', async () => {
    const keeper = new Keeper((call, items) =>
      call === 1 ? items.map((item) => (item.n === 2 ? retry('busy') : item.n === 3 ? dead('bad') : stored())) : undefined,
    );
    const server = transport.server({ [PATTERN]: keeper.handle });
    const batches: BatchEvent[] = [];
    server.on('batch', (event) => batches.push(event));
    await transport.client().emitBatch(PATTERN, itemsOf(1, 2, 3));
    await eventually(() => expect(batches).toHaveLength(1));
    expect(keeper.batches.map((batch) => [batch.items.map((item) => item.n), batch.context.getPositions()])).toEqual([
      [[1, 2, 3], null],
      [[2], [1]],
    ]);
    expect(batches[0]).toMatchObject({ partition: 0, pattern: PATTERN, items: 3, stored: 2, dead: 1 });
    await eventually(() => expect(server.partitions()[0]).toMatchObject({ storedTotal: 2, deadTotal: 1 }));
  });

  it('tells the handler where the batch stands', async () => {
    const keeper = new Keeper();
    const client = transport.client({ packMaxItems: 2, producerId: 'me' });
    await client.emitBatch(PATTERN, itemsOf(1, 2, 3));
    const ids = (await transport.redis.xrange(transport.key(), '-', '+')).map(([id]) => id);
    transport.server({ [PATTERN]: keeper.handle });
    await eventually(() => expect(keeper.batches).toHaveLength(1));
    const { context } = keeper.batches[0];
    expect(context.getEntries()).toMatchObject([
      { id: ids[0], producer: 'me', sequence: 1, count: 2, cumulative: 2, offset: 0 },
      { id: ids[1], producer: 'me', sequence: 2, count: 1, cumulative: 3, offset: 2 },
    ]);
    expect([context.getPartition(), context.getEpoch(), context.getPreviousId(), context.getLastId()]).toEqual([0, 0, '0-0', ids[1]]);
    expect([...context.getSequences()]).toEqual([['me', 2]]);
  });

  it('aborts the signal of a handler that is no longer waited for', async () => {
    const signals: AbortSignal[] = [];
    const handle = (_: unknown[], context: RedisStreamsContext): unknown => (signals.push(context.getSignal()) === 1 ? NEVER : EMPTY);
    const server = transport.server({ [PATTERN]: handle }, { handlerTimeoutMs: 20 });
    await transport.client().emitBatch(PATTERN, itemsOf(1));
    await eventually(() => expect(server.partitions()[0].storedTotal).toBe(1));
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  });

  it('takes one outcome as that of the whole batch', async () => {
    const answers: Outcome[] = [retry('not now'), dead('bad')];
    const given: number[][] = [];
    const handle = (items: unknown[]): unknown => answers[given.push((items as Item[]).map((item) => item.n)) - 1];
    const server = transport.server({ [PATTERN]: handle });
    await transport.client().emitBatch(PATTERN, itemsOf(1, 2));
    await eventually(() => expect(server.partitions()[0].deadTotal).toBe(2));
    expect(given).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('removes committed entries from the stream, and nothing else', async () => {
    await transport.redis.config('SET', 'stream-node-max-entries', '1'); // trimming is by whole nodes
    const keeper = new Keeper();
    const server = transport.server({ [PATTERN]: keeper.handle });
    const client = transport.client();
    for (const n of range(1, 5)) await client.emitBatch(PATTERN, itemsOf(n));
    await eventually(() => expect(server.partitions()[0].storedTotal).toBe(5));
    await eventually(async () => expect(await transport.redis.xlen(transport.key())).toBeLessThanOrEqual(1));
    expect(keeper.numbers).toEqual(range(1, 5));
    await transport.redis.config('SET', 'stream-node-max-entries', '100');
  });

  it('starts with what its predecessor was given and did not acknowledge', async () => {
    const first = transport.server({ [PATTERN]: () => new Promise(() => undefined) }, { drainTimeoutMs: 0 });
    const client = transport.client({ packMaxItems: 1 });
    await client.emitBatch(PATTERN, itemsOf(1, 2, 3));
    await eventually(async () => expect(await transport.pending()).toBeGreaterThan(0));
    await first.close();
    await client.emitBatch(PATTERN, itemsOf(4));
    const keeper = new Keeper();
    transport.server({ [PATTERN]: keeper.handle }, { maxBatchEntries: 2 });
    await eventually(() => expect(keeper.numbers).toEqual([1, 2, 3, 4]));
    await eventually(async () => expect(await transport.pending()).toBe(0));
  });

  it('finishes and acknowledges the batch in hand when it is closed, and reads no other', async () => {
    const keeper = new Keeper();
    let finish: () => void = () => undefined;
    const slow = (items: unknown[], context: RedisStreamsContext): Promise<unknown> =>
      new Promise((resolve) => (finish = () => resolve(keeper.handle(items, context))));
    const server = transport.server({ [PATTERN]: slow }, { maxBatchEntries: 1 });
    await transport.client({ packMaxItems: 1 }).emitBatch(PATTERN, itemsOf(1, 2));
    await eventually(() => expect(server.partitions()[0].state).toBe('handling'));
    const closed = server.close();
    finish();
    await closed;
    expect(keeper.numbers).toEqual([1]);
    expect(server.partitions()[0].state).toBe('closed');
    expect(await transport.pending()).toBe(0);
    expect(await transport.redis.call('XINFO', 'GROUPS', transport.key())).toEqual([expect.arrayContaining(['lag', 1])]);
  });

  it('tells its lag by name, and none when all is committed', async () => {
    let open = false;
    const keeper = new Keeper((_, items) => items.map(() => (open ? stored() : retry('closed'))));
    const server = transport.server({ [PATTERN]: keeper.handle }, { maxBatchEntries: 2 });
    await transport.client({ packMaxItems: 1 }).emitBatch(PATTERN, itemsOf(1, 2, 3));
    await eventually(() => {
      const [partition] = server.partitions();
      expect(partition).toMatchObject({ pending: 2, entryLag: 3 });
      expect(partition.timeLagMs).toBeGreaterThan(0);
    });
    open = true;
    await eventually(() => expect(server.partitions()).toMatchObject([{ pending: 0, entryLag: 0, timeLagMs: 0, storedTotal: 3 }]));
    expect(server.partitions()[0].lastId).toBe((await transport.redis.xrevrange(transport.key(), '+', '-', 'COUNT', 1))[0][0]);
  });

  it('refuses a second handler of one pattern, and handlers that would answer', () => {
    const server = transport.server({});
    const handler = (): Promise<undefined> => Promise.resolve(undefined);
    server.addHandler('a', handler, true);
    expect(() => server.addHandler('a', handler, true)).toThrow('@EventPattern(a) has two handlers');
    expect(() => server.addHandler('b', handler, false)).toThrow('@MessagePattern(b): a stream has no answers');
  });

  it('lends its connections once it listens', () => {
    expect(transport.server({}).unwrap()).toHaveLength(2);
  });

  it('delivers one item as one item', async () => {
    const keeper = new Keeper();
    transport.server({ [PATTERN]: keeper.handle });
    const strange = { key: 'k', n: 1, ['__proto__x']: '\u0000 "é" 🎈', nested: [null, { constructor: 1 }] };
    await transport.client().emitBatch(PATTERN, [strange as Item]);
    await eventually(() => expect(keeper.kept).toEqual([strange]));
  });
});
