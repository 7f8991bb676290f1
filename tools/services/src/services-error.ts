/**
 * An expected fault (a taken folder, a missing program, a full disk). Its message is one sentence for people that says what to do;
 * callers print it without a stack.
 */
export class ServicesError extends Error {
  override readonly name = 'ServicesError';
}

/** The server programs are not here and cannot be fetched: another provider may still do. The message says what is missing. */
export class ProgramsUnavailableError extends ServicesError {}

const FILE_FAULTS: Record<string, (path: string) => string> = {
  ENOSPC: (path) =>
    `The disk is full: ${path} could not be written. Free some space (about 700 MB are needed the first time) and try again.`,
  EDQUOT: (path) => `The disk quota is used up: ${path} could not be written. Free some space and try again.`,
  EACCES: (path) => `No permission for ${path}. Make it writable for this user, or remove it, and try again.`,
  EPERM: (path) => `No permission for ${path}. Make it writable for this user, or remove it, and try again.`,
  EROFS: (path) => `${path} lies on a read-only file system. Use a checkout (or set XDG_CACHE_HOME to a folder) that can be written.`,
};

/**
 * Turns faults of the file system into one clear sentence; every other error comes back unchanged, because it is a bug and needs its
 * stack.
 */
export function explainFileFault(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const explain = code === undefined ? undefined : FILE_FAULTS[code];
  return explain === undefined ? error : new ServicesError(explain(path ?? 'a file'), { cause: error });
}

/** The message of anything thrown, on one line. */
export function reasonOf(error: unknown): string {
  // Node reports "connection refused on every address" as an AggregateError with an empty message.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
}
