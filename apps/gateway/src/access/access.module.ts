import { HealthController, PrometheusController } from '@analytics/service-runtime';
import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SkipThrottle, ThrottlerModule } from '@nestjs/throttler';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { AllowedOrigins } from '../http/allowed-origins.js';
import { TrustedPagesGuard } from '../http/trusted-pages.guard.js';
import { RedisThrottlerStorage } from '../throttle/redis-throttler.storage.js';
import { ThrottleGuard, throttlers } from '../throttle/throttle.guard.js';
import { AccessChanges } from './access-changes.service.js';
import { AccessTables } from './access-tables.service.js';
import { AccessGuard } from './access.guard.js';
import { Identification } from './identification.service.js';
import { GlobalKeysController, ProjectKeysController } from './keys.controller.js';
import { Keys } from './keys.service.js';
import { LinksController } from './links.controller.js';
import { Links } from './links.service.js';
import { ForOperators, Public } from './needs.decorator.js';
import { PeopleController } from './people.controller.js';
import { People } from './people.service.js';
import { ProjectsController } from './projects.controller.js';
import { Projects } from './projects.service.js';
import { SessionController } from './session.controller.js';
import { SessionsController } from './sessions.controller.js';
import { Sessions } from './sessions.service.js';
import { ViewsController } from './views.controller.js';
import { Views } from './views.service.js';

// Every service's; who may use them is this one's business. A probe asks often, and must be answered.
const unlimited = SkipThrottle({ reads: true, writes: true, 'sign-ins': true });
for (const controller of [HealthController, PrometheusController]) unlimited(controller);
Public()(HealthController);
ForOperators()(PrometheusController);

/** The door: who asks, what they may do, how often, and the API for all that. Its guards stand before every route, in this order. */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [GATEWAY_CONFIG, RedisThrottlerStorage],
      useFactory: (config: GatewayConfig, storage: RedisThrottlerStorage) => ({ throttlers: throttlers(config), storage, setHeaders: false }),
    }),
  ],
  controllers: [
    SessionController,
    SessionsController,
    ProjectsController,
    ProjectKeysController,
    GlobalKeysController,
    PeopleController,
    ViewsController,
    LinksController,
  ],
  providers: [
    AccessTables,
    AccessChanges,
    AllowedOrigins,
    Identification,
    Sessions,
    Projects,
    Keys,
    People,
    Views,
    Links,
    { provide: APP_GUARD, useClass: ThrottleGuard },
    { provide: APP_GUARD, useClass: TrustedPagesGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessChanges, AllowedOrigins, Identification],
})
export class AccessModule {}
