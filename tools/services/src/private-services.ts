import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBinaries } from './binary-cache.js';
import { dockerAnswers } from './docker-cli.js';
import { freePort } from './free-port.js';
import { ensureDatabase, initPostgres, postgresSpec } from './postgres-server.js';
import { privateContainer } from './private-container.js';
import { isAlive } from './process-probe.js';
import { stderrLog, type Log } from './progress.js';
import { redisSpec } from './redis-server.js';
import { killServer, startServer, stopServer, type ServerSpec } from './server-process.js';
import { explainFileFault, ProgramsUnavailableError, reasonOf, ServicesError } from './services-error.js';
import type { ServerBinaries } from './system-binaries.js';
import { isPassable, serverIdentity } from './unprivileged-user.js';

/** What to start, and how. Everything has a default. */
export interface PrivateServicesOptions {
  /**
   * Folder below which the temporary folder is made. Default: the system's folder for temporary files. Everything in it is deleted at the
   * end.
   */
  dir?: string;
  /** Start PostgreSQL with TimescaleDB. Default true. */
  postgres?: boolean;
  /** Start Redis. Default true. */
  redis?: boolean;
  /**
   * true: PostgreSQL with fsync, as in production (needed for honest benchmarks). Default false: quick, and data still survives kill -9
   * of the server.
   */
  durable?: boolean;
  /**
   * Settings of redis.conf, for example `{ appendfsync: 'everysec', 'enable-debug-command': 'local' }`. Default: appendonly, appendfsync
   * always, noeviction.
   */
  redisSettings?: Record<string, string>;
  /** Settings of postgresql.conf, for example `{ max_connections: '300' }`. */
  postgresSettings?: Record<string, string>;
  /** Takes the lines of progress. Default: standard error. */
  log?: Log;
}

/** One private server. */
export interface PrivateServer {
  /** Address of the server; for PostgreSQL the owner's, with database `analytics`. */
  readonly url: string;
  readonly port: number;
  /** Process id of the running server; of the last one when it is down. */
  readonly pid: number;
  /** Ends the server with SIGKILL, as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts the server again on the same port and data, and waits until it answers. Does nothing when it runs. */
  start(): Promise<void>;
  /** Stops the server in an orderly way; `start()` brings it back. */
  stop(): Promise<void>;
}

export interface PrivateServices {
  redis?: PrivateServer;
  postgres?: PrivateServer;
  /** Stops what runs and deletes the folder. May be called twice. */
  stop(): Promise<void>;
}

/** The servers of `startPrivateServices` when both are asked for. */
export type PrivatePair = Required<PrivateServices>;

/**
 * Starts private servers on free ports and in a temporary folder, for tests and benchmarks. Nothing of them survives this process:
 * `stop()` ends them, and so does the end of this process, even by kill -9. Rejects with a ServicesError when neither Debian's packages
 * nor Docker are at hand.
 */
export function startPrivateServices(options?: PrivateServicesOptions & { postgres?: true; redis?: true }): Promise<PrivatePair>;
export function startPrivateServices(
  options?: PrivateServicesOptions & { postgres?: true },
): Promise<PrivateServices & { postgres: PrivateServer }>;
export function startPrivateServices(
  options?: PrivateServicesOptions & { redis?: true },
): Promise<PrivateServices & { redis: PrivateServer }>;
export function startPrivateServices(options?: PrivateServicesOptions): Promise<PrivateServices>;
export async function startPrivateServices(options: PrivateServicesOptions = {}): Promise<PrivateServices> {
  try {
    return await start(options);
  } catch (error) {
    throw explainFileFault(error);
  }
}

async function start(options: PrivateServicesOptions): Promise<PrivateServices> {
  const binaries = await ensureBinaries(options.log ?? stderrLog).catch((error: unknown) => {
    if (error instanceof ProgramsUnavailableError) return error;
    throw error;
  });
  if (binaries instanceof Error && !(await dockerAnswers())) {
    throw new ServicesError(
      `No private Redis and TimescaleDB can be started here: ${reasonOf(binaries)}; and no Docker daemon answers. ` +
        'Use Debian 12 or 13 with apt, or start Docker.',
      { cause: binaries },
    );
  }
  const folder = temporaryFolder(options.dir);
  const names =
    binaries instanceof Error
      ? { redis: `${folder.split('/').at(-1)}-redis`, postgres: `${folder.split('/').at(-1)}-postgres` }
      : undefined;
  const guardian = startGuardian(folder, Object.values(names ?? {}));
  const make = (kind: 'redis' | 'postgres'): Promise<PrivateServer> =>
    binaries instanceof Error ? privateContainer(kind, names?.[kind] ?? '', options) : embedded(kind, binaries, folder, options);
  try {
    const [redis, postgres] = await Promise.all([
      options.redis === false ? undefined : make('redis'),
      options.postgres === false ? undefined : make('postgres'),
    ]);
    const stop = async (): Promise<void> => {
      await Promise.all([redis?.stop(), postgres?.stop()]);
      await dismiss(guardian);
    };
    return { ...(redis && { redis }), ...(postgres && { postgres }), stop };
  } catch (error) {
    await dismiss(guardian);
    throw error;
  }
}

function temporaryFolder(parent?: string): string {
  const identity = serverIdentity();
  if (parent !== undefined) mkdirSync(parent, { recursive: true });
  const base = [...(parent === undefined ? [] : [parent]), tmpdir(), '/tmp', '/var/tmp'].find((path) => isPassable(path, identity));
  const folder = realpathSync(mkdtempSync(join(base ?? tmpdir(), 'analytics-services-')));
  chmodSync(folder, 0o700);
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
  return folder;
}

function startGuardian(folder: string, containers: string[]): ChildProcess {
  // From dist, also when this file itself runs from src below Jest: the guardian is a process of its own and needs built code.
  const script = fileURLToPath(new URL('../dist/guardian.js', import.meta.url));
  const guardian = spawn(process.execPath, [script, folder, ...containers], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  guardian.unref();
  (guardian.stdin as unknown as { unref(): void }).unref();
  return guardian;
}

function dismiss(guardian: ChildProcess): Promise<void> {
  if (guardian.exitCode !== null || guardian.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    guardian.ref();
    guardian.once('exit', () => resolve());
    guardian.stdin?.end();
  });
}

async function embedded(
  kind: 'redis' | 'postgres',
  binaries: ServerBinaries,
  folder: string,
  options: PrivateServicesOptions,
): Promise<PrivateServer> {
  const identity = serverIdentity();
  const port = await freePort();
  const shared = { binaries, dataFolder: join(folder, kind), logFile: join(folder, `${kind}.log`), port, identity };
  if (kind === 'redis') return controlled(redisSpec({ ...shared, settings: options.redisSettings }));
  const postgres = { ...shared, durable: options.durable ?? false, settings: options.postgresSettings };
  await initPostgres(postgres);
  const server = await controlled(postgresSpec(postgres));
  await ensureDatabase(port);
  return server;
}

async function controlled(spec: ServerSpec): Promise<PrivateServer> {
  let pid = await startServer(spec);
  return {
    url: spec.url,
    port: spec.port,
    get pid() {
      return pid;
    },
    kill: () => killServer(pid),
    start: async () => {
      if (!isAlive(pid)) pid = await startServer(spec);
    },
    stop: async () => {
      if (isAlive(pid)) await stopServer(pid, spec);
    },
  };
}
