import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { CollectorController } from './collector/collector.controller.js';
import { problem, sendReply } from './http.reply.js';
import { ProblemFilter } from './problem.filter.js';
import type { ProducerConfig } from './producer.config.js';
import { ProducerModule } from './producer.module.js';
import { connectStream } from './stream.connection.js';

/** A request must be complete within this time, ms, looked at every 30 s; Node's default of five minutes keeps slow senders for long. */
const REQUEST_TIMEOUT_MS = 30_000;
/** The same for its headers. With Node's default of 60 s the whole request would have as long (seen on Node 20). */
const HEADERS_TIMEOUT_MS = 10_000;

/** The service, not yet listening. @throws {ConfigError} when Redis cannot be used as the configuration wants. */
export async function createProducer(config: ProducerConfig): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ProducerModule.register(config, await connectStream(config)), {
    // Bodies are read by the routes, after the write key was checked.
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.useGlobalFilters(new ProblemFilter());
  const server = app.getHttpServer() as Server;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  takeEventsFirst(server, app);
  return app;
}

const EVENTS_PATH = /^\/v1\/events(?:\?|$)/;

/**
 * Hands `POST /v1/events` to its controller before Express and Nest look for a route, which took a fifth of such a request's CPU.
 * Everything else goes the usual way, and so does this one in any other spelling.
 */
function takeEventsFirst(server: Server, app: NestExpressApplication): void {
  const controller = app.get(CollectorController);
  const logger = new Logger(CollectorController.name);
  const others = server.listeners('request') as ((req: IncomingMessage, res: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (req, res) => {
    if (req.method !== 'POST' || !EVENTS_PATH.test(req.url ?? '')) return others.forEach((listener) => listener(req, res));
    controller.post(req, res).catch((error: unknown) => {
      logger.error(error);
      if (res.headersSent) res.destroy();
      else sendReply(res, problem(500, 'this is a fault of the server; its log says more'));
    });
  });
}
