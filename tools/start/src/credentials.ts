import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The projects of a first start, and what each is for. */
export const FIRST_PROJECTS = { demo: 'Demo shop', self: 'This dashboard' } as const;
export type FirstProject = keyof typeof FIRST_PROJECTS;

export type Credentials = Record<FirstProject, { writeKey: string }>;

const newWriteKey = (): string => `wk_${randomBytes(24).toString('base64url')}`;

/**
 * The write keys of the first projects, made at the first start and kept in `file` (mode 600).
 * The database holds only their hashes.
 * @throws {Error} when the file exists and is not what this function wrote.
 */
export function readOrCreateCredentials(file: string): Credentials {
  if (!existsSync(file)) {
    const credentials: Credentials = { demo: { writeKey: newWriteKey() }, self: { writeKey: newWriteKey() } };
    writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
    return credentials;
  }
  chmodSync(file, 0o600);
  try {
    const credentials = JSON.parse(readFileSync(file, 'utf8')) as Partial<Credentials>;
    if (credentials.demo?.writeKey && credentials.self?.writeKey) return credentials as Credentials;
  } catch {
    // Not JSON: the sentence below says what to do.
  }
  throw new Error(`${file} is not readable as credentials; delete it and new write keys are made`);
}
