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

/** A group that reads nothing: moving it to the end of the stream is how a script learns the last id without copying the entry. */
const TAIL_GROUP = 'tail';

/**
 * Counts the entry that was appended by the command before it in the same transaction: its counters, and its tally under its own id. The
 * body does not go through the script, whose language would copy it twice (0.4 µs for each event of a pack of 500). When no entry was
 * appended, the tally's id is not new and nothing is counted. A counter that cannot be kept (its key is of another type) never costs an
 * accepted entry; the ledger disagrees, which is what it is for.
 */
const COUNT = `
local tail = '${TAIL_GROUP}'
if redis.pcall('XGROUP', 'SETID', KEYS[1], tail, '$').err then redis.call('XGROUP', 'CREATE', KEYS[1], tail, '$') end
local id
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local about = {}
  for i = 1, #group, 2 do about[group[i]] = group[i + 1] end
  if about.name == tail then id = about['last-delivered-id'] end
end
local kept = redis.pcall('XADD', KEYS[3], id, 'k', ARGV[1])
if type(kept) == 'table' and kept.err and string.find(kept.err, 'equal or smaller') then return end
for i = 2, #ARGV, 2 do redis.pcall('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end`;

/** The entry, its counters and its tally in one step, written to the append-only file as one transaction. */
async function appendAndCount(
  redis: Redis,
  keys: readonly string[],
  fields: (string | Buffer)[],
  tally: ReadonlyMap<string, number>,
): Promise<string> {
  const counted = [JSON.stringify([...tally]), ...[...tally].flat()];
  // The whole script and not its hash: within a transaction a hash that is not known would come to light after the XADD.
  const replies = await redis
    .multi()
    .xadd(keys[0], '*', ...fields)
    .eval(COUNT, keys.length, ...keys, ...counted)
    .exec()
    .catch((error: unknown) => Promise.reject(refusalIn(error)));
  const [error, id] = replies?.[0] ?? [new Error('the transaction was not executed')];
  if (error) throw error;
  return String(id);
}

/** Redis says EXECABORT when it has refused a command on the way; what it refused, and why, is what matters. */
function refusalIn(error: unknown): unknown {
  const refused = error instanceof Error && 'previousErrors' in error ? (error.previousErrors as unknown[]) : [];
  return refused[0] ?? error;
}

/**
 * One append, and what its failure means.
 * @param keys {@link appendKeys}
 * @param tally counted in the same step; nothing when it is empty.
 */
export async function appendEntry(
  redis: Redis,
  keys: readonly [string, string, string],
  fields: (string | Buffer)[],
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
