import { hash } from 'node:crypto';
import { WRITE_KEY_USES_HASH, WRITE_KEYS_HASH } from '@analytics/events';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';

/** `unavailable`: Redis did not answer, so nothing is known of the key. */
export type KeyLookup = { ok: true; projectId: string } | { ok: false; reason: 'unknown' | 'unavailable' };

/** A revoked key stops working within this time, ms. */
export const KNOWN_KEY_TTL_MS = 1000;
/** A new key that was tried too early works after this time, ms. */
export const UNKNOWN_KEY_TTL_MS = 1000;
const USE_NOTED_EVERY_MS = 10_000;
const MAX_KEYS = 10_000;
const MAX_KEY_LENGTH = 128;

const UNKNOWN: KeyLookup = { ok: false, reason: 'unknown' };
const UNAVAILABLE: KeyLookup = { ok: false, reason: 'unavailable' };

/**
 * Which project a write key belongs to, by the Redis hash that the stream-consumer keeps (SHA-256 of the key → project).
 * Answers are remembered for a short time, and that a key is in use is noted every ten seconds, for people. Keys are looked up by their hash, so the effort tells nothing about real keys,
 * and no key is kept in memory as it is.
 */
export class WriteKeyDirectory {
  private readonly lookups: LRUCache<string, KeyLookup>;
  private readonly noted: LRUCache<string, true>;

  /** @param clock monotonic clock in ms, for the age of remembered answers. */
  constructor(
    private readonly redis: Pick<Redis, 'hget' | 'hset'>,
    clock: { now(): number } = performance,
  ) {
    this.lookups = new LRUCache<string, KeyLookup>({
      max: MAX_KEYS,
      ttl: KNOWN_KEY_TTL_MS,
      ttlResolution: 0,
      perf: clock,
      // Concurrent requests with a key that is not remembered share one HGET.
      fetchMethod: async (digest, _stale, { options }) => {
        const projectId = await this.redis.hget(WRITE_KEYS_HASH, digest);
        if (projectId !== null) {
          this.noteUse(digest);
          return { ok: true, projectId };
        }
        options.ttl = UNKNOWN_KEY_TTL_MS;
        return UNKNOWN;
      },
    });
    this.noted = new LRUCache({ max: MAX_KEYS, ttl: USE_NOTED_EVERY_MS, ttlResolution: 0, perf: clock });
  }

  async lookup(key: string): Promise<KeyLookup> {
    if (key === '' || key.length > MAX_KEY_LENGTH) return UNKNOWN;
    try {
      return (await this.lookups.fetch(hash('sha256', key))) ?? UNKNOWN;
    } catch {
      return UNAVAILABLE;
    }
  }

  /** Nobody waits for it: an event must not be refused because its key's last use could not be noted. */
  private noteUse(digest: string): void {
    if (this.noted.has(digest)) return;
    this.noted.set(digest, true);
    this.redis.hset(WRITE_KEY_USES_HASH, digest, Date.now()).catch(() => undefined);
  }
}
