import { HealthModule, MetricsModule, type ReadinessCheck } from '@analytics/service-runtime';
import { NoticeSubscriber } from '@analytics/redis-streams';
import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { DeadLettersController } from './api/dead-letters.controller.js';
import { EventListsController } from './api/event-lists.controller.js';
import { EventsController } from './api/events.controller.js';
import { ExportController } from './api/export.controller.js';
import { JourneysController } from './api/journeys.controller.js';
import { MetricsController } from './api/metrics.controller.js';
import { PipelineController } from './api/pipeline.controller.js';
import { QueriesController } from './api/queries.controller.js';
import { DeadLetterActions } from './dead-letters/dead-letter-actions.service.js';
import { DeadLetters } from './dead-letters/dead-letters.service.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';
import { Ledger } from './ledger/ledger.service.js';
import { HopTimes } from './live/hop-times.service.js';
import { LiveClients } from './live/live-clients.service.js';
import { LiveDoor } from './live/live-door.service.js';
import { LiveFeed } from './live/live-feed.js';
import { LiveGateway } from './live/live.gateway.js';
import { LiveQuestions } from './live/live-questions.service.js';
import { NewestEvents } from './live/newest-events.service.js';
import { NoticeListener } from './live/notice-listener.service.js';
import { systemClock } from './live/system-clock.js';
import { Completeness } from './pipeline/completeness.service.js';
import { PipelineState } from './pipeline/pipeline-state.service.js';
import { StageStatuses } from './pipeline/stage-statuses.service.js';
import { EventAnswers } from './queries/event-answers.service.js';
import { EventExport } from './queries/event-export.service.js';
import { EventSetAnswers } from './queries/event-set-answers.service.js';
import { JourneyAnswers } from './queries/journey-answers.service.js';
import { QueryAnswers } from './queries/query-answers.service.js';
import { QuestionAnswers } from './queries/question-answers.service.js';
import { StoredData } from './stored-data.service.js';
import { RedisThrottlerStorage } from './throttle/redis-throttler.storage.js';

/** Where the gateway's answers come from: the database, and the notices in Redis. */
@Global()
@Module({})
class SourcesModule {
  static of(config: GatewayConfig): DynamicModule {
    const providers = [
      { provide: GATEWAY_CONFIG, useValue: config },
      { provide: NoticeSubscriber, useFactory: () => new NoticeSubscriber(config.REDIS_URL) },
      StoredData,
      RedisThrottlerStorage,
    ];
    return { module: SourcesModule, providers, exports: providers };
  }
}

@Module({})
export class GatewayModule {
  static of(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        SourcesModule.of(config),
        AccessModule,
        MetricsModule,
        HealthModule.registerAsync({ inject: [StoredData, NoticeSubscriber], useFactory: readinessChecks }),
      ],
      controllers: [MetricsController, QueriesController, EventsController, EventListsController, ExportController, JourneysController, PipelineController, DeadLettersController],
      providers: [
        QueryAnswers,
        QuestionAnswers,
        EventSetAnswers,
        EventAnswers,
        EventExport,
        JourneyAnswers,
        Completeness,
        Ledger,
        DeadLetters,
        DeadLetterActions,
        PipelineState,
        StageStatuses,
        LiveClients,
        HopTimes,
        { provide: LiveFeed, inject: [GATEWAY_CONFIG], useFactory: createLiveFeed },
        LiveDoor,
        LiveQuestions,
        LiveGateway,
        NewestEvents,
        NoticeListener,
      ],
    };
  }
}

function createLiveFeed({ LIVE_KEEP_MS }: GatewayConfig): LiveFeed {
  const logger = new Logger('live');
  return new LiveFeed({
    clock: systemClock,
    keepMs: LIVE_KEEP_MS,
    onOutage: (error) => logger.warn(`live answers cannot be read (${String(error)}); trying again every second. This is said once.`),
    onRecovery: () => logger.log('live answers can be read again'),
  });
}

const readinessChecks = (stored: StoredData, notices: NoticeSubscriber): ReadinessCheck[] => [
  { name: 'postgres', check: () => stored.ping() },
  {
    name: 'redis',
    check: async () => {
      if (!notices.connected) throw new Error('not connected; is Redis running at REDIS_URL?');
    },
  },
];
