import { hostname } from 'node:os';
import { OptionChecks } from './option-checks.js';
import { jsonPackCodec, type PackCodec } from './pack.codec.js';
import type { PartitionOwnership } from './partition-ownership.js';
import type { RedisTarget } from './redis-connection.js';

/** Options of {@link RedisStreamsServer}. */
export interface RedisStreamsServerOptions {
  /** Where Redis is. Opens one connection per partition and one for all. `keyPrefix` is refused: use `stream`. */
  redis: RedisTarget;
  /** Stem of the streams' names; partition n is `<stream>:{n}`. */
  stream: string;
  /** Number of partitions. Must equal the clients'. */
  partitions: number;
  /** Consumer group. It is made at id 0, so that what was sent before the first start is read too. */
  group: string;
  /** How bodies become items. Default: JSON. Must equal the clients'. */
  codec?: PackCodec;
  /** Who may read a partition, and from where. Default: none, which means at-least-once, and one process per group. */
  ownership?: PartitionOwnership;
  /** Name of this process in leases and logs. Default: host name and process id. */
  owner?: string;
  /** Entries per read, default 20. Items per batch are at most this times the clients' `packMaxItems`; so is memory in hand. */
  maxBatchEntries?: number;
  /** How long a read waits for entries, ms, default 2,000. Must be well below the lease of `ownership`. */
  blockMs?: number;
  /** How long a read may overrun `blockMs` before its connection is broken and made anew, ms, default 3,000. */
  watchdogMarginMs?: number;
  /** When any other command counts as failed, ms, default 5,000. */
  commandTimeoutMs?: number;
  /** How long a handler may take, ms, default 60,000; then the batch is handed over again. */
  handlerTimeoutMs?: number;
  /** First wait after a failure, ms, default 100; doubled each time. */
  retryFirstMs?: number;
  /** Longest wait after failures, ms, default 5,000. */
  retryMostMs?: number;
  /** How often a lease is renewed, ms, default 3,000. At most a third of the lease. */
  renewEveryMs?: number;
  /** How often a partition that another owner holds is asked for, and how often this owner's share is, ms, default 500. */
  acquireEveryMs?: number;
  /** How often lag is measured, ms, default 1,000. */
  lagEveryMs?: number;
  /** How long `close()` waits for the batches in hand, ms, default 8,000. What is not finished is read again by the successor. */
  drainTimeoutMs?: number;
  /** Whether entries are removed from the stream once committed, default true. Set false when another group reads the same stream. */
  trim?: boolean;
  /**
   * Deliveries that ended with the death of the process, after which an entry is handed over alone, default 3. Until then it goes with
   * its neighbours, so a lower number isolates sooner and handles more entries one by one after an ordinary crash.
   */
  isolateAfter?: number;
  /** Such deliveries after which an entry goes to `UNDELIVERABLE` without being decoded, default 5. */
  giveUpAfter?: number;
  /**
   * For fault tests: called with `after-commit` (the handler has answered, before XACK) and `after-ack` (before XTRIM; without this hook
   * both are sent at once). Default: none.
   */
  onPoint?: (name: ServerPoint) => void;
}

/** Where a fault test may strike in the server. */
export type ServerPoint = 'after-commit' | 'after-ack';

/** Options with their defaults. */
export type CheckedServerOptions = Required<Omit<RedisStreamsServerOptions, 'ownership' | 'onPoint'>> &
  Pick<RedisStreamsServerOptions, 'ownership' | 'onPoint'>;

/** @throws {Error} naming every wrong option. */
export function checkServerOptions(options: RedisStreamsServerOptions): CheckedServerOptions {
  const all: CheckedServerOptions = {
    codec: jsonPackCodec,
    owner: `${hostname()}-${process.pid}`,
    maxBatchEntries: 20,
    blockMs: 2000,
    watchdogMarginMs: 3000,
    commandTimeoutMs: 5000,
    handlerTimeoutMs: 60_000,
    retryFirstMs: 100,
    retryMostMs: 5000,
    renewEveryMs: 3000,
    acquireEveryMs: 500,
    lagEveryMs: 1000,
    drainTimeoutMs: 8000,
    trim: true,
    isolateAfter: 3,
    giveUpAfter: 5,
    ...options,
  };
  new OptionChecks('RedisStreamsServer')
    .name('stream', all.stream, 'it is the stem of Redis keys with a hash tag')
    .name('group', all.group, 'it names the consumer group')
    .whole('partitions', all.partitions, { most: 1024, why: 'every partition has a reader with a connection of its own' })
    .whole('maxBatchEntries', all.maxBatchEntries, { most: 10_000, why: 'a batch is held in memory' })
    .whole('blockMs', all.blockMs, { most: 60_000, why: 'a read must end for the watchdog to tell a dead connection' })
    .whole('watchdogMarginMs', all.watchdogMarginMs, { least: 100, why: 'a busy process reads its answers late' })
    .whole('commandTimeoutMs', all.commandTimeoutMs, { why: 'without it a dead connection is waited for without end' })
    .whole('handlerTimeoutMs', all.handlerTimeoutMs, { why: 'a handler that never ends would stop its partition' })
    .whole('retryFirstMs', all.retryFirstMs, { why: 'a failure must not become a hot loop' })
    .whole('retryMostMs', all.retryMostMs, { least: all.retryFirstMs, why: 'it bounds the doubling of retryFirstMs' })
    .whole('renewEveryMs', all.renewEveryMs, { why: 'a lease must be renewed before it ends' })
    .whole('acquireEveryMs', all.acquireEveryMs, { why: 'a held partition is asked for again and again' })
    .whole('lagEveryMs', all.lagEveryMs, { least: 10, why: 'measuring costs two commands per partition' })
    .whole('drainTimeoutMs', all.drainTimeoutMs, { least: 0, why: 'a stop must end' })
    .whole('isolateAfter', all.isolateAfter, { why: 'an entry is innocent until it was in hand when the process died' })
    .whole('giveUpAfter', all.giveUpAfter, { least: all.isolateAfter + 1, why: 'only an entry that was in hand alone is proven guilty' })
    .redis(all.redis)
    .done();
  return all;
}
