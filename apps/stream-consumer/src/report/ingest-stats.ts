import { MetricsRegistry, RollingQuantiles, RollingRate, type Quantiles } from '@analytics/service-runtime';
import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What comes later was kept by a client that was offline; it says nothing about the way. */
const ON_TIME_MS = 60_000;

export interface CommittedBatch {
  stored: number;
  dead: number;
  /** From the start of handling to the commit, ms. */
  durationMs: number;
  /** When the events were accepted, ms since 1970: the oldest and newest of the batch. */
  receivedAt: readonly number[];
  /** The newest event of each project. */
  newest: readonly { newestReceivedAt: number; newestCreatedAt: number }[];
  committedAt: number;
}

/** Counts what this process stored; totals since its start. */
@Injectable()
export class IngestStats {
  readonly startedAt = Date.now();
  storedTotal = 0;
  deadTotal = 0;
  /** Duration of the newest batch, ms. */
  lastBatchMs = 0;
  private readonly rate = new RollingRate();
  private readonly batch = new RollingQuantiles();
  private readonly freshness = new RollingQuantiles();
  private readonly arrival = new RollingQuantiles();
  private readonly events: Counter<'outcome'>;
  private readonly batchSeconds: Histogram;
  private readonly freshnessSeconds: Histogram;

  constructor(registry: MetricsRegistry) {
    const registers = [registry];
    this.events = new Counter({ name: 'ingest_events_total', help: 'Events by outcome', labelNames: ['outcome'], registers });
    this.batchSeconds = new Histogram({ name: 'ingest_batch_seconds', help: 'Handling to commit of a batch', buckets: SECONDS, registers });
    this.freshnessSeconds = new Histogram({ name: 'ingest_freshness_seconds', help: 'Accepted to committed', buckets: SECONDS, registers });
  }

  record({ stored, dead, durationMs, receivedAt, newest, committedAt }: CommittedBatch): void {
    this.storedTotal += stored;
    this.deadTotal += dead;
    this.lastBatchMs = durationMs;
    this.rate.add(stored);
    this.batch.record(durationMs);
    this.events.inc({ outcome: 'stored' }, stored);
    this.events.inc({ outcome: 'dead' }, dead);
    this.batchSeconds.observe(durationMs / 1000);
    for (const at of receivedAt) {
      this.freshness.record(committedAt - at);
      this.freshnessSeconds.observe(Math.max(0, committedAt - at) / 1000);
    }
    for (const { newestReceivedAt, newestCreatedAt } of newest) {
      const underWay = newestReceivedAt - newestCreatedAt;
      if (underWay <= ON_TIME_MS) this.arrival.record(underWay);
    }
  }

  get storedRate(): number {
    return this.rate.perSecond;
  }

  get batchMs(): Quantiles {
    return this.batch.read();
  }

  /** From creation to acceptance; null when no event came on time. */
  get arrivalMs(): Quantiles | null {
    return this.arrival.readIfAny();
  }

  get freshnessMs(): Quantiles {
    return this.freshness.read();
  }
}
