import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { binariesIn, DEBIAN_SUITE, fetchDebianBinaries, missingForDebian } from './debian-binaries.js';
import { exclusively } from './exclusive.js';
import { run } from './process-probe.js';
import { step, type Log } from './progress.js';
import { ProgramsUnavailableError, reasonOf } from './services-error.js';
import { findSystemBinaries, type ServerBinaries } from './system-binaries.js';
import { isPassable, serverIdentity } from './unprivileged-user.js';

/** Rises when the recipe in debian-binaries.ts changes what it unpacks. */
const RECIPE = 1;
const ROOT_CACHE = '/var/cache';

/** Where fetched programs are kept: the user's cache folder, or /var/cache for root when the servers' user may not enter root's home. */
export function cacheFolder(): string {
  const own = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(isPassable(own, serverIdentity()) ? own : ROOT_CACHE, 'analytics-pipeline');
}

/**
 * The server programs: the machine's own when they are recent enough, else fetched once and cached per user.
 * A cache that is half there or does not run is built again; two processes never build at once.
 * Rejects with a ProgramsUnavailableError that lists what is missing on this machine.
 */
export async function ensureBinaries(log: Log): Promise<ServerBinaries> {
  const system = await findSystemBinaries();
  if (system !== undefined) return system;
  const folder = cacheFolder();
  const target = join(folder, `services-${DEBIAN_SUITE}-${process.arch}-${RECIPE}`);
  if (await works(target)) return binariesIn(join(target, 'root'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const buildUnlessDone = async () => {
    if (!(await works(target))) await build(folder, target, log);
  };
  await exclusively(target, buildUnlessDone, () => log('services: waiting for another process that prepares PostgreSQL and Redis ...'));
  return binariesIn(join(target, 'root'));
}

async function works(target: string): Promise<boolean> {
  const { postgresBin, redisServer, redisCli } = binariesIn(join(target, 'root'));
  if (!existsSync(redisCli) || !existsSync(join(postgresBin, 'psql'))) return false;
  const answers = await Promise.all(
    [...['postgres', 'initdb'].map((name) => join(postgresBin, name)), redisServer].map((program) => run(program, ['--version'])),
  );
  return answers.every(({ code }) => code === 0);
}

async function build(folder: string, target: string, log: Log): Promise<void> {
  const missing = await missingForDebian(folder);
  if (missing.length > 0) throw new ProgramsUnavailableError(`missing here: ${missing.join(', ')}`);
  for (const name of readdirSync(folder)) {
    if (name.startsWith('services-') && name.includes('.partial-')) rmSync(join(folder, name), { recursive: true, force: true });
  }
  const partial = `${target}.partial-${process.pid}`;
  mkdirSync(partial);
  chmodSync(partial, 0o755);
  try {
    await step(
      log,
      'fetching PostgreSQL 17 with TimescaleDB and Redis (about 100 MB, once)',
      () => fetchDebianBinaries(partial, target),
      true,
    );
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  if (!(await works(target)))
    throw new ProgramsUnavailableError(`the fetched programs do not run on this machine: ${await whyNot(target)}`);
}

async function whyNot(target: string): Promise<string> {
  const { stderr } = await run(join(binariesIn(join(target, 'root')).postgresBin, 'postgres'), ['--version']);
  return reasonOf(stderr);
}
