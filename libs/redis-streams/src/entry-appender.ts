import type { Redis } from 'ioredis';
import type { EmitFailure } from './emit-outcome.js';
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

/** One XADD, and what its failure means. */
export async function appendEntry(redis: Redis, key: string, fields: string[]): Promise<AppendResult> {
  if (!(await untilReady(redis, PATIENCE_MS)))
    return { ok: false, failure: 'unavailable', reason: 'redis is not connected', retryable: true, uncertain: false };
  try {
    const id = await redis.xadd(key, '*', ...fields);
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
