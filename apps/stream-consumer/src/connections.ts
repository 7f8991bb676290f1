import { checkRedisDurability } from '@analytics/redis-streams';
import { checkPostgresDurability } from '@analytics/timescale';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';

/** Injection tokens of the connections; each is opened once and closed by `IngestLifecycle`. */
export const WRITER_POOL = Symbol('WRITER_POOL');
export const REDIS = Symbol('REDIS');

/**
 * Settings of Redis or PostgreSQL under which an accepted event can be lost.
 * @returns one sentence a fault; empty when the promise can be kept.
 */
export async function durabilityFaults(redis: Redis, pool: Pool): Promise<string[]> {
  const checks = await Promise.all([checkRedisDurability(redis), checkPostgresDurability(pool)]);
  return checks.flatMap((check) => (check.ok ? [] : check.faults));
}
