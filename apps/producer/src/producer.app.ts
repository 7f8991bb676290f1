import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
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
  return app;
}
