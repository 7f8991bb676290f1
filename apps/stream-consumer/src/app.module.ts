import { CONSUMER_GROUP, eventPackCodec, STREAM } from '@analytics/events';
import { NoticePublisher, RedisStreamsServer } from '@analytics/redis-streams';
import { failpoint, HealthModule, MetricsModule } from '@analytics/service-runtime';
import { createDataSource, createPool, DeadLetterStore, EventBatchWriter, LedgerWriter, PartitionLeases } from '@analytics/timescale';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { CompactionRunner } from './compaction.runner.js';
import { CONFIGURATION_TABLES, REDIS, WRITER_POOL } from './connections.js';
import { CONSUMER_CONFIG, type ConsumerConfig } from './consumer.config.js';
import { CommitNotifier } from './ingest/commit.notifier.js';
import { IngestController } from './ingest/ingest.controller.js';
import { IngestLifecycle } from './ingest.lifecycle.js';
import { DeadLetterController } from './dead-letters/dead-letter.controller.js';
import { IngestStats } from './report/ingest-stats.js';
import { LedgerReporter } from './report/ledger.reporter.js';
import { StatusReporter } from './report/status.reporter.js';
import { WriteKeysPublisher } from './write-keys.publisher.js';

const connections: FactoryProvider[] = [
  {
    provide: WRITER_POOL,
    inject: [CONSUMER_CONFIG],
    // A connection for each partition's transaction, one for leases, one for the rest.
    useFactory: (config: ConsumerConfig) =>
      createPool(config.DATABASE_WRITER_URL, { max: config.STREAM_PARTITIONS + 2, applicationName: 'stream-consumer' }),
  },
  {
    provide: CONFIGURATION_TABLES,
    inject: [CONSUMER_CONFIG],
    useFactory: (config: ConsumerConfig) =>
      createDataSource({ url: config.DATABASE_WRITER_URL, max: 1, applicationName: 'stream-consumer-configuration' }).initialize(),
  },
  {
    provide: REDIS,
    inject: [CONSUMER_CONFIG],
    useFactory: (config: ConsumerConfig) =>
      // The transport tells of an outage, once; without a listener ioredis would print every failing attempt. A connection that is
      // open but dead is made anew by socketTimeout: the write keys are looked at every 2 s, so a live one is never silent that long.
      new Redis(config.REDIS_URL, { connectionName: 'stream-consumer', commandTimeout: 5_000, socketTimeout: 10_000 }).on('error', () => undefined),
  },
];

const parts: FactoryProvider[] = [
  { provide: NoticePublisher, inject: [CONSUMER_CONFIG], useFactory: (config: ConsumerConfig) => new NoticePublisher(config.REDIS_URL) },
  {
    provide: EventBatchWriter,
    inject: [WRITER_POOL, CONSUMER_CONFIG],
    useFactory: (pool: Pool, config: ConsumerConfig) => new EventBatchWriter(pool, { maxTransactions: config.MAX_TRANSACTIONS, onPoint: failpoint }),
  },
  { provide: CommitNotifier, inject: [NoticePublisher], useFactory: (publisher: NoticePublisher) => new CommitNotifier(publisher) },
  {
    provide: CompactionRunner,
    inject: [CONSUMER_CONFIG, WRITER_POOL],
    useFactory: (config: ConsumerConfig, pool: Pool) => new CompactionRunner(config.DATABASE_WRITER_URL, pool),
  },
  { provide: WriteKeysPublisher, inject: [CONFIGURATION_TABLES, REDIS], useFactory: (tables: DataSource, redis: Redis) => new WriteKeysPublisher(tables, redis) },
  {
    provide: RedisStreamsServer,
    inject: [CONSUMER_CONFIG, WRITER_POOL],
    useFactory: (config: ConsumerConfig, pool: Pool) =>
      new RedisStreamsServer({
        redis: config.REDIS_URL,
        stream: STREAM,
        partitions: config.STREAM_PARTITIONS,
        group: CONSUMER_GROUP,
        owner: config.INSTANCE,
        codec: eventPackCodec,
        onPoint: failpoint,
        ownership: new PartitionLeases(pool, { stream: STREAM, partitions: config.STREAM_PARTITIONS, leaseMs: config.LEASE_MS }),
        renewEveryMs: Math.floor(config.LEASE_MS / 3),
        maxBatchEntries: config.BATCH_MAX_ENTRIES,
      }),
  },
  { provide: DeadLetterStore, inject: [WRITER_POOL], useFactory: (pool: Pool) => new DeadLetterStore(pool) },
  {
    provide: LedgerReporter,
    inject: [RedisStreamsServer, WRITER_POOL],
    useFactory: (server: RedisStreamsServer, pool: Pool) => new LedgerReporter(server, new LedgerWriter(pool)),
  },
  {
    provide: StatusReporter,
    inject: [RedisStreamsServer, IngestStats, LedgerReporter, NoticePublisher, CONSUMER_CONFIG],
    useFactory: (server: RedisStreamsServer, stats: IngestStats, ledger: LedgerReporter, publisher: NoticePublisher, config: ConsumerConfig) =>
      new StatusReporter(server, stats, ledger, publisher, config),
  },
];

@Module({})
export class AppModule {
  static register(config: ConsumerConfig): DynamicModule {
    const configuration: DynamicModule = {
      module: ConfigurationModule,
      global: true,
      providers: [{ provide: CONSUMER_CONFIG, useValue: config }, ...connections],
      exports: [CONSUMER_CONFIG, WRITER_POOL, CONFIGURATION_TABLES, REDIS],
    };
    return {
      module: AppModule,
      imports: [
        configuration,
        MetricsModule,
        HealthModule.registerAsync({
          inject: [WRITER_POOL, REDIS],
          useFactory: (pool: Pool, redis: Redis) => [
            { name: 'redis', check: async () => void (await redis.ping()) },
            { name: 'postgres', check: async () => void (await pool.query('SELECT 1')) },
          ],
        }),
      ],
      controllers: [IngestController, DeadLetterController],
      providers: [IngestStats, ...parts, IngestLifecycle],
    };
  }
}

@Module({})
class ConfigurationModule {}
