import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPassable, serverIdentity } from './unprivileged-user.js';

/** Where Redis and TimescaleDB come from: addresses in the environment, Docker, or servers started here. */
export type ProviderName = 'external' | 'docker' | 'embedded';

/**
 * The last known state, kept in `.data/services.json` for people and for the next run. The servers' own lock files decide when the two
 * differ.
 */
export interface ServicesState {
  provider: ProviderName;
  redisUrl?: string;
  databaseUrl?: string;
  /** Embedded only: folder of `postgres/`, `redis/` and `logs/`. */
  dataFolder?: string;
  /** Embedded only: process ids. */
  pids?: { redis: number; postgres: number };
}

const stateFile = (root: string): string => join(root, '.data', 'services.json');

/** Creates `<root>/.data` if needed and returns its path. */
export function dataRoot(root: string): string {
  const folder = join(realpathSync(root), '.data');
  if (!existsSync(folder)) {
    mkdirSync(folder);
    // Whatever the umask says: the servers' user must be able to pass.
    chmodSync(folder, 0o755);
  }
  return folder;
}

/**
 * Where embedded servers keep their data: `<root>/.data`, or a folder below /var/lib when root runs this in a place the servers' user may
 * not enter.
 */
export function embeddedDataFolder(root: string): string {
  const own = dataRoot(root);
  if (isPassable(own, serverIdentity())) return own;
  return `/var/lib/analytics-pipeline-${createHash('sha256').update(own).digest('hex').slice(0, 8)}`;
}

/** The state the last command left; undefined when there is none or it cannot be read (a half-written file of an older crash). */
export function readState(root: string): ServicesState | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile(root), 'utf8')) as Partial<ServicesState>;
    return state.provider === 'docker' || state.provider === 'embedded' ? { ...state, provider: state.provider } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the state in one step. Mode 600: it holds a password. */
export function writeState(root: string, state: ServicesState): void {
  dataRoot(root);
  const partial = `${stateFile(root)}.partial`;
  writeFileSync(partial, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(partial, stateFile(root));
}
