import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STATUS_CHANNEL, type ConsumerStatus } from '@analytics/events';
import type { NoticePublisher, RedisStreamsServer } from '@analytics/redis-streams';
import { Logger } from '@nestjs/common';
import type { ConsumerConfig } from '../consumer.config.js';
import type { IngestStats } from './ingest-stats.js';
import type { LedgerReporter } from './ledger.reporter.js';

const STATUS_EVERY_MS = 1_000;
const SUMMARY_EVERY_MS = 10_000;
const CSV_HEADER = 'timestamp,events_processed,lag,batch_time_ms,processing_rate\n';

/**
 * Says how ingestion goes: to the gateways once a second, to the log and the CSV file every ten.
 * In the CSV `lag` is the time lag in ms (age of the oldest entry that is not committed) and `processing_rate` is in events/s.
 */
export class StatusReporter {
  private readonly logger = new Logger('ingest');
  private readonly timers: NodeJS.Timeout[] = [];
  private csvFailed = false;

  constructor(
    private readonly server: RedisStreamsServer,
    private readonly stats: IngestStats,
    private readonly ledger: LedgerReporter,
    private readonly publisher: NoticePublisher,
    private readonly config: Pick<ConsumerConfig, 'INSTANCE' | 'METRICS_FILE' | 'DURABILITY'>,
  ) {}

  start(): void {
    this.timers.push(setInterval(() => void this.publisher.publish(STATUS_CHANNEL, this.status()), STATUS_EVERY_MS));
    this.timers.push(setInterval(() => void this.summarize(), SUMMARY_EVERY_MS));
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  status(): ConsumerStatus {
    const partitions = this.server.partitions();
    return {
      stage: 'stream-consumer',
      instance: this.config.INSTANCE,
      at: Date.now(),
      startedAt: this.stats.startedAt,
      storedTotal: this.stats.storedTotal,
      storedRate: this.stats.storedRate,
      deadTotal: this.stats.deadTotal,
      skippedTotal: partitions.reduce((sum, { skippedTotal }) => sum + skippedTotal, 0),
      batchMs: this.stats.batchMs,
      freshnessMs: this.stats.freshnessMs,
      arrivalMs: this.stats.arrivalMs,
      durability: this.config.DURABILITY,
      inFlight: this.ledger.inFlight,
      partitions: partitions.map(({ partition, state, timeLagMs, entryLag, pending, lastId }) => ({
        partition,
        state,
        timeLagMs,
        entryLag,
        pending,
        lastId,
      })),
    };
  }

  private async summarize(): Promise<void> {
    const { storedTotal, deadTotal, storedRate, freshnessMs, partitions } = this.status();
    const lag = Math.max(0, ...partitions.map(({ timeLagMs }) => timeLagMs));
    this.logger.log(
      `${storedTotal} stored, ${deadTotal} dead, ${storedRate.toFixed(1)} events/s, lag ${lag} ms, freshness p95 ${freshnessMs.p95} ms`,
    );
    const line = `${new Date().toISOString()},${storedTotal},${lag},${this.stats.lastBatchMs},${storedRate.toFixed(1)}\n`;
    const file = this.config.METRICS_FILE;
    try {
      if (existsSync(file)) return await appendFile(file, line);
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, CSV_HEADER + line);
    } catch (error) {
      if (!this.csvFailed) this.logger.warn(`METRICS_FILE ${file} cannot be written (${String(error)}); storing goes on without it`);
      this.csvFailed = true;
    }
  }
}
