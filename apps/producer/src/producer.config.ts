import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DEFAULT_BURST, DEFAULT_PARTITIONS } from '@analytics/events';
import { flag, integer, loadConfig, port, redisUrl, serviceEnvironment } from '@analytics/service-runtime';
import { z } from 'zod';

const DAY_MS = 86_400_000;

const SHARE = 'expected a number of at least 0.01, such as 0.9';

export const PROJECT_ID = /^[a-z][a-z0-9-]{0,62}$/;

/** What every way into the stream needs: the service's sources and the replay of a file. */
const streamEnvironment = {
  REDIS_URL: redisUrl.default('redis://localhost:6379'),
  STREAM_PARTITIONS: integer(1, 1024).default(DEFAULT_PARTITIONS).describe('the same for producers and consumers'),
  RETENTION_DAYS: integer(1, 36_500).default(90).describe('events older than this are refused, days'),
  DURABILITY: z
    .enum(['strict', 'relaxed'])
    .default('strict')
    .describe('strict refuses to start on a Redis that may lose what it accepted; relaxed starts and says so in /ready'),
  ADMIT_MAX_LAG_MS: integer(1000, DAY_MS)
    .default(60_000)
    .describe('no events are taken in while the oldest one waits longer to be stored, ms'),
  ADMIT_MAX_MEMORY: z
    .string()
    .regex(/^\d{0,2}(\.\d+)?$/, SHARE)
    .transform(Number)
    .refine((share) => share >= 0.01, SHARE)
    .default(0.9)
    .describe('no events are taken in while Redis uses a larger share of its maxmemory; above 1 that is left to Redis'),
  PUBLISH_LINGER_MS: integer(0, 1000).default(5).describe('how long a pack waits for more events, ms'),
  PUBLISH_TIMEOUT_MS: integer(100, 60_000).default(5000).describe('an event that Redis did not take for so long has failed, ms'),
};

const producerEnvironment = z
  .object({
    ...serviceEnvironment,
    ...streamEnvironment,
    PORT: port.default(3001),
    ACK_TIMEOUT_MS: integer(1, 30_000).default(5000).describe('how long ?ack=stored waits for the commit before it says accepted, ms'),
    TRACKER_FILE: z.string().default(defaultTrackerFile).describe('the built browser tracker that GET /tracker.js serves'),
    TRUSTED_COUNTRY_HEADER: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'expected the name of a header')
      .transform((name) => name.toLowerCase())
      .optional()
      .describe('header with a two-letter country that a proxy in front sets and overwrites; without it no country is stored'),
    TRAFFIC: z.enum(['on', 'off']).default('off').describe('whether synthetic traffic runs from the start; PATCH /v1/traffic changes it'),
    TRAFFIC_PROJECT: z.string().regex(PROJECT_ID, 'expected a project id: a-z, then a-z, 0-9 or -').default('demo'),
    TRAFFIC_SEED: z.string().max(64).optional().describe('the same seed and start give the same events; random when not set, and logged'),
    TRAFFIC_HISTORY_DAYS: integer(0, 365).default(0).describe('how many days ago the synthetic traffic begins; they are made up as quickly as they can be stored'),
    TRAFFIC_USERS: integer(1, 10_000_000).default(100).describe('users of the synthetic traffic'),
    TRAFFIC_PAGE_VARIANTS: integer(1, 1_000_000).default(1).describe('addresses that each page of the synthetic shop has'),
    EVENTS_PER_SECOND: integer(0, 1_000_000).default(28),
    BURST_MULTIPLIER: integer(1, 1000).default(DEFAULT_BURST.multiplier),
    BURST_INTERVAL_MS: integer(1000, DAY_MS).default(DEFAULT_BURST.everyMs),
    BURST_DURATION_MS: integer(1, DAY_MS).default(DEFAULT_BURST.durationMs),
    DAY_CURVE: flag.default(true).describe('whether the rate follows the hours of the day (UTC)'),
  })
  .refine(({ BURST_DURATION_MS, BURST_INTERVAL_MS }) => BURST_DURATION_MS <= BURST_INTERVAL_MS, {
    path: ['BURST_DURATION_MS'],
    error: 'expected at most BURST_INTERVAL_MS',
  })
  .refine(({ TRAFFIC_HISTORY_DAYS, RETENTION_DAYS }) => TRAFFIC_HISTORY_DAYS < RETENTION_DAYS, {
    path: ['TRAFFIC_HISTORY_DAYS'],
    error: 'expected less than RETENTION_DAYS',
  });

const replayEnvironment = z.object({ ...serviceEnvironment, ...streamEnvironment });

export type ProducerConfig = z.infer<typeof producerEnvironment>;

/** What every way into the stream needs of its environment. */
export type StreamConfig = Pick<z.infer<typeof replayEnvironment>, keyof typeof streamEnvironment>;

/** The service's environment. @throws {ConfigError} naming every faulty variable. */
export const loadProducerConfig = (env: NodeJS.ProcessEnv = process.env): ProducerConfig =>
  loadConfig('producer', producerEnvironment, env);

/** The environment of the replay command. @throws {ConfigError} naming every faulty variable. */
export const loadReplayConfig = (env: NodeJS.ProcessEnv = process.env): z.infer<typeof replayEnvironment> =>
  loadConfig('replay', replayEnvironment, env);

// The tracker is a file to serve, not a module to import: nothing of it runs here.
function defaultTrackerFile(): string {
  const manifest = createRequire(import.meta.url).resolve('@analytics/tracker/package.json');
  return join(dirname(manifest), 'dist', 'tracker.js');
}
