import { setTimeout as pause } from 'node:timers/promises';
import { CONSUMER_GROUP, DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import type { PrivateServer } from '@analytics/services';
import type { PipelineSystem } from '../system/pipeline-system.js';
import { unlessAway } from '../system/unless-away.js';
import type { ChaosContext, ChaosFault } from './chaos-fault.js';

const streamOf = ({ dice }: ChaosContext): string => `${STREAM}:{${dice.between(0, DEFAULT_PARTITIONS - 1)}}`;

async function away(server: PrivateServer, ms: number): Promise<void> {
  await server.kill();
  await pause(ms);
  await server.start();
}

/** `pg_ctl stop -m immediate`: no checkpoint, recovery at the start. */
export async function stopPostgresImmediately({ services: { postgres } }: PipelineSystem): Promise<void> {
  process.kill(postgres.pid, 'SIGQUIT');
  for (let gone = false; !gone; await pause(20))
    try {
      process.kill(postgres.pid, 0);
    } catch {
      gone = true;
    }
}

/** Ends the consumers' sessions in mid statement. @returns how many. */
export async function terminateWriters({ database }: PipelineSystem): Promise<number> {
  const { rowCount } = await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stream-consumer'`,
  );
  return rowCount ?? 0;
}

const REDIS_FAULTS: readonly ChaosFault[] = [
  { name: 'Redis killed', scenarios: '8', weight: 2, strike: ({ system, dice }) => away(system.services.redis, dice.between(0, 1_000)) },
  {
    name: 'clients of Redis killed',
    scenarios: '21',
    weight: 2,
    strike: ({ system: { redis } }) => unlessAway(redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')),
  },
  {
    name: 'clients of Redis paused',
    scenarios: '21',
    weight: 1,
    strike: ({ system: { redis }, dice }) => unlessAway(redis.client('PAUSE', dice.between(200, 2_000), 'ALL')),
  },
  {
    name: 'Redis asleep',
    scenarios: '21',
    weight: 1,
    strike: ({ system: { redis }, dice }) => unlessAway(redis.call('DEBUG', 'SLEEP', dice.between(1, 20) / 10)),
  },
  {
    name: 'group destroyed',
    scenarios: '27',
    weight: 1,
    strike: (context) => unlessAway(context.system.redis.xgroup('DESTROY', streamOf(context), CONSUMER_GROUP)),
  },
  {
    name: 'group moved to the end',
    scenarios: '27',
    weight: 1,
    strike: (context) => unlessAway(context.system.redis.xgroup('SETID', streamOf(context), CONSUMER_GROUP, '$')),
  },
  {
    name: 'group moved to the beginning',
    scenarios: '27',
    weight: 1,
    strike: (context) => unlessAway(context.system.redis.xgroup('SETID', streamOf(context), CONSUMER_GROUP, '0')),
  },
  {
    name: 'garbage in the stream',
    scenarios: '23',
    weight: 2,
    strike: async (context) => {
      context.garbage.tried++;
      await unlessAway(context.system.redis.xadd(streamOf(context), '*', 'garbage', 'yes').then(() => context.garbage.taken++));
    },
  },
  { name: 'append-only file rewritten', scenarios: '29', weight: 1, strike: ({ system: { redis } }) => unlessAway(redis.bgrewriteaof()) },
];

const POSTGRES_FAULTS: readonly ChaosFault[] = [
  {
    name: 'PostgreSQL killed',
    scenarios: '13',
    weight: 2,
    strike: ({ system, dice }) => away(system.services.postgres, dice.between(0, 1_000)),
  },
  {
    name: 'PostgreSQL stopped at once',
    scenarios: '13',
    weight: 1,
    strike: async ({ system }) => {
      await stopPostgresImmediately(system);
      await system.services.postgres.start();
    },
  },
  {
    name: 'PostgreSQL away for seconds',
    scenarios: '14',
    weight: 1,
    strike: async ({ system, dice }) => {
      await system.services.postgres.stop();
      await pause(dice.between(2_000, 6_000));
      await system.services.postgres.start();
    },
  },
  { name: 'sessions of the consumers ended', scenarios: '15', weight: 3, strike: ({ system }) => unlessAway(terminateWriters(system)) },
];

export const SERVER_FAULTS = [...REDIS_FAULTS, ...POSTGRES_FAULTS];
