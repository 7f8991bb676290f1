import { setTimeout as delay } from 'node:timers/promises';
import { docker, IMAGES } from './docker-cli.js';
import { freePort } from './free-port.js';
import { DATABASE, ownerUrl } from './postgres-server.js';
import type { PrivateServer, PrivateServicesOptions } from './private-services.js';
import { withPostgres, withRedis } from './probe-url.js';
import { reasonOf, ServicesError } from './services-error.js';

const READY_MS = 120_000;

/**
 * The same promises as an embedded private server, kept by a container. Its port is chosen here: Docker would give a new one at each
 * start.
 */
export async function privateContainer(kind: 'redis' | 'postgres', name: string, options: PrivateServicesOptions): Promise<PrivateServer> {
  const port = await freePort();
  const url = kind === 'redis' ? `redis://127.0.0.1:${port}` : ownerUrl(port);
  const command = kind === 'redis' ? redisCommand(options) : postgresCommand(options);
  await must('run', '-d', '--name', name, '-p', `127.0.0.1:${port}:${kind === 'redis' ? 6379 : 5432}`, ...command);
  let pid = await ready(name, url);
  return {
    url,
    port,
    get pid() {
      return pid;
    },
    kill: async () => {
      await must('kill', name);
      await must('wait', name);
    },
    start: async () => {
      await must('start', name);
      pid = await ready(name, url);
    },
    stop: () => must('stop', name).then(() => undefined),
  };
}

function redisCommand({ redisSettings }: PrivateServicesOptions): string[] {
  const settings = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction', save: '', ...redisSettings };
  return [IMAGES.redis, 'redis-server', ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value])];
}

function postgresCommand({ durable, postgresSettings }: PrivateServicesOptions): string[] {
  const { username, password } = new URL(ownerUrl(5432));
  const settings = { ...(durable ? {} : { fsync: 'off' }), ...postgresSettings };
  const environment = [
    `POSTGRES_USER=${username}`,
    `POSTGRES_PASSWORD=${password}`,
    `POSTGRES_DB=${DATABASE}`,
    'TIMESCALEDB_TELEMETRY=off',
    'NO_TS_TUNE=true',
  ];
  return [
    ...environment.flatMap((entry) => ['-e', entry]),
    IMAGES.postgres,
    'postgres',
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

async function ready(name: string, url: string): Promise<number> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      await (url.startsWith('redis:')
        ? withRedis(url, (client) => client.ping())
        : withPostgres(url, (client) => client.query('SELECT 1')));
      return Number(await must('inspect', '--format', '{{.State.Pid}}', name));
    } catch (error) {
      if (Date.now() > deadline)
        throw new ServicesError(`container ${name} does not answer: ${reasonOf(error)}; see: docker logs ${name}`, { cause: error });
      await delay(100);
    }
  }
}

async function must(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await docker(...args);
  if (code !== 0) throw new ServicesError(`docker ${args[0]} failed: ${reasonOf(stderr)}`);
  return stdout.trim();
}
