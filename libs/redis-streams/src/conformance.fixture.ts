import type { ChaosProxy } from './chaos-proxy.fixture.js';
import {
  fenced,
  type RedisStreamsClient,
  type RedisStreamsContext,
  type RedisStreamsServer,
  type RedisStreamsServerOptions,
} from './index.js';
import { MemoryLeases, type Tenant } from './memory-leases.fixture.js';
import { die, Keeper, PATTERN, Transport, type Item } from './transport.fixture.js';

export const PARTITIONS = 3;
const KEYS = 12;

/** A stream under load with consumers that may come and go, and the books of what became of each item. */
export class Stage {
  readonly leases = new MemoryLeases(PARTITIONS);
  readonly store = new Keeper();
  readonly attempted: Item[] = [];
  readonly accepted: Item[] = [];
  readonly duplicates = new Map<string, number>();
  readonly processes: { server: RedisStreamsServer; tenant: Tenant }[] = [];
  /** Makes the handler fail: called before each batch. */
  beforeHandling: () => void = () => undefined;
  private readonly client: RedisStreamsClient<Item>;
  private going = true;
  private loads: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly transport: Transport,
    readonly proxy: ChaosProxy,
    private readonly exactlyOnce: boolean,
  ) {
    this.client = this.transport.client({
      ...{ redis: proxy.url, partitions: PARTITIONS, packMaxItems: 7, lingerMs: 1, commandTimeoutMs: 200 },
      tally: Stage.tallyKey,
    });
  }

  static async open(redisUrl: string, exactlyOnce: boolean): Promise<Stage> {
    const transport = new Transport(redisUrl);
    await transport.redis.flushall();
    return new Stage(transport, await transport.proxy(), exactlyOnce);
  }

  static readonly tallyKey = (item: Item): string => `project ${item.n % 2}`;

  /** Starts one more consumer process. */
  join(): void {
    const tenant = this.leases.forOne();
    const store = (items: unknown[], context: RedisStreamsContext): unknown => {
      if (tenant.dead) return new Promise(() => undefined);
      this.beforeHandling();
      if (this.exactlyOnce && !this.leases.commit(context)) return fenced();
      for (const { duplicate, tally } of context.getEntries())
        if (duplicate) for (const [key, count] of tally) this.duplicates.set(key, (this.duplicates.get(key) ?? 0) + count);
      return this.store.handle(items, context);
    };
    const ownership = this.exactlyOnce ? tenant : undefined;
    const options: Partial<RedisStreamsServerOptions> = {
      ...{ redis: this.proxy.url, partitions: PARTITIONS, ownership, owner: `process ${this.processes.length}` },
      ...{ commandTimeoutMs: 200, watchdogMarginMs: 100, drainTimeoutMs: 500, maxBatchEntries: 5 },
    };
    this.processes.push({ server: this.transport.server({ [PATTERN]: store }, options), tenant });
  }

  /** The oldest process ends without a word; another one is started. */
  killOldest(): void {
    const oldest = this.processes.find(({ tenant }) => !tenant.dead);
    if (!oldest) return;
    oldest.tenant.dead = true;
    die(oldest.server);
    this.join();
  }

  /** Keeps sending; each item once, and never again. */
  load(): void {
    const send = async (): Promise<void> => {
      while (this.going) {
        const items = Array.from({ length: 20 }, (): Item => {
          const n = this.attempted.length + 1;
          const item = { key: `key ${n % KEYS}`, n };
          this.attempted.push(item);
          return item;
        });
        const outcomes = await this.client.emitBatch(PATTERN, items);
        outcomes.forEach((outcome, i) => outcome.ok && this.accepted.push(items[i]));
      }
    };
    this.loads = Promise.all([send(), send()]);
  }

  /** Sends no more, and waits for what is on its way. */
  async stopLoad(): Promise<void> {
    this.going = false;
    await this.loads;
  }

  /** Accepted items per tally key, as Redis has counted them. */
  async acceptedTally(): Promise<Map<string, number>> {
    const sum = new Map<string, number>();
    for (let partition = 0; partition < PARTITIONS; partition++)
      for (const [key, count] of Object.entries(await this.transport.redis.hgetall(`${this.transport.key(partition)}:accepted`)))
        sum.set(key, (sum.get(key) ?? 0) + Number(count));
    return sum;
  }

  async close(): Promise<void> {
    await this.stopLoad();
    await this.transport.close();
  }
}
