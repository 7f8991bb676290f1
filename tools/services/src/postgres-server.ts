import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withPostgres } from './probe-url.js';
import { run, runsWith } from './process-probe.js';
import type { ServerSpec } from './server-process.js';
import { ServicesError } from './services-error.js';
import type { ServerBinaries } from './system-binaries.js';
import type { RunAs } from './unprivileged-user.js';

const OWNER = 'analytics_user';
const PASSWORD = 'analytics_pass';
/** The database every provider offers. */
export const DATABASE = 'analytics';

/** The owner's address of a database on loopback. */
export function ownerUrl(port: number, database: string = DATABASE): string {
  return `postgres://${OWNER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

export interface PostgresOptions {
  binaries: ServerBinaries;
  dataFolder: string;
  logFile: string;
  port: number;
  identity: RunAs | undefined;
  /** false switches fsync off: data survives a killed process, not a power cut. */
  durable: boolean;
  /** Further settings, stronger than those here. */
  settings?: Record<string, string>;
}

// For a machine with two cores shared with three Node services. Settings are given at each start, so old data gets new settings.
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_preload_libraries: 'timescaledb',
  'timescaledb.telemetry_level': 'off',
  'timescaledb.max_background_workers': '8',
  max_worker_processes: '24',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '2GB',
  wal_compression: 'lz4',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // In the data folder, so that nothing stays in /dev/shm when the server is killed.
  dynamic_shared_memory_type: 'mmap',
  password_encryption: 'scram-sha-256',
};

/** How PostgreSQL is started on an initialised data folder. */
export function postgresSpec(options: PostgresOptions): ServerSpec {
  const { binaries, dataFolder, port, identity, logFile } = options;
  const fast: Record<string, string> = options.durable ? {} : { fsync: 'off', full_page_writes: 'off' };
  const settings = { ...SETTINGS, ...fast, ...options.settings };
  return {
    name: 'PostgreSQL',
    command: join(binaries.postgresBin, 'postgres'),
    args: ['-D', dataFolder, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile,
    identity,
    stopSignal: 'SIGINT',
    url: ownerUrl(port),
    port,
    probe: () => probe(port, dataFolder),
  };
}

async function probe(port: number, dataFolder: string): Promise<void> {
  const folder = await withPostgres(ownerUrl(port, 'postgres'), async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory;
  });
  if (folder !== dataFolder) throw new ServicesError(`port ${port} is served from another data folder (${folder})`);
}

/** Creates the data folder unless it is there. A folder left half made by an interrupted run is made anew. */
export async function initPostgres({ binaries, dataFolder, identity, durable }: Omit<PostgresOptions, 'port' | 'logFile'>): Promise<void> {
  if (isInitialised(dataFolder, binaries.postgresMajor)) return;
  const partial = `${dataFolder}.partial`;
  const passwordFile = join(dirname(dataFolder), `.initdb-${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  if (identity !== undefined) [partial, passwordFile].forEach((path) => chownSync(path, identity.uid, identity.gid));
  // PostgreSQL's own C.UTF-8 (since 17) knows the case of all letters and needs no locale of the system.
  const locale = binaries.postgresMajor >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  const account = ['-U', OWNER, '-A', 'scram-sha-256', '--pwfile', passwordFile];
  const args = ['-D', partial, ...account, '--encoding=UTF8', '--locale=C', ...locale, ...(durable ? [] : ['--no-sync'])];
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const finished = await run(join(binaries.postgresBin, 'initdb'), args, { cwd: '/', env, ...identity });
  rmSync(passwordFile, { force: true });
  if (finished.code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    const lines = finished.stderr.trim().split('\n').slice(-2);
    throw new ServicesError(`initdb failed in ${dirname(dataFolder)}: ${lines.join(' ')}`);
  }
  renameSync(partial, dataFolder);
}

function isInitialised(dataFolder: string, postgresMajor: number): boolean {
  const versionFile = join(dataFolder, 'PG_VERSION');
  if (!existsSync(versionFile)) return false;
  const major = Number(readFileSync(versionFile, 'utf8'));
  if (major === postgresMajor) return true;
  throw new ServicesError(
    `${dataFolder} was made by PostgreSQL ${major}, but version ${postgresMajor} is used here. ` +
      'Use that version, or delete the data with: npm run services -- reset',
  );
}

/** Creates the `analytics` database unless it is there. */
export async function ensureDatabase(port: number): Promise<void> {
  await withPostgres(ownerUrl(port, 'postgres'), async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}

/**
 * The server that runs on this data folder, if one does. The lock file of a server that died (or whose process id now belongs to
 * something else) is removed, because PostgreSQL would refuse to start over a process of the same user.
 */
export function runningPostgres(dataFolder: string): { pid: number; port: number } | undefined {
  const lockFile = join(dataFolder, 'postmaster.pid');
  if (!existsSync(lockFile)) return undefined;
  const lines = readFileSync(lockFile, 'utf8').split('\n');
  const pid = Number(lines[0]);
  if (runsWith(pid, dataFolder)) return { pid, port: Number(lines[3]) };
  rmSync(lockFile, { force: true });
  return undefined;
}
