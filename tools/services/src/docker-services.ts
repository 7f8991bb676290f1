import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { docker } from './docker-cli.js';
import { freePort } from './free-port.js';
import { ownerUrl } from './postgres-server.js';
import { run, type Finished } from './process-probe.js';
import { preferredPorts } from './preferred-ports.js';
import { step, type Log } from './progress.js';
import { reasonOf, ServicesError } from './services-error.js';
import type { ServicesProvider } from './services-provider.js';
import { writeState } from './services-state.js';

// Inside the containers.
const REDIS_PORT = 6379;
const POSTGRES_PORT = 5432;

/** Why Docker cannot be used here, in words; undefined when a daemon and the compose plugin answer. */
export async function missingForDocker(): Promise<string | undefined> {
  const daemon = await docker('version', '--format', '{{.Server.Version}}');
  if (daemon.stderr.includes('ENOENT')) return 'docker is not installed';
  if (daemon.code !== 0) return `no Docker daemon answers (${reasonOf(daemon.stderr)})`;
  return (await docker('compose', 'version')).code === 0 ? undefined : 'Docker has no compose plugin';
}

/** Redis and TimescaleDB (Community edition) as the containers of infra/docker-compose.yml. Their data is in named volumes. */
export function dockerServices(root: string, log: Log, environment: NodeJS.ProcessEnv): ServicesProvider {
  const file = join(root, 'infra', 'docker-compose.yml');
  const composeArgs = ['compose', '-f', file];
  const compose = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> =>
    run('docker', [...composeArgs, ...args], { env: { ...process.env, ...env } });
  const publishedPort = async (service: string, port: number): Promise<number | undefined> => {
    const { code, stdout } = await compose(['port', service, String(port)]);
    const published = Number(stdout.trim().split(':').at(-1));
    return code === 0 && published > 0 ? published : undefined;
  };
  const up = async () => {
    const [redis, postgres] = [await publishedPort('redis', REDIS_PORT), await publishedPort('postgres', POSTGRES_PORT)];
    const preferred = preferredPorts(environment);
    const ports = { redis: redis ?? (await freePort(preferred.redis)), postgres: postgres ?? (await freePort(preferred.postgres)) };
    const env = { REDIS_PORT: String(ports.redis), POSTGRES_PORT: String(ports.postgres) };
    must(await step(log, 'docker compose up (the first time it fetches the images)', () => compose(['up', '-d', '--wait'], env)), 'up');
    const urls = { redisUrl: `redis://127.0.0.1:${ports.redis}`, databaseUrl: ownerUrl(ports.postgres) };
    writeState(root, { provider: 'docker', ...urls });
    return { ...urls, alreadyRunning: redis !== undefined && postgres !== undefined };
  };
  return {
    name: 'docker',
    up,
    status: async () => {
      const [redis, postgres] = [await publishedPort('redis', REDIS_PORT), await publishedPort('postgres', POSTGRES_PORT)];
      return { ...(redis && { redisUrl: `redis://127.0.0.1:${redis}` }), ...(postgres && { databaseUrl: ownerUrl(postgres) }) };
    },
    stop: async () => must(await step(log, 'docker compose stop', () => compose(['stop'])), 'stop'),
    reset: async () => must(await step(log, 'docker compose down', () => compose(['down', '--volumes'])), 'down'),
    shell: (program, args) => {
      const { username, pathname } = new URL(ownerUrl(POSTGRES_PORT));
      const command = program === 'psql' ? ['exec', 'postgres', 'psql', '-U', username, pathname.slice(1)] : ['exec', 'redis', 'redis-cli'];
      return Promise.resolve(spawn('docker', [...composeArgs, ...command, ...args], { stdio: 'inherit' }));
    },
  };
}

function must({ code, stderr }: Finished, what: string): void {
  if (code !== 0) throw new ServicesError(`docker compose ${what} failed: ${reasonOf(stderr.trim().split('\n').slice(-3).join(' '))}`);
}
