import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The identity the servers run with; `undefined` means the identity of this process. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** Debian's number for `nobody`, used when /etc/passwd does not name that user. */
const NOBODY: RunAs = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root, so root starts the servers as `nobody` or, when `dataFolder` exists already, as the user it belongs
 * to. Everybody else runs them as themselves.
 */
export function serverIdentity(dataFolder?: string): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataFolder === undefined ? undefined : statSync(dataFolder, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return entry === null ? NOBODY : { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/** Whether `identity` may pass every folder on the way to `path` (those that exist). A checkout below /root, for example, it may not. */
export function isPassable(path: string, identity: RunAs | undefined): boolean {
  if (identity === undefined) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat !== undefined) {
      const bit = stat.uid === identity.uid ? 0o100 : stat.gid === identity.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}
