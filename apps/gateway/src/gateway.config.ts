import { resolve } from 'node:path';
import { flag, httpUrl, integer, loadConfig, port, postgresUrl, redisUrl, serviceEnvironment } from '@analytics/service-runtime';
import { z } from 'zod';

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .pipe(z.array(z.string().refine(isOrigin, 'expected origins such as https://analytics.example, separated by commas')));

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const environment = z.object({
  ...serviceEnvironment,
  PORT: port.default(3000).describe('dashboard, API and live feed'),
  REDIS_URL: redisUrl.describe('where commit notices and the status of the other services come from'),
  DATABASE_READER_URL: postgresUrl.describe('the database, as the role analytics_reader, which may only read'),
  DATABASE_ACCESS_URL: postgresUrl.describe('the database, as the role analytics_access, which knows keys, people and sessions, and no events'),
  DATABASE_POOL_SIZE: integer(1, 100).default(4).describe('connections to the database at most'),
  COLLECTOR_URL: httpUrl.default('http://localhost:3001').describe('where the dashboard loads tracker.js and sends its own events'),
  CONSUMER_URL: httpUrl
    .default('http://127.0.0.1:3002')
    .describe('the stream-consumer, or any of them: only it may write, so replaying and discarding dead letters is passed on to it'),
  SELF_WRITE_KEY: z.string().optional().describe("write key of project self; without it the dashboard's own use is not tracked"),
  DEMO_WRITE_KEY: z.string().optional().describe('write key of project demo, shown in the snippets for sending an event'),
  DASHBOARD_DIST: z
    .string()
    .default(resolve(import.meta.dirname, '../../dashboard/dist'))
    .describe('folder of the built dashboard'),
  CORS_ORIGINS: origins
    .default(['http://localhost:4200', 'http://127.0.0.1:4200'])
    .describe('other origins whose pages may use the API and the live feed; its own on loopback always may'),
  COOKIE_SECURE: flag
    .default(false)
    .describe('the session cookie goes by https only; without it, whenever a proxy says x-forwarded-proto: https'),
  PUBLIC_DOCS: flag
    .default(process.env['NODE_ENV'] !== 'production')
    .describe('/api/docs, /api/openapi.json and /metrics need no session; default true unless NODE_ENV is production'),
  TRUSTED_PROXIES: integer(0, 10)
    .default(0)
    .describe('proxies in front, whose x-forwarded-for tells the address of a client; 0: the address is that of the connection'),
  THROTTLE_READS: integer(1, 1_000_000_000).default(600).describe('questions a minute for each key, person or address'),
  THROTTLE_WRITES: integer(1, 1_000_000_000).default(60).describe('changes a minute for each key, person or address'),
  THROTTLE_SIGN_INS: integer(1, 1_000_000_000).default(5).describe('tried passwords a minute for each e-mail address and network address'),
  EXPORT_MAX_ROWS: integer(1, 100_000_000).default(1_000_000).describe('events an export has at most; a larger one is refused before its first byte'),
  EXPORT_STALL_MS: integer(1, 3_600_000).default(60_000).describe('an export whose client takes nothing for so long ends with a broken connection'),
  LIVE_KEEP_MS: integer(1, 3_600_000).default(90_000).describe('so long the state of a live answer outlives its last viewer, for those who come back'),
  LIVE_MAX_CONNECTIONS: integer(1, 100_000).default(1000).describe('clients on the live feed at most'),
});

/** The gateway's environment. */
export type GatewayConfig = z.infer<typeof environment>;

/** @throws {ConfigError} naming every faulty variable. */
export const loadGatewayConfig = (env?: Record<string, string | undefined>): GatewayConfig => loadConfig('gateway', environment, env);

/** Injection token of the {@link GatewayConfig}. */
export const GATEWAY_CONFIG = Symbol('GATEWAY_CONFIG');
