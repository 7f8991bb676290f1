import { createConnection, messageOf, type RedisTarget } from './redis-connection.js';

export type RedisDurability = { readonly ok: true } | { readonly ok: false; readonly faults: string[] };

/** Settings without which an acknowledged entry can be lost. */
const WANTED = [
  { setting: 'appendonly', value: 'yes', why: 'without an append-only file a crash loses everything since the last snapshot' },
  { setting: 'appendfsync', value: 'always', why: 'everysec can lose seconds of acknowledged entries; with packs, always is cheap' },
  { setting: 'maxmemory-policy', value: 'noeviction', why: 'any other policy deletes acknowledged entries when memory runs out' },
] as const;

/**
 * Asks Redis whether an acknowledged entry is safe there.
 * @returns every setting that is not, with its value, the wanted one and why; or the one fault that it could not be asked.
 */
export async function checkRedisDurability(target: RedisTarget): Promise<RedisDurability> {
  const redis = createConnection(target, { commandTimeout: 5000, connectTimeout: 5000, retryStrategy: () => null });
  redis.on('error', () => undefined); // told by the rejection below
  try {
    await redis.connect();
    const faults: string[] = [];
    for (const { setting, value, why } of WANTED) {
      const [, actual] = (await redis.config('GET', setting)) as string[];
      if (actual !== value) faults.push(`${setting} is ${actual ?? 'unknown'}; expected ${value}: ${why}`);
    }
    return faults.length === 0 ? { ok: true } : { ok: false, faults };
  } catch (error) {
    return { ok: false, faults: [`redis could not be asked for its settings (CONFIG GET): ${messageOf(error)}`] };
  } finally {
    redis.disconnect();
  }
}
