import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBinaries } from './binary-cache.js';
import { exclusively } from './exclusive.js';
import { freePort } from './free-port.js';
import { ensureDatabase, initPostgres, ownerUrl, postgresSpec, runningPostgres } from './postgres-server.js';
import { preferredPorts, type PreferredPorts } from './preferred-ports.js';
import { step, type Log } from './progress.js';
import { redisSpec, runningRedis } from './redis-server.js';
import { awaitAnswer, startServer, stopServer, type ServerSpec } from './server-process.js';
import { ServicesError } from './services-error.js';
import { dataRoot, embeddedDataFolder, readState, writeState } from './services-state.js';
import { serverIdentity, type RunAs } from './unprivileged-user.js';
import type { ServicesProvider } from './services-provider.js';

// A new PostgreSQL takes 40 MB and its first write-ahead log 16 MB; below this it would stop in the middle of something.
const LEAST_FREE_MB = 200;

interface Running {
  pid: number;
  spec: ServerSpec;
  alreadyRunning: boolean;
}

/** Redis and TimescaleDB as processes of this machine, without Docker and without root. Their data stays between runs. */
export function embeddedServices(root: string, log: Log, env: NodeJS.ProcessEnv): ServicesProvider {
  const folder = embeddedDataFolder(root);
  const alone = <T>(work: () => Promise<T>): Promise<T> => exclusively(folder, work);
  const stopBoth = async (): Promise<void> => {
    await step(log, 'stopping PostgreSQL and Redis', () => stopRunning(folder));
    const state = readState(root);
    if (state?.provider === 'embedded') writeState(root, { provider: 'embedded', dataFolder: folder });
  };
  return {
    name: 'embedded',
    up: () => alone(() => up(root, folder, preferredPorts(env), log)),
    status: () => Promise.resolve(status(folder)),
    stop: () => alone(stopBoth),
    reset: () =>
      alone(async () => {
        await stopBoth();
        for (const name of ['postgres', 'postgres.partial', 'redis', 'logs']) rmSync(join(folder, name), { recursive: true, force: true });
        if (folder !== dataRoot(root)) rmSync(folder, { recursive: true, force: true });
      }),
    shell: async (program, args) => {
      const { redisUrl, databaseUrl } = status(folder);
      if (redisUrl === undefined || databaseUrl === undefined)
        throw new ServicesError('The services are not running. Start them with: npm run services -- up');
      const { postgresBin, redisCli } = await ensureBinaries(log);
      return program === 'psql'
        ? spawn(join(postgresBin, 'psql'), [databaseUrl, ...args], { stdio: 'inherit' })
        : spawn(redisCli, ['-u', redisUrl, ...args], { stdio: 'inherit' });
    },
  };
}

/** Whether servers were started here before and left their data. */
export function hasEmbeddedData(root: string): boolean {
  return existsSync(join(embeddedDataFolder(root), 'postgres', 'PG_VERSION'));
}

async function up(root: string, folder: string, ports: PreferredPorts, log: Log) {
  const identity = serverIdentity(join(folder, 'postgres'));
  prepareFolder(folder, identity);
  if (folder !== dataRoot(root)) log(`services: the servers' user may not enter ${root}, so their data is in ${folder}`);
  const binaries = await ensureBinaries(log);
  const common = (name: string) => ({ binaries, dataFolder: join(folder, name), logFile: join(folder, 'logs', `${name}.log`), identity });
  const startRedis = async (): Promise<Running> => {
    const found = runningRedis(join(folder, 'redis'));
    const port = found?.port ?? (await freePort(ports.redis));
    return adoptOrStart(found?.pid, redisSpec({ ...common('redis'), port }));
  };
  const startPostgres = async (): Promise<Running> => {
    const options = { ...common('postgres'), durable: true };
    await initPostgres(options);
    const found = runningPostgres(options.dataFolder);
    const port = found?.port ?? (await freePort(ports.postgres));
    const running = await adoptOrStart(found?.pid, postgresSpec({ ...options, port }));
    await ensureDatabase(port);
    return running;
  };
  // Both are waited for before a fault is told, so that nothing is started behind its back.
  const [redis, postgres] = await step(log, 'starting PostgreSQL and Redis', () => Promise.allSettled([startRedis(), startPostgres()]));
  if (redis.status === 'rejected' || postgres.status === 'rejected') {
    for (const started of [redis, postgres]) {
      if (started.status === 'fulfilled' && !started.value.alreadyRunning) await stopServer(started.value.pid, started.value.spec);
    }
    throw redis.status === 'rejected' ? redis.reason : (postgres as PromiseRejectedResult).reason;
  }
  const [redisUrl, databaseUrl] = [redis.value.spec.url, postgres.value.spec.url];
  writeState(root, {
    provider: 'embedded',
    redisUrl,
    databaseUrl,
    dataFolder: folder,
    pids: { redis: redis.value.pid, postgres: postgres.value.pid },
  });
  return { redisUrl, databaseUrl, alreadyRunning: redis.value.alreadyRunning && postgres.value.alreadyRunning };
}

function prepareFolder(folder: string, identity: RunAs | undefined): void {
  const logs = join(folder, 'logs');
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }
  mkdirSync(logs, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMb < LEAST_FREE_MB) {
    throw new ServicesError(
      `The disk is almost full: ${freeMb} MB are free for ${folder}, and PostgreSQL and Redis need at least ${LEAST_FREE_MB} MB.`,
    );
  }
  if (identity !== undefined) chownSync(logs, identity.uid, identity.gid);
  const owner = statSync(join(folder, 'postgres'), { throwIfNoEntry: false })?.uid;
  const user = identity?.uid ?? process.getuid?.();
  if (owner !== undefined && owner !== user) {
    throw new ServicesError(
      `${join(folder, 'postgres')} belongs to user ${owner}, not to ${user}. ` +
        'Run this as that user, or let that user delete the data with: npm run services -- reset',
    );
  }
}

/** Uses the process that serves this data already (once it answers), else starts one. */
async function adoptOrStart(pid: number | undefined, spec: ServerSpec): Promise<Running> {
  if (pid === undefined) return { pid: await startServer(spec), spec, alreadyRunning: false };
  const fault = await awaitAnswer(pid, spec);
  if (fault !== undefined)
    throw new ServicesError(
      `${spec.name} runs (process ${pid}) but does not answer: ${fault}. See ${spec.logFile}, or stop it with: npm run services -- down`,
    );
  return { pid, spec, alreadyRunning: true };
}

async function stopRunning(folder: string): Promise<void> {
  const [redis, postgres] = [runningRedis(join(folder, 'redis')), runningPostgres(join(folder, 'postgres'))];
  await Promise.all([
    redis && stopServer(redis.pid, { name: 'Redis', stopSignal: 'SIGTERM' }),
    postgres && stopServer(postgres.pid, { name: 'PostgreSQL', stopSignal: 'SIGINT' }),
  ]);
}

function status(folder: string) {
  const [redis, postgres] = [runningRedis(join(folder, 'redis')), runningPostgres(join(folder, 'postgres'))];
  return {
    dataFolder: folder,
    ...(redis && { redisUrl: `redis://127.0.0.1:${redis.port}` }),
    ...(postgres && { databaseUrl: ownerUrl(postgres.port) }),
  };
}
