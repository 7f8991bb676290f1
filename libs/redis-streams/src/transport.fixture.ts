import { Redis } from 'ioredis';
import { ChaosProxy } from './chaos-proxy.fixture.js';
import {
  RedisStreamsClient,
  RedisStreamsServer,
  stored,
  type EmitOutcome,
  type Outcome,
  type PartitionClaim,
  type PartitionOwnership,
  type RedisStreamsClientOptions,
  type RedisStreamsContext,
  type RedisStreamsServerOptions,
} from './index.js';

export interface Item {
  key: string;
  n: number;
}

type Handler = (items: unknown[], context: RedisStreamsContext) => unknown;

const STREAM = 'spec';
export const GROUP = 'readers';
export const PATTERN = 'items';

/** Clients, servers and connections of one test on one Redis; `close()` closes them all, the last one first. */
export class Transport {
  readonly redis: Redis;
  private readonly closers: (() => Promise<unknown>)[] = [];

  constructor(readonly url: string) {
    this.redis = new Redis(url, { protocol: 2 });
    this.redis.on('error', () => undefined);
    this.closers.push(() => Promise.resolve(this.redis.disconnect()));
  }

  key(partition = 0): string {
    return `${STREAM}:{${partition}}`;
  }

  client(options: Partial<RedisStreamsClientOptions<Item>> = {}): RedisStreamsClient<Item> {
    const client = new RedisStreamsClient<Item>({
      redis: this.url,
      stream: STREAM,
      partitions: 1,
      partitionKey: (item) => item.key,
      ...options,
    });
    this.closers.push(() => client.close());
    return client;
  }

  /** A listening server with quick waits, and the handlers given. */
  server(handlers: Record<string, Handler>, options: Partial<RedisStreamsServerOptions> = {}): RedisStreamsServer {
    const server = new RedisStreamsServer({
      ...{ redis: this.url, stream: STREAM, partitions: 1, group: GROUP, blockMs: 100 },
      ...{ retryFirstMs: 10, retryMostMs: 50, acquireEveryMs: 20, renewEveryMs: 50, lagEveryMs: 20 },
      ...options,
    });
    for (const [pattern, handler] of Object.entries(handlers)) {
      const call = async (items: unknown[], context?: unknown): Promise<unknown> => handler(items, context as RedisStreamsContext);
      server.addHandler(pattern, call, true);
    }
    server.listen((error) => {
      if (error) throw error;
    });
    this.closers.push(() => server.close());
    return server;
  }

  /** A relay to Redis whose connections can be made to fail. */
  async proxy(): Promise<ChaosProxy> {
    const proxy = await ChaosProxy.start(this.url);
    this.closers.push(() => proxy.close());
    return proxy;
  }

  async pending(partition = 0): Promise<number> {
    const [count] = (await this.redis.xpending(this.key(partition), GROUP)) as [number];
    return count;
  }

  async close(): Promise<void> {
    for (const close of this.closers.reverse()) await close();
    this.closers.length = 0;
  }
}

/** Ends a server or client the way SIGKILL does, as far as Redis can tell: no farewell, nothing set back. */
export function die(part: RedisStreamsServer | RedisStreamsClient<Item>): void {
  for (const redis of [part.unwrap<Redis | Redis[]>()].flat()) redis.disconnect();
}

/** Keeps what it is given; the outcomes are `stored`, or what `answer` says. */
export class Keeper {
  readonly kept: Item[] = [];
  readonly batches: { items: Item[]; context: RedisStreamsContext }[] = [];

  constructor(private readonly answer?: (call: number, items: Item[]) => Outcome[] | undefined) {}

  readonly handle: Handler = (items, context) => {
    const given = items as Item[];
    this.batches.push({ items: given, context });
    const outcomes = this.answer?.(this.batches.length, given) ?? given.map(stored);
    given.forEach((item, i) => outcomes[i].kind === 'stored' && this.kept.push(item));
    return outcomes;
  };

  get numbers(): number[] {
    return this.kept.map((item) => item.n);
  }
}

/** A store of offsets in memory: what a database would do in a transaction. */
export class MemoryOwnership implements PartitionOwnership {
  lastId = '0-0';
  epoch = 0;
  readonly sequences = new Map<string, number>();
  holder?: string;

  acquire(_partition: number, owner: string): Promise<PartitionClaim | null> {
    if (this.holder !== undefined && this.holder !== owner) return Promise.resolve(null);
    this.holder = owner;
    this.epoch++;
    return Promise.resolve({ epoch: this.epoch, lastId: this.lastId, sequences: new Map(this.sequences) });
  }

  renew(_partition: number, owner: string, epoch: number): Promise<boolean> {
    return Promise.resolve(this.holder === owner && this.epoch === epoch);
  }

  release(_partition: number, owner: string, epoch: number): Promise<void> {
    if (this.holder === owner && this.epoch === epoch) this.holder = undefined;
    return Promise.resolve();
  }

  /** The compare-and-set of a commit. */
  commit(context: RedisStreamsContext): boolean {
    if (context.getEpoch() !== this.epoch || context.getPreviousId() !== this.lastId) return false;
    this.lastId = context.getLastId();
    for (const [producer, sequence] of context.getSequences()) this.sequences.set(producer, sequence);
    return true;
  }
}

export const itemsOf = (...numbers: number[]): Item[] => numbers.map((n) => ({ key: 'k', n }));

export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The fields of a pack as a client writes it. */
export const pack = (producer: string, sequence: number, ...numbers: number[]): string[] => [
  ...['v', '1', 'e', PATTERN, 'p', producer, 'q', String(sequence), 'n', String(numbers.length)],
  ...['c', String(1000 + numbers.length), 't', '1', 'b', JSON.stringify(itemsOf(...numbers))],
];

export const entryIds = (outcomes: readonly EmitOutcome[]): (string | undefined)[] =>
  outcomes.map((outcome) => (outcome.ok ? outcome.entryId : undefined));
