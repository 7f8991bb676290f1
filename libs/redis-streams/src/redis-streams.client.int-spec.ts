import { eventually, freshRedis } from '@analytics/testing';
import { lastValueFrom } from 'rxjs';
import { partitionOf } from './index.js';
import { die, entryIds, itemsOf, PATTERN, range, Transport } from './transport.fixture.js';

describe('RedisStreamsClient', () => {
  let transport: Transport;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
  });
  afterEach(() => transport.close());

  /** Field name → value of every entry of a partition. */
  const entries = async (partition = 0): Promise<{ id: string; fields: Record<string, string> }[]> =>
    (await transport.redis.xrange(transport.key(partition), '-', '+')).map(([id, flat]) => ({
      id,
      fields: Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]])),
    }));
  const numbersOf = (body: string): number[] => (JSON.parse(body) as { n: number }[]).map((item) => item.n);

  it('accepts an item only when it is in Redis, and says in which entry', async () => {
    const outcomes = await transport.client().emitBatch(PATTERN, itemsOf(1, 2, 3));
    const [entry, ...others] = await entries();
    expect(others).toEqual([]);
    expect(entryIds(outcomes)).toEqual([entry.id, entry.id, entry.id]);
    expect(entry.fields).toMatchObject({ v: '1', e: PATTERN, q: '1', n: '3', c: '3' });
    expect(numbersOf(entry.fields.b)).toEqual([1, 2, 3]);
  });

  it('lets concurrent calls share a pack, and gives each its own outcomes', async () => {
    const client = transport.client({ lingerMs: 20 });
    const results = await Promise.all(range(1, 10).map((n) => client.emitBatch(PATTERN, itemsOf(n))));
    expect(await entries()).toHaveLength(1);
    expect(results.map((outcomes) => outcomes.length)).toEqual(new Array(10).fill(1));
  });

  it('seals a pack at packMaxItems without waiting for the linger', async () => {
    const client = transport.client({ packMaxItems: 2, lingerMs: 60_000 });
    await client.emitBatch(PATTERN, itemsOf(1, 2, 3, 4));
    expect((await entries()).map((entry) => [entry.fields.q, entry.fields.n, entry.fields.c])).toEqual([
      ['1', '2', '2'],
      ['2', '2', '4'],
    ]);
  });

  it('seals a pack before it exceeds packMaxBytes', async () => {
    const client = transport.client({ packMaxBytes: 50 });
    await client.emitBatch(PATTERN, itemsOf(...range(1, 5))); // 17 bytes each
    expect((await entries()).map((entry) => entry.fields.n)).toEqual(['2', '2', '1']);
  });

  it('sends a lonely item after the linger', async () => {
    await transport.client({ lingerMs: 1 }).emitBatch(PATTERN, itemsOf(1));
    expect(await entries()).toHaveLength(1);
  });

  it('fills a pack for as long as the one before it is on its way', async () => {
    const client = transport.client({ lingerMs: 1 });
    await client.connect();
    await transport.redis.call('CLIENT', 'PAUSE', '60000', 'WRITE');
    const emitted = [client.emitBatch(PATTERN, itemsOf(1))];
    await eventually(async () => expect(await transport.redis.call('CLIENT', 'LIST')).toMatch(/-producer .*cmd=(xadd|exec|multi)/));
    for (const n of [2, 3, 4]) {
      const handedOverAt = Date.now();
      emitted.push(client.emitBatch(PATTERN, itemsOf(n)));
      await eventually(() => expect(Date.now() - handedOverAt).toBeGreaterThan(10));
    }
    await transport.redis.call('CLIENT', 'UNPAUSE');
    await Promise.all(emitted);
    expect((await entries()).map((entry) => numbersOf(entry.fields.b))).toEqual([[1], [2, 3, 4]]);
  });

  it('keeps the order of a key, through packs and partitions', async () => {
    const client = transport.client({ partitions: 3, packMaxItems: 7 });
    const all = range(1, 300).map((n) => ({ key: `key ${n % 10}`, n }));
    await Promise.all([client.emitBatch(PATTERN, all.slice(0, 150)), client.emitBatch(PATTERN, all.slice(150))]);
    for (let partition = 0; partition < 3; partition++) {
      const inStream = (await entries(partition)).flatMap((entry) => numbersOf(entry.fields.b));
      expect(inStream).toEqual(all.filter((item) => partitionOf(item.key, 3) === partition).map((item) => item.n));
    }
  });

  it('keeps patterns apart, each pack with a sequence of its own', async () => {
    const client = transport.client();
    await Promise.all([client.emitBatch('a', itemsOf(1)), client.emitBatch('b', itemsOf(2))]);
    expect((await entries()).map((entry) => `${entry.fields.e}${entry.fields.q}`).sort()).toEqual(['a1', 'b2']);
  });

  it('refuses an item that cannot be encoded and takes its neighbours, outcomes in order', async () => {
    const circular = { key: 'k', n: 2, self: {} };
    circular.self = circular;
    const client = transport.client({ packMaxBytes: 100 });
    const outcomes = await client.emitBatch(PATTERN, [{ key: 'k', n: 1 }, circular, { key: 'k'.repeat(200), n: 3 }, { key: 'k', n: 4 }]);
    expect(outcomes).toMatchObject([
      { ok: true },
      { ok: false, failure: 'invalid', reason: expect.stringContaining('circular') },
      { ok: false, failure: 'invalid', reason: 'the item is 216 bytes long; at most 100 are taken' },
      { ok: true },
    ]);
    expect((await entries()).flatMap((entry) => numbersOf(entry.fields.b))).toEqual([1, 4]);
  });

  it('takes an empty batch', async () => {
    expect(await transport.client().emitBatch(PATTERN, [])).toEqual([]);
  });

  it('refuses what exceeds maxInFlightBytes, and takes it when Redis has answered', async () => {
    const client = transport.client({ packMaxBytes: 40, maxInFlightBytes: 40 });
    const outcomes = await client.emitBatch(PATTERN, itemsOf(1, 2, 3));
    expect(outcomes).toMatchObject([{ ok: true }, { ok: true }, { ok: false, failure: 'overloaded' }]);
    expect([client.inFlight, client.inFlightBytes]).toEqual([0, 0]);
    expect(await client.emitBatch(PATTERN, itemsOf(3))).toMatchObject([{ ok: true }]);
  });

  it('says so when Redis is out of memory, and leaves no hole in the sequence', async () => {
    const client = transport.client();
    await client.emitBatch(PATTERN, itemsOf(1));
    await transport.redis.config('SET', 'maxmemory', '1');
    try {
      expect(await client.emitBatch(PATTERN, itemsOf(2))).toEqual([
        { ok: false, failure: 'out-of-memory', reason: 'redis is out of memory', packed: { key: 'k', n: 2 } },
      ]);
    } finally {
      await transport.redis.config('SET', 'maxmemory', '0');
    }
    await client.emitBatch(PATTERN, itemsOf(3));
    expect((await entries()).map((entry) => [entry.fields.q, entry.fields.c])).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
  });

  it('gives the reason of any other refusal', async () => {
    await transport.redis.set(transport.key(), 'not a stream');
    expect(await transport.client().emitBatch(PATTERN, itemsOf(1))).toMatchObject([
      { ok: false, failure: 'refused', reason: expect.stringContaining('WRONGTYPE') },
    ]);
  });

  it('fails its items, with the cause, when Redis stays away beyond publishTimeoutMs', async () => {
    const client = transport.client({ redis: 'redis://127.0.0.1:1', publishTimeoutMs: 100 });
    expect(await client.emitBatch(PATTERN, itemsOf(1))).toMatchObject([
      { ok: false, failure: 'unavailable', reason: expect.stringContaining('redis did not accept it in time') },
    ]);
    await expect(client.connect()).rejects.toMatchObject({ failure: 'unavailable' });
  });

  it('emits in the way of Nest, and settles after Redis has answered', async () => {
    const client = transport.client();
    const id = await lastValueFrom(client.emit<string>(PATTERN, { key: 'k', n: 1 }));
    expect((await entries()).map((entry) => entry.id)).toEqual([id]);
  });

  it('errors the Observable of emit() when the item is not accepted', async () => {
    await transport.redis.set(transport.key(), 'not a stream');
    await expect(lastValueFrom(transport.client().emit(PATTERN, { key: 'k', n: 1 }))).rejects.toMatchObject({ failure: 'refused' });
  });

  it('refuses send(): a stream has no answers', async () => {
    await expect(lastValueFrom(transport.client().send())).rejects.toThrow('Use emit() or emitBatch()');
  });

  it('sends what is in hand when it is closed, then takes nothing more', async () => {
    const client = transport.client({ lingerMs: 60_000 });
    const emitted = client.emitBatch(PATTERN, itemsOf(1, 2));
    await client.close();
    expect(await emitted).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await client.emitBatch(PATTERN, itemsOf(3))).toMatchObject([{ ok: false, failure: 'closed' }]);
    expect(await entries()).toHaveLength(1);
  });

  it('tells a fault test where it is', async () => {
    const points: string[] = [];
    const client = transport.client({ packMaxItems: 2, onPoint: (name) => points.push(name) });
    await client.emitBatch(PATTERN, itemsOf(1, 2, 3));
    expect(points).toEqual(['after-xadd', 'mid-pack', 'after-xadd']);
  });

  it('leaves a pack whole or absent, and the accepted ones all there, when it dies between two packs', async () => {
    const client = transport.client({ packMaxItems: 2, publishTimeoutMs: 100, onPoint: (name) => name === 'mid-pack' && die(client) });
    const outcomes = await client.emitBatch(PATTERN, itemsOf(1, 2, 3, 4));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, false]);
    expect((await entries()).map((entry) => numbersOf(entry.fields.b))).toEqual([[1, 2]]);
  });

  it('tells its status', async () => {
    const client = transport.client();
    const seen: string[] = [];
    client.status.subscribe((status) => seen.push(status));
    await client.connect();
    await transport.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(() => expect(seen).toEqual(['connected', 'reconnecting', 'connected']));
    await client.close();
    expect(seen.at(-1)).toBe('disconnected');
  });
});
