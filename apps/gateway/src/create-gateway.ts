import { PinoLogger, useLogger } from '@analytics/service-runtime';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { json } from 'express';
import type { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { AllowedOrigins } from './http/allowed-origins.js';
import { serveDashboard } from './http/dashboard-site.js';
import { closeDocs, serveOpenApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { securityHeaders } from './http/security-headers.js';
import { LiveSocketAdapter } from './live/live-socket.adapter.js';
import { QueryPipe } from './queries/query.pipe.js';

/** Where a body is read at all; a project or a person is a few hundred bytes. */
const BODY_ROUTES = ['session', 'projects', 'keys', 'people', 'views', 'links'].map((path) => `/api/v1/${path}`);
const MAX_BODY_BYTES = 16 * 1024;

/** The whole application, not yet listening. */
export async function createGateway(config: GatewayConfig): Promise<NestExpressApplication> {
  const logger = useLogger(new PinoLogger({ service: 'gateway', level: config.LOG_LEVEL, format: config.LOG_FORMAT }));
  // Few routes take a body, and a small one. A browser's idle keep-alive connections must not hold up the end.
  const settings = { logger, bodyParser: false, forceCloseConnections: true };
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.of(config), settings);
  const origins = app.get(AllowedOrigins);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.set('trust proxy', config.TRUSTED_PROXIES);
  app.use(securityHeaders(config.COLLECTOR_URL));
  app.enableCors({ origin: origins.listed, methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'] });
  app.use(BODY_ROUTES, json({ limit: MAX_BODY_BYTES }));
  app.useGlobalPipes(new QueryPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.useWebSocketAdapter(new LiveSocketAdapter(app, origins, config.LIVE_MAX_CONNECTIONS));
  if (!config.PUBLIC_DOCS) closeDocs(app);
  serveOpenApi(app);
  serveDashboard(app, config.DASHBOARD_DIST);
  return app;
}
