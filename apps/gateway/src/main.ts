import { runService } from '@analytics/service-runtime';
import { createGateway } from './create-gateway.js';
import { loadGatewayConfig } from './gateway.config.js';

void runService('gateway', async () => {
  const config = loadGatewayConfig();
  return { app: await createGateway(config), address: { host: config.HOST, port: config.PORT } };
});
