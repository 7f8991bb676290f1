import 'reflect-metadata';
import { RedisStreamsServer } from '@analytics/redis-streams';
import { PinoLogger, runService, useLogger } from '@analytics/service-runtime';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Pool } from 'pg';
import { AppModule } from './app.module.js';
import { durabilityFaults, WRITER_POOL } from './connections.js';
import { readConsumerConfig } from './consumer.config.js';
import { raiseLossAlarms } from './report/loss.alarms.js';

void runService('stream-consumer', async () => {
  const config = readConsumerConfig();
  const logger = useLogger(new PinoLogger({ service: 'stream-consumer', level: config.LOG_LEVEL, format: config.LOG_FORMAT }));
  const app = await NestFactory.create(AppModule.register(config), { logger, abortOnError: false });
  const faults = await durabilityFaults(config.REDIS_URL, app.get<Pool>(WRITER_POOL));
  if (faults.length > 0 && config.DURABILITY === 'strict')
    throw new Error(`accepted events could be lost:\n  ${faults.join('\n  ')}\n  Change the settings, or accept the loss with DURABILITY=relaxed`);
  if (faults.length > 0) Logger.warn(`durability is relaxed, accepted events can be lost: ${faults.join('; ')}`, 'stream-consumer');
  const server = app.get(RedisStreamsServer);
  raiseLossAlarms(server);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  return { app, address: { host: config.HOST, port: config.PORT } };
});
