import { PinoLogger, runService, useLogger } from '@analytics/service-runtime';
import { createProducer } from './producer.app.js';
import { loadProducerConfig } from './producer.config.js';

void runService('producer', async () => {
  const config = loadProducerConfig();
  useLogger(new PinoLogger({ service: 'producer', level: config.LOG_LEVEL, format: config.LOG_FORMAT }));
  return { app: await createProducer(config), address: { host: config.HOST, port: config.PORT } };
});
