import { createHash } from 'node:crypto';
import { WRITE_KEY_USES_HASH, WRITE_KEYS_HASH } from '@analytics/events';
import { eventually, freshRedis } from '@analytics/testing';
import { Redis } from 'ioredis';
import { KNOWN_KEY_TTL_MS, UNKNOWN_KEY_TTL_MS, WriteKeyDirectory } from './write-key.directory.js';

const digest = createHash('sha256').update('wk_1').digest('hex');
const SHOP = { ok: true, projectId: 'shop' };
const UNKNOWN = { ok: false, reason: 'unknown' };

describe('write keys', () => {
  let redis: Redis;
  let time: number;
  let directory: WriteKeyDirectory;

  beforeEach(async () => {
    redis = new Redis(await freshRedis(), { maxRetriesPerRequest: 0 });
    time = 1000;
    directory = new WriteKeyDirectory(redis, { now: () => time });
  });
  afterEach(async () => void (redis.status === 'ready' && (await redis.quit())));

  const allow = () => redis.hset(WRITE_KEYS_HASH, digest, 'shop');
  const revoke = () => redis.hdel(WRITE_KEYS_HASH, digest);

  it('lead to their project', async () => {
    await allow();
    expect(await directory.lookup('wk_1')).toEqual(SHOP);
    expect(await directory.lookup('wk_2')).toEqual(UNKNOWN);
  });

  it('stop working within a second of being revoked', async () => {
    await allow();
    await directory.lookup('wk_1');
    await revoke();
    time += KNOWN_KEY_TTL_MS + 1;
    expect(await directory.lookup('wk_1')).toEqual(UNKNOWN);
  });

  it('work within a second of being made, even if they were tried before', async () => {
    expect(await directory.lookup('wk_1')).toEqual(UNKNOWN);
    await allow();
    time += UNKNOWN_KEY_TTL_MS + 1;
    expect(await directory.lookup('wk_1')).toEqual(SHOP);
  });

  it('that are in use are asked for once, not once per request', async () => {
    await allow();
    const asked = async (): Promise<number> => Number(/cmdstat_hget:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
    await redis.config('RESETSTAT');
    await Promise.all(Array.from({ length: 50 }, () => directory.lookup('wk_1')));
    await directory.lookup('wk_1');
    expect(await asked()).toBe(1);
  });

  it('are noted to be in use, and unknown ones are not', async () => {
    await allow();
    const before = Date.now();
    await directory.lookup('wk_2');
    await directory.lookup('wk_1');
    await eventually(async () => expect(Object.keys(await redis.hgetall(WRITE_KEY_USES_HASH))).toEqual([digest]));
    expect(Number(await redis.hget(WRITE_KEY_USES_HASH, digest))).toBeGreaterThanOrEqual(before);
  });

  it('cannot be told valid or not while Redis is away, except those that were in use', async () => {
    await allow();
    await directory.lookup('wk_1');
    redis.disconnect();
    expect(await directory.lookup('wk_1')).toEqual(SHOP);
    expect(await directory.lookup('wk_2')).toEqual({ ok: false, reason: 'unavailable' });
  });
});
