import { randomUUID } from 'node:crypto';
import { NoticePublisher } from '@analytics/redis-streams';
import { HealthModule, MetricsModule, MetricsRegistry, type ReadinessCheck } from '@analytics/service-runtime';
import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { AdmissionGate } from './admission/admission.gate.js';
import { registerAdmissionMetrics } from './admission/admission.metrics.js';
import { allowAnyOrigin } from './collector/any-origin.middleware.js';
import { ClientContextReader } from './collector/client-context.reader.js';
import { CollectorController } from './collector/collector.controller.js';
import { CommitWatcher } from './collector/commit.watcher.js';
import { EventCollector } from './collector/event.collector.js';
import { TRACKER_FILE, TrackerController } from './collector/tracker.controller.js';
import { WriteKeyDirectory } from './collector/write-key.directory.js';
import { EventPublisher } from './event.publisher.js';
import type { EventSource } from './event.source.js';
import type { ProducerConfig } from './producer.config.js';
import { ProducerLifecycle } from './producer.lifecycle.js';
import { StatusReporter } from './status.reporter.js';
import { checkStream, type EventStream } from './stream.connection.js';
import { TrafficController } from './traffic/traffic.controller.js';
import { TrafficSource } from './traffic/traffic.source.js';

@Module({})
export class ProducerModule implements NestModule {
  /** @param stream a connected stream; the module closes it when the application stops. */
  static register(config: ProducerConfig, stream: EventStream): DynamicModule {
    const admission = new AdmissionGate(stream, config);
    const readiness: ReadinessCheck[] = [
      { name: 'redis', check: () => checkStream(stream, config) },
      // A closed gate is no reason to get no requests: those who send would not hear when to come back.
      { name: 'admission', check: async () => ({ ...admission.describe() }) },
    ];
    return {
      module: ProducerModule,
      imports: [MetricsModule, HealthModule.registerAsync({ useFactory: () => readiness })],
      controllers: [CollectorController, TrackerController, TrafficController],
      providers: [
        { provide: AdmissionGate, useValue: admission },
        {
          provide: EventPublisher,
          inject: [MetricsRegistry],
          useFactory: (registry: MetricsRegistry) => {
            registerAdmissionMetrics(admission, registry);
            return new EventPublisher(stream, admission, registry);
          },
        },
        ...collectorProviders(config, stream),
        trafficProvider(config),
        lifecycleProvider(config, stream),
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(allowAnyOrigin).forRoutes('v1/events', 'tracker.js');
  }
}

const collectorProviders = (config: ProducerConfig, stream: EventStream) => [
  { provide: TRACKER_FILE, useValue: config.TRACKER_FILE },
  { provide: ClientContextReader, useFactory: () => new ClientContextReader(config.TRUSTED_COUNTRY_HEADER) },
  // The stream's connection is used for the keys too: without it no event can be taken anyway.
  { provide: WriteKeyDirectory, useFactory: () => new WriteKeyDirectory(stream.unwrap()) },
  {
    provide: EventCollector,
    inject: [EventPublisher],
    useFactory: (publisher: EventPublisher) => {
      const commits = new CommitWatcher(config.REDIS_URL, config.ACK_TIMEOUT_MS);
      return new EventCollector(publisher, commits, { retentionDays: config.RETENTION_DAYS, partitions: config.STREAM_PARTITIONS });
    },
  },
];

const trafficProvider = (config: ProducerConfig) => ({
  provide: TrafficSource,
  inject: [EventPublisher],
  useFactory: (publisher: EventPublisher) =>
    new TrafficSource(publisher, {
      project: config.TRAFFIC_PROJECT,
      seed: config.TRAFFIC_SEED ?? randomUUID(),
      paused: config.TRAFFIC === 'off',
      users: config.TRAFFIC_USERS,
      pageVariants: config.TRAFFIC_PAGE_VARIANTS,
      eventsPerSecond: config.EVENTS_PER_SECOND,
      burst: { multiplier: config.BURST_MULTIPLIER, everyMs: config.BURST_INTERVAL_MS, durationMs: config.BURST_DURATION_MS },
      dayCurve: config.DAY_CURVE,
      retentionDays: config.RETENTION_DAYS,
      historyDays: config.TRAFFIC_HISTORY_DAYS,
    }),
});

const lifecycleProvider = (config: ProducerConfig, stream: EventStream) => ({
  provide: ProducerLifecycle,
  inject: [EventPublisher, AdmissionGate, EventCollector, TrafficSource],
  useFactory: (publisher: EventPublisher, admission: AdmissionGate, ...sources: EventSource[]) => {
    const reporter = new StatusReporter(new NoticePublisher(config.REDIS_URL), publisher, sources);
    return new ProducerLifecycle(sources, [admission, reporter], stream);
  },
});
