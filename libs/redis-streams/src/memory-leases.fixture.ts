import type { PartitionClaim, PartitionOwnership, RedisStreamsContext } from './index.js';
import { MemoryOwnership } from './transport.fixture.js';

/** Leases that run out, offsets and shares of several partitions: what a database with a clock would do. */
export class MemoryLeases {
  readonly partitions: MemoryOwnership[];
  /** How often anybody asked for a share. */
  asked = 0;
  private readonly until = new Map<number, number>();
  private readonly seenUntil = new Map<string, number>();

  constructor(
    count: number,
    private readonly leaseMs = 300,
  ) {
    this.partitions = Array.from({ length: count }, () => new MemoryOwnership());
  }

  /** Partitions per live holder. */
  get held(): Record<string, number> {
    const held: Record<string, number> = {};
    this.partitions.forEach(({ holder }, partition) => {
      if (holder !== undefined && !this.isOver(partition)) held[holder] = (held[holder] ?? 0) + 1;
    });
    return held;
  }

  /** The leases as one process sees them, until it dies. */
  forOne(): Tenant {
    return new Tenant(this);
  }

  /** The lease runs out although its holder lives: it was frozen, or cut off. */
  expire(partition: number): void {
    this.until.set(partition, 0);
  }

  commit(context: RedisStreamsContext): boolean {
    return this.partitions[context.getPartition()].commit(context);
  }

  async acquire(partition: number, owner: string): Promise<PartitionClaim | null> {
    if (this.isOver(partition)) this.partitions[partition].holder = undefined;
    const claim = await this.partitions[partition].acquire(partition, owner);
    if (claim) this.until.set(partition, Date.now() + this.leaseMs);
    return claim;
  }

  async renew(partition: number, owner: string, epoch: number): Promise<boolean> {
    if (this.isOver(partition) || !(await this.partitions[partition].renew(partition, owner, epoch))) return false;
    this.until.set(partition, Date.now() + this.leaseMs);
    return true;
  }

  release(partition: number, owner: string, epoch: number): Promise<void> {
    return this.partitions[partition].release(partition, owner, epoch);
  }

  share(owner: string): Promise<number> {
    this.asked++;
    this.seenUntil.set(owner, Date.now() + this.leaseMs);
    const live = [...this.seenUntil.values()].filter((until) => until > Date.now()).length;
    return Promise.resolve(Math.ceil(this.partitions.length / live));
  }

  leave(owner: string): Promise<void> {
    this.seenUntil.delete(owner);
    return Promise.resolve();
  }

  private isOver(partition: number): boolean {
    return (this.until.get(partition) ?? 0) < Date.now();
  }
}

/** One process's way to the leases. */
export class Tenant implements PartitionOwnership {
  /** A dead process asks for nothing any more. */
  dead = false;

  constructor(private readonly leases: MemoryLeases) {}

  acquire(partition: number, owner: string): Promise<PartitionClaim | null> {
    return this.alive(() => this.leases.acquire(partition, owner));
  }

  renew(partition: number, owner: string, epoch: number): Promise<boolean> {
    return this.alive(() => this.leases.renew(partition, owner, epoch));
  }

  release(partition: number, owner: string, epoch: number): Promise<void> {
    return this.alive(() => this.leases.release(partition, owner, epoch));
  }

  share(owner: string): Promise<number> {
    return this.alive(() => this.leases.share(owner));
  }

  leave(owner: string): Promise<void> {
    return this.alive(() => this.leases.leave(owner));
  }

  private alive<T>(ask: () => Promise<T>): Promise<T> {
    return this.dead ? Promise.reject(new Error('this process is dead')) : ask();
  }
}
