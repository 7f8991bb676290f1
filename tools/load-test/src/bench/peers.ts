import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PrivatePipeline } from '@analytics/start';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { cpuSecondsOf } from '../process-usage.js';

/** What else could carry events to a table: each with one producer and one consumer process, on the same servers, one after the other. */
export const PEERS = {
  common:
    'The common way to the same store: one event an entry of a Redis stream, read and validated in hundreds; for each hundred one transaction with a parameterised multi-row INSERT … ON CONFLICT DO NOTHING of all columns and the counts by type, value and user',
  'common-bare': 'The same without validation and counts, and with nine of the 16 columns: the least that stores an event',
  'nest-redis':
    "NestJS's own Redis transport (publish/subscribe), the bare INSERT in hundreds; what is on its way is lost with either process",
  bullmq: 'BullMQ, 200 jobs at a time, the bare INSERT in hundreds',
} as const;
export type PeerName = keyof typeof PEERS;

export interface PeerResult {
  storedRate: number;
  /** CPU of all processes, servers included, per event stored, µs. */
  cpuMicros: number;
}

const WARM_UP_MS = 4_000;

/** @returns events stored per second, over `seconds`, into the emptied table `events`. */
export async function measurePeer(name: PeerName, { redisUrl, databaseUrl, pids }: PrivatePipeline, seconds: number): Promise<PeerResult> {
  const [client, redis] = [new Client({ connectionString: databaseUrl }), new Redis(redisUrl)];
  await client.connect();
  await client.query('TRUNCATE events, event_counts_10s, event_counts_1m, dimension_counts_1m, active_users_1m');
  await redis.flushall();
  const env = { ...process.env, REDIS_URL: redisUrl, DATABASE_URL: databaseUrl };
  const start = (role: string) => fork(join(import.meta.dirname, 'peer-process.js'), [name, role], { env });
  const children = [start('consumer'), start('producer')];
  const storedNow = async (): Promise<number> => Number(await redis.get('peer:stored'));
  const cpuNow = (): number => [...children.map(({ pid }) => pid!), pids.redis, pids.postgres].reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  try {
    await pause(WARM_UP_MS);
    const [stored, cpu, startedAt] = [await storedNow(), cpuNow(), performance.now()];
    await pause(seconds * 1000);
    const events = (await storedNow()) - stored;
    if (events === 0) throw new Error(`peer ${name} stored nothing; see its output above`);
    return { storedRate: events / ((performance.now() - startedAt) / 1000), cpuMicros: ((cpuNow() - cpu) / events) * 1e6 };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await client.end();
    redis.disconnect();
  }
}
