import { checkRedisDurability } from '@analytics/redis-streams';
import { checkPostgresDurability } from '@analytics/timescale';
import type { Pool } from 'pg';

/** Injection tokens of the connections; each is opened once and closed by `IngestLifecycle`. */
export const WRITER_POOL = Symbol('WRITER_POOL');
export const CONFIGURATION_TABLES = Symbol('CONFIGURATION_TABLES');
export const REDIS = Symbol('REDIS');

/**
 * Settings of Redis or PostgreSQL under which an accepted event can be lost.
 * @returns one sentence a fault; empty when the promise can be kept.
 */
export async function durabilityFaults(redisUrl: string, pool: Pool): Promise<string[]> {
  const redis = await checkRedisDurability(redisUrl);
  const postgres = await checkPostgresDurability(pool);
  return [
    ...(redis.ok ? [] : redis.faults),
    ...postgres.map(({ setting, value, wanted, why }) => `${setting} is ${value}; expected ${wanted}: ${why}`),
  ];
}
