import { NoticePublisher } from '@analytics/redis-streams';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { CompactionRunner } from './compaction.runner.js';
import { CONFIGURATION_TABLES, REDIS, WRITER_POOL } from './connections.js';
import { LedgerReporter } from './report/ledger.reporter.js';
import { StatusReporter } from './report/status.reporter.js';
import { WriteKeysPublisher } from './write-keys.publisher.js';

/**
 * Nest calls `onModuleDestroy` before it closes the transport, which drains the batch in hand, and
 * `onApplicationShutdown` after it: the connections must live until then.
 */
@Injectable()
export class IngestLifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    @Inject(WRITER_POOL) private readonly pool: Pool,
    @Inject(CONFIGURATION_TABLES) private readonly tables: DataSource,
    @Inject(REDIS) private readonly redis: Redis,
    private readonly publisher: NoticePublisher,
    private readonly reporter: StatusReporter,
    private readonly ledger: LedgerReporter,
    private readonly writeKeys: WriteKeysPublisher,
    private readonly compaction: CompactionRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.writeKeys.start();
    this.ledger.start();
    this.reporter.start();
    this.compaction.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.reporter.stop();
    await Promise.all([this.writeKeys.stop(), this.ledger.stop(), this.compaction.stop()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.publisher.close();
    await this.redis.quit().catch(() => this.redis.disconnect());
    await this.tables.destroy();
    await this.pool.end();
  }
}
