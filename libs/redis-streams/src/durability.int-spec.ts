import { freshRedis } from '@analytics/testing';
import { Redis } from 'ioredis';
import { checkRedisDurability } from './index.js';

describe('checkRedisDurability', () => {
  it('accepts a Redis that has what it acknowledges on disk', async () => {
    expect(await checkRedisDurability(await freshRedis())).toEqual({ ok: true });
  });

  it('names every setting that is not safe, its value, the wanted one and why', async () => {
    const url = await freshRedis();
    const redis = new Redis(url);
    try {
      await redis.config('SET', 'appendfsync', 'everysec', 'maxmemory-policy', 'allkeys-lru');
      expect(await checkRedisDurability(url)).toEqual({
        ok: false,
        faults: [
          expect.stringMatching(/^appendfsync is everysec; expected always: /),
          expect.stringMatching(/^maxmemory-policy is allkeys-lru; expected noeviction: /),
        ],
      });
    } finally {
      await redis.config('SET', 'appendfsync', 'always', 'maxmemory-policy', 'noeviction');
      redis.disconnect();
    }
  });

  it('says so when Redis cannot be asked', async () => {
    const answer = await checkRedisDurability('redis://127.0.0.1:1');
    expect(answer).toMatchObject({ ok: false, faults: [expect.stringContaining('could not be asked')] });
  });
});
