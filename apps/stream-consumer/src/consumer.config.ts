import { hostname } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PARTITIONS } from '@analytics/events';
import { integer, loadConfig, port, postgresUrl, redisUrl, serviceEnvironment } from '@analytics/service-runtime';
import { z } from 'zod';

const environment = z.object({
  ...serviceEnvironment,
  PORT: port.default(3002),
  REDIS_URL: redisUrl,
  DATABASE_WRITER_URL: postgresUrl.describe('role analytics_writer'),
  STREAM_PARTITIONS: integer(1, 256).default(DEFAULT_PARTITIONS).describe('the same for every producer and consumer'),
  MAX_TRANSACTIONS: integer(1, 1024).default(2).describe('batches that are written to the database at the same time; about its number of cores'),
  BATCH_MAX_ENTRIES: integer(1, 1000).default(20).describe('packs of up to 500 events in one transaction'),
  LEASE_MS: integer(1_000, 300_000).default(10_000).describe('a partition of a dead consumer is taken over after this time'),
  INSTANCE: z
    .string()
    .max(128)
    .default(`${hostname()}:${process.pid}`)
    .describe('name in leases and status; unique among running consumers. One that is kept over restarts takes its partitions back at once'),
  METRICS_FILE: z
    .string()
    .default(join(import.meta.dirname, '../../../.data/metrics.csv'))
    .describe('a line every 10 s is appended to it'),
  DURABILITY: z
    .enum(['strict', 'relaxed'])
    .default('strict')
    .describe('strict refuses to start on settings of Redis or PostgreSQL that can lose accepted events'),
});

export type ConsumerConfig = z.infer<typeof environment>;

/** Injection token of the {@link ConsumerConfig}. */
export const CONSUMER_CONFIG = Symbol('CONSUMER_CONFIG');

/** @throws {ConfigError} naming every faulty variable. */
export const readConsumerConfig = (): ConsumerConfig => loadConfig('stream-consumer', environment);
