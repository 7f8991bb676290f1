/** What an owner knows when it takes a partition: where its predecessors stopped. */
export interface PartitionClaim {
  /** Grows with every acquisition; the store refuses a commit that carries an older one (a fenced zombie). */
  readonly epoch: number;
  /** Id of the last entry that is committed, `0-0` at first. Entries at or below it are never delivered again. */
  readonly lastId: string;
  /**
   * Producer id → its highest committed sequence. A pack at or below it is a duplicate and is skipped.
   * A producer must stay in here for as long as one of its packs can still be in the stream.
   */
  readonly sequences: ReadonlyMap<string, number>;
}

/**
 * Who may read a partition, and from where. Implemented by the store that also commits the offsets, because only one transaction
 * over both makes delivery exactly-once. Without one, delivery is at-least-once and this process takes every partition:
 * run only one such process per group.
 */
export interface PartitionOwnership {
  /** Takes the partition for `owner`; null when another owner holds a live lease. Rejections are retried with backoff. */
  acquire(partition: number, owner: string): Promise<PartitionClaim | null>;
  /** Prolongs the lease; false when it is lost, upon which the partition stops reading. Rejections are retried at the next turn. */
  renew(partition: number, owner: string, epoch: number): Promise<boolean>;
  /** Ends the lease at once, so that a successor need not wait for its expiry. */
  release(partition: number, owner: string, epoch: number): Promise<void>;
  /**
   * Says that `owner` is alive, and asks how many partitions it may hold at most now: partitions / live owners, rounded up. An owner that
   * was not heard of for as long as a lease lasts no longer counts. Asked every `acquireEveryMs`; the surplus is given up, and nothing
   * above it is acquired. Without it, an owner takes whatever is free. On rejection the last answer holds.
   */
  share?(owner: string): Promise<number>;
  /** The owner stops: it no longer counts, so that the others may take over its partitions at once. */
  leave?(owner: string): Promise<void>;
}
