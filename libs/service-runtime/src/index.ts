export {
  ConfigError,
  flag,
  httpUrl,
  integer,
  loadConfig,
  port,
  postgresUrl,
  redisUrl,
  serviceEnvironment,
} from './config.js';
export { failpoint } from './failpoint.js';
export { HealthController, HealthModule, READINESS_CHECKS, type ReadinessCheck } from './health.module.js';
export { MetricsController as PrometheusController, MetricsModule, MetricsRegistry } from './metrics.module.js';
export { PinoLogger, type LoggerOptions } from './pino.logger.js';
export { RollingQuantiles, RollingRate, type Quantiles } from './rolling-window.js';
export { runService, useLogger, type ServiceAddress } from './run-service.js';
