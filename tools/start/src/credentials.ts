import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { newSecret } from '@analytics/timescale';

/** The projects of a first start, and what each is for. */
export const FIRST_PROJECTS = { demo: 'Demo shop', self: 'This dashboard' } as const;
export type FirstProject = keyof typeof FIRST_PROJECTS;

export interface ProjectKeys {
  /** Sends events. */
  writeKey: string;
  /** Asks about them. */
  readKey: string;
}

export interface Credentials extends Record<FirstProject, ProjectKeys> {
  /** Reads and changes everything: for tools, and for resetting a password that everybody has forgotten. */
  adminKey: string;
  /** The first administrator, where this start has made it. */
  admin?: { email: string; password: string };
}

/**
 * The keys of the first projects, made at the first start and kept in `file` (mode 600). The database holds only their hashes.
 * A file of an earlier version is given what it lacks.
 * @throws {Error} when the file exists and is not what this function wrote.
 */
export function readOrCreateCredentials(file: string): Credentials {
  const kept = existsSync(file) ? read(file) : {};
  const keysOf = (project: FirstProject): ProjectKeys => ({
    writeKey: kept[project]?.writeKey ?? newSecret('wk'),
    readKey: kept[project]?.readKey ?? newSecret('ak'),
  });
  const { adminKey = newSecret('ak'), admin } = kept;
  const credentials = { demo: keysOf('demo'), self: keysOf('self'), adminKey, ...(admin ? { admin } : {}) };
  if (JSON.stringify(credentials) !== JSON.stringify(kept)) writeCredentials(file, credentials);
  return credentials;
}

export function writeCredentials(file: string, credentials: Credentials): void {
  writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
}

function read(file: string): Partial<Credentials> {
  chmodSync(file, 0o600);
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Credentials>;
    if (kept.demo?.writeKey && kept.self?.writeKey) return kept;
  } catch {
    // Not JSON: the sentence below says what to do.
  }
  throw new Error(`${file} is not readable as credentials; delete it and new keys are made`);
}
