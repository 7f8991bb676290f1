import { OptionChecks } from './option-checks.js';
import { jsonPackCodec, type PackCodec } from './pack.codec.js';
import type { RedisTarget } from './redis-connection.js';

/** Options of {@link RedisStreamsClient}. */
export interface RedisStreamsClientOptions<Item = unknown> {
  /** Where Redis is. `keyPrefix` is refused: use `stream`. */
  redis: RedisTarget;
  /** Stem of the streams' names; partition n is `<stream>:{n}`. */
  stream: string;
  /** Number of partitions, at least 1. Must equal the server's. Changing it moves keys between partitions, and with that their order. */
  partitions: number;
  /** Items with the same key stay in order. Called once per item. Throwing refuses the item. */
  partitionKey: (item: Item) => string;
  /** How items become text. Default: JSON. Must equal the server's. */
  codec?: PackCodec;
  /** Items per stream entry, default 500. An item of its own per entry costs about five times the CPU of packs of 500. */
  packMaxItems?: number;
  /** Bytes per stream entry, default 245,760. A larger single item is refused. */
  packMaxBytes?: number;
  /**
   * Bodies of so many bytes are compressed (LZ4), default 1,024: JSON takes a sixth of its room in Redis, in its file and on the way. Smaller
   * ones stay readable with redis-cli; Infinity: none is compressed.
   */
  compressFromBytes?: number;
  /**
   * How long a pack waits for company, ms, default 5; longer while the one before is on its way. It is the delay of an item when traffic is
   * thin. 0: until the event loop turns.
   */
  lingerMs?: number;
  /** Bytes handed over and not yet answered for, default 67,108,864. Above it items are refused as `overloaded`. */
  maxInFlightBytes?: number;
  /** When an unanswered command counts as failed and the connection is made anew, ms, default 5,000. */
  commandTimeoutMs?: number;
  /** How long a pack is tried, ms from its hand-over, default 30,000; then its items fail as `unavailable`. */
  publishTimeoutMs?: number;
  /** How long `close()` keeps trying what is in hand, ms, default 5,000. */
  closeTimeoutMs?: number;
  /** Names this process in its packs. Default: random per client. Never give one id to two running clients, nor to a restarted one. */
  producerId?: string;
  /**
   * The key under which an item is counted, called once per item; throwing refuses the item. The counts of a pack travel in its entry, are
   * added to the hash `<stream>:{n}:accepted` in the same atomic step, and reach the handler with the entry, so that a ledger can prove
   * that what was accepted was handled. The hash keeps a key until `forgetAccepted()` of the server. Default: nothing is counted.
   */
  tally?: (item: Item) => string;
  /**
   * For fault tests: called with `mid-pack` (between two packs of one call) and `after-xadd` (Redis has answered, the caller does not know
   * yet). Default: none.
   */
  onPoint?: (name: ClientPoint) => void;
}

/** Where a fault test may strike in the client. */
export type ClientPoint = 'mid-pack' | 'after-xadd';

/** Options with their defaults. */
export type CheckedClientOptions<Item> = Required<Omit<RedisStreamsClientOptions<Item>, 'tally' | 'onPoint'>> &
  Pick<RedisStreamsClientOptions<Item>, 'tally' | 'onPoint'>;

/** The options with their defaults. @throws {Error} naming every wrong option. */
export function checkClientOptions<Item>(options: RedisStreamsClientOptions<Item>): CheckedClientOptions<Item> {
  const all = {
    codec: jsonPackCodec,
    packMaxItems: 500,
    packMaxBytes: 240 * 1024,
    compressFromBytes: 1024,
    lingerMs: 5,
    maxInFlightBytes: 64 * 1024 * 1024,
    commandTimeoutMs: 5000,
    publishTimeoutMs: 30_000,
    closeTimeoutMs: 5000,
    producerId: globalThis.crypto.randomUUID(),
    ...options,
  };
  new OptionChecks('RedisStreamsClient')
    .name('stream', all.stream, 'it is the stem of Redis keys with a hash tag')
    .whole('partitions', all.partitions, { most: 1024, why: 'every partition is a stream with a sender of its own' })
    .check(typeof all.partitionKey === 'function', 'partitionKey', all.partitionKey, 'a function', 'it decides which items stay in order')
    .check(all.tally === undefined || typeof all.tally === 'function', 'tally', all.tally, 'a function', 'it counts items')
    .whole('packMaxItems', all.packMaxItems, { most: 100_000, why: 'a pack is one stream entry' })
    .whole('packMaxBytes', all.packMaxBytes, { most: 64 * 1024 * 1024, why: 'Redis keeps the entry in one piece of memory' })
    .check(
      all.compressFromBytes === Infinity || (Number.isSafeInteger(all.compressFromBytes) && all.compressFromBytes >= 0),
      'compressFromBytes',
      all.compressFromBytes,
      'a whole number from 0, or Infinity',
      'it is a number of bytes',
    )
    .whole('lingerMs', all.lingerMs, { least: 0, most: 60_000, why: 'items wait that long for company' })
    .whole('maxInFlightBytes', all.maxInFlightBytes, { least: all.packMaxBytes, why: 'one full pack must fit in' })
    .whole('commandTimeoutMs', all.commandTimeoutMs, { why: 'without it a dead connection is waited for without end' })
    .whole('publishTimeoutMs', all.publishTimeoutMs, { why: 'without it callers wait without end while Redis is away' })
    .whole('closeTimeoutMs', all.closeTimeoutMs, { least: 0, why: 'a stop must end' })
    .name('producerId', all.producerId, 'it names the packs of this process')
    .redis(all.redis)
    .done();
  return all;
}
