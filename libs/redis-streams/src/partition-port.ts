import type { BatchCall } from './batch-delivery.js';
import type { PartitionBalance } from './partition-balance.js';
import type { PartitionMeter } from './partition-meter.js';
import type { PartitionState, RedisStreamsServerEvents } from './redis-streams.server-events.js';
import type { Turns } from './turns.js';

/** What a partition needs of its server. */
export interface PartitionPort {
  /** How many partitions this process may take. */
  readonly balance: PartitionBalance;
  /** Suspected entries of all partitions take turns: what is in hand when the process dies is then known for certain. */
  readonly suspects: Turns;
  /** The call of the handler of a pattern; undefined when there is none. */
  handlerOf(pattern: string): BatchCall | undefined;
  emit<Key extends keyof RedisStreamsServerEvents>(event: Key, ...payload: Parameters<RedisStreamsServerEvents[Key]>): void;
  /** A failure that will be tried again. */
  failed(error: unknown): void;
  /** It works (again). */
  recovered(): void;
  /** Breaks the blocking read. */
  interruptRead(): void;
}

/** What reading needs of the consumer whose tenure it serves. */
export interface TenurePort extends PartitionPort {
  readonly meter: PartitionMeter;
  /** Aborted when the partition is lost or to be closed. */
  readonly over: AbortSignal;
  become(state: PartitionState): void;
  /** The handler says that another owner has the partition. */
  fenced(): void;
}
