import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBinaries } from './binary-cache.js';
import { withPostgres, withRedis } from './probe-url.js';
import { run } from './process-probe.js';
import type { Log } from './progress.js';
import { reasonOf, ServicesError } from './services-error.js';
import type { ServicesProvider } from './services-provider.js';

/**
 * The addresses of servers somebody else runs, from `REDIS_URL` and `DATABASE_URL`. Undefined when neither is set; throws when only one
 * is.
 */
export function externalAddresses(env: NodeJS.ProcessEnv): { redisUrl: string; databaseUrl: string } | undefined {
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = env;
  if (!redisUrl && !databaseUrl) return undefined;
  if (redisUrl && databaseUrl) return { redisUrl, databaseUrl };
  const [set, unset] = redisUrl ? ['REDIS_URL', 'DATABASE_URL'] : ['DATABASE_URL', 'REDIS_URL'];
  throw new ServicesError(`${set} is set but ${unset} is not. Set both to use servers of your own, or neither to have them started here.`);
}

/** Servers somebody else runs: they are only asked whether they answer, never started, stopped or emptied. */
export function externalServices(addresses: { redisUrl: string; databaseUrl: string }, log: Log): ServicesProvider {
  return {
    name: 'external',
    up: async () => {
      await Promise.all([checkRedis(addresses.redisUrl), checkPostgres(addresses.databaseUrl)]);
      return { ...addresses, alreadyRunning: true };
    },
    status: () => Promise.resolve(addresses),
    stop: () => Promise.resolve(),
    reset: () =>
      Promise.reject(new ServicesError('REDIS_URL and DATABASE_URL name servers of your own: their data is not deleted from here.')),
    shell: async (program, args) => {
      const installed = (await run(program, ['--version'])).code === 0;
      const binaries = installed ? undefined : await ensureBinaries(log);
      if (program === 'psql')
        return spawn(binaries ? join(binaries.postgresBin, 'psql') : 'psql', [addresses.databaseUrl, ...args], { stdio: 'inherit' });
      return spawn(binaries?.redisCli ?? 'redis-cli', ['-u', addresses.redisUrl, ...args], { stdio: 'inherit' });
    },
  };
}

async function checkRedis(url: string): Promise<void> {
  requireScheme('REDIS_URL', url, ['redis:', 'rediss:']);
  await withRedis(url, (client) => client.ping()).catch((error: unknown) => {
    throw new ServicesError(`REDIS_URL does not answer: ${reasonOf(error)}. Start that server, or unset REDIS_URL and DATABASE_URL.`, {
      cause: error,
    });
  });
}

async function checkPostgres(url: string): Promise<void> {
  requireScheme('DATABASE_URL', url, ['postgres:', 'postgresql:']);
  const available = await withPostgres(
    url,
    async (client) => (await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'")).rowCount,
  ).catch((error: unknown) => {
    throw new ServicesError(`DATABASE_URL does not answer: ${reasonOf(error)}. Start that server, or unset REDIS_URL and DATABASE_URL.`, {
      cause: error,
    });
  });
  if (available === 0)
    throw new ServicesError(
      'DATABASE_URL names a PostgreSQL without the TimescaleDB extension. Install timescaledb there, or unset REDIS_URL and DATABASE_URL.',
    );
}

function requireScheme(name: string, url: string, schemes: string[]): void {
  if (!URL.canParse(url) || !schemes.includes(new URL(url).protocol))
    throw new ServicesError(`${name} must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`);
}
