import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { EmitFailure } from './emit-outcome.js';
import { acceptedKey, streamKey, tallyStreamKey } from './partitioning.js';
import { isReply, messageOf, untilReady } from './redis-connection.js';

/** What one XADD came to. */
export type AppendResult =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false;
      readonly failure: EmitFailure;
      readonly reason: string;
      /** Whether the same XADD may work soon. */
      readonly retryable: boolean;
      /** Whether Redis may have appended it all the same (its answer is missing). */
      readonly uncertain: boolean;
    };

/** Error replies of a Redis that is alive and says "not now". */
const NOT_NOW = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS)\b/;

/** How long one try waits for a connection that is being made, ms. */
const PATIENCE_MS = 250;

/** The keys of one partition that an append writes to: the stream, the hash of what was accepted, the stream of tallies. */
export const appendKeys = (stream: string, partition: number): readonly [string, string, string] => [
  streamKey(stream, partition),
  acceptedKey(stream, partition),
  tallyStreamKey(stream, partition),
];

/**
 * The entry, its counters and its tally in one step, written to the append-only file as one transaction. A script and not MULTI, because
 * MULTI counts an entry that is refused, and does not know its id. The entry comes first: when it is refused, nothing has happened. A
 * counter that cannot be kept (its key is of another type) never costs an accepted entry; the ledger disagrees, which is what it is for.
 * Field `k` stands before the body, which is last.
 */
const APPEND_AND_COUNT = `
local fields = tonumber(ARGV[1])
local id = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2, fields + 1))
for i = fields + 2, #ARGV, 2 do redis.pcall('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.pcall('XADD', KEYS[3], id, ARGV[fields - 2], ARGV[fields - 1])
return id`;
const APPEND_SHA = createHash('sha1').update(APPEND_AND_COUNT).digest('hex');

/** By its hash; a Redis that does not know it, such as one started anew, is sent the whole script. */
async function appendAndCount(
  redis: Redis,
  keys: readonly string[],
  fields: string[],
  tally: ReadonlyMap<string, number>,
): Promise<string> {
  const args = [...keys, fields.length, ...fields, ...[...tally].flat()];
  try {
    return String(await redis.evalsha(APPEND_SHA, keys.length, ...args));
  } catch (error) {
    if (!isReply(error) || !messageOf(error).startsWith('NOSCRIPT')) throw error;
    return String(await redis.eval(APPEND_AND_COUNT, keys.length, ...args));
  }
}

/**
 * One append, and what its failure means.
 * @param keys {@link appendKeys}
 * @param tally counted in the same step; nothing when it is empty.
 */
export async function appendEntry(
  redis: Redis,
  keys: readonly [string, string, string],
  fields: string[],
  tally: ReadonlyMap<string, number>,
): Promise<AppendResult> {
  if (!(await untilReady(redis, PATIENCE_MS)))
    return { ok: false, failure: 'unavailable', reason: 'redis is not connected', retryable: true, uncertain: false };
  try {
    const id = await (tally.size > 0 ? appendAndCount(redis, keys, fields, tally) : redis.xadd(keys[0], '*', ...fields));
    return { ok: true, id: String(id) };
  } catch (error) {
    const message = messageOf(error);
    if (!isReply(error)) return { ok: false, failure: 'unavailable', reason: message, retryable: true, uncertain: true };
    if (message.startsWith('OOM'))
      return { ok: false, failure: 'out-of-memory', reason: 'redis is out of memory', retryable: false, uncertain: false };
    const reason = `redis refused the entry: ${message}`;
    const retryable = NOT_NOW.test(message);
    return { ok: false, failure: retryable ? 'unavailable' : 'refused', reason, retryable, uncertain: false };
  }
}
