import {
  createPool,
  DeadLetterReader,
  EventsReader,
  ExportReader,
  JourneysReader,
  JourneyThreads,
  LedgerReader,
  PipelineReader,
  PlannedReader,
  ProjectReader,
  RecentEventsReader,
  SeriesReader,
  SummaryReader,
  TopReader,
} from '@analytics/timescale';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';

/** Exports at a time. Each has a connection to itself until its client has read it. */
export const MOST_EXPORTS = 4;

/** Everything the gateway may ask the database, by a role that may only read. */
@Injectable()
export class StoredData implements OnApplicationShutdown {
  private readonly pool;
  private readonly exportPool;
  readonly summary: SummaryReader;
  readonly series: SeriesReader;
  readonly top: TopReader;
  readonly recentEvents: RecentEventsReader;
  readonly pipeline: PipelineReader;
  readonly deadLetters: DeadLetterReader;
  readonly ledger: LedgerReader;
  readonly metrics: PlannedReader;
  /** The same without estimates. */
  readonly exactMetrics: PlannedReader;
  readonly events: EventsReader;
  readonly exports: ExportReader;
  readonly journeys: JourneysReader;
  readonly projects: ProjectReader;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.pool = createPool(config.DATABASE_READER_URL, { max: config.DATABASE_POOL_SIZE, applicationName: 'gateway' });
    this.summary = new SummaryReader(this.pool);
    this.series = new SeriesReader(this.pool);
    this.top = new TopReader(this.pool);
    this.recentEvents = new RecentEventsReader(this.pool);
    this.pipeline = new PipelineReader(this.pool);
    this.deadLetters = new DeadLetterReader(this.pool);
    this.ledger = new LedgerReader(this.pool);
    this.metrics = new PlannedReader(this.pool);
    this.exactMetrics = new PlannedReader(this.pool, { estimates: false });
    this.exportPool = createPool(config.DATABASE_READER_URL, { max: MOST_EXPORTS, applicationName: 'gateway-export' });
    this.events = new EventsReader(this.pool);
    this.journeys = new JourneysReader(this.pool, new JourneyThreads(config.DATABASE_READER_URL));
    this.exports = new ExportReader(this.exportPool);
    this.projects = new ProjectReader(this.pool);
  }

  /** Rejects with the reason when the database does not answer. */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.pool.end(), this.exportPool.end()]);
  }
}
