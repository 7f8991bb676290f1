import { eventually, freshRedis } from '@analytics/testing';
import { fenced, type RedisStreamsContext, type RedisStreamsServer } from './index.js';
import { MemoryLeases, type Tenant } from './memory-leases.fixture.js';
import { die, Keeper, PATTERN, range, Transport } from './transport.fixture.js';

const PARTITIONS = 6;

describe('several servers on one stream', () => {
  let transport: Transport;
  let leases: MemoryLeases;
  let store: Keeper;
  let going: boolean;

  beforeEach(async () => {
    transport = new Transport(await freshRedis());
    leases = new MemoryLeases(PARTITIONS);
    store = new Keeper();
    going = true;
  });
  afterEach(() => {
    going = false;
    return transport.close();
  });

  /** One process: a server with a name and its own way to the leases. All keep into one store. */
  const join = (owner: string): { server: RedisStreamsServer; tenant: Tenant } => {
    const tenant = leases.forOne();
    const commit = (items: unknown[], context: RedisStreamsContext): unknown =>
      leases.commit(context) ? store.handle(items, context) : items.map(fenced);
    const options = { ownership: tenant, owner, partitions: PARTITIONS, drainTimeoutMs: 1000 };
    return { server: transport.server({ [PATTERN]: commit }, options), tenant };
  };
  const sharedOut = (held: Record<string, number>): Promise<void> => eventually(() => expect(leases.held).toEqual(held));

  it('share its partitions, and share anew when one joins', async () => {
    join('a');
    await sharedOut({ a: 6 });
    join('b');
    await sharedOut({ a: 3, b: 3 });
    join('c');
    await sharedOut({ a: 2, b: 2, c: 2 });
  });

  it('leave each other in peace once they have their shares', async () => {
    for (const owner of ['a', 'b', 'c']) join(owner);
    await sharedOut({ a: 2, b: 2, c: 2 });
    const epochs = leases.partitions.map(({ epoch }) => epoch);
    const { asked } = leases;
    await eventually(() => expect(leases.asked).toBeGreaterThan(asked + 30));
    expect(leases.partitions.map(({ epoch }) => epoch)).toEqual(epochs);
  });

  it('take nothing above their share, although it is free', async () => {
    leases.share = () => {
      leases.asked++;
      return Promise.resolve(2);
    };
    join('a');
    await sharedOut({ a: 2 });
    const { asked } = leases;
    await eventually(() => expect(leases.asked).toBeGreaterThan(asked + 10));
    expect(leases.partitions.filter(({ epoch }) => epoch > 0)).toHaveLength(2);
  });

  it('take over from one that leaves, long before its time is over', async () => {
    leases = new MemoryLeases(PARTITIONS, 60_000);
    const { server } = join('a');
    join('b');
    join('c');
    await sharedOut({ a: 2, b: 2, c: 2 });
    await server.close();
    await sharedOut({ b: 3, c: 3 });
  });

  it('take over from one that dies, when its leases have run out', async () => {
    const { server, tenant } = join('a');
    join('b');
    join('c');
    await sharedOut({ a: 2, b: 2, c: 2 });
    tenant.dead = true;
    die(server);
    await sharedOut({ b: 3, c: 3 });
  });

  it('take it in again when it was only cut off', async () => {
    const { tenant } = join('a');
    join('b');
    await sharedOut({ a: 3, b: 3 });
    tenant.dead = true;
    await sharedOut({ b: 6 });
    tenant.dead = false;
    await sharedOut({ a: 3, b: 3 });
  });

  it('lose nothing, double nothing and keep the order of each key through a rolling restart under load', async () => {
    let next = 1;
    const client = transport.client({ partitions: PARTITIONS, packMaxItems: 5, lingerMs: 1 });
    const load = async (): Promise<void> => {
      while (going) {
        const items = range(next, next + 19).map((n) => ({ key: `key ${n % 20}`, n }));
        next += 20;
        await client.emitBatch(PATTERN, items);
      }
    };
    let running = ['a', 'b', 'c'].map(join);
    const loads = load();
    for (const owner of ['d', 'e', 'f']) {
      const stored = store.kept.length;
      await eventually(() => expect(store.kept.length).toBeGreaterThan(stored + 100));
      const [oldest, ...others] = running;
      await oldest.server.close();
      running = [...others, join(owner)];
    }
    await sharedOut({ d: 2, e: 2, f: 2 });
    going = false;
    await loads;
    await eventually(() => expect(store.kept).toHaveLength(next - 1));
    expect(new Set(store.numbers).size).toBe(next - 1);
    for (const key of range(0, 19)) {
      const ofKey = store.kept.filter((item) => item.key === `key ${key}`).map((item) => item.n);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
  });

  it('keep what they have while the keeper of the shares cannot be asked', async () => {
    const { tenant } = join('a');
    await sharedOut({ a: 6 });
    tenant.share = () => Promise.reject(new Error('away'));
    await transport.client({ partitions: PARTITIONS }).emitBatch(PATTERN, [{ key: 'k', n: 1 }]);
    await eventually(() => expect(store.numbers).toEqual([1]));
    expect(leases.held).toEqual({ a: 6 });
  });
});
