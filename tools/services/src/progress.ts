/** Takes one finished line without its line feed. */
export type Log = (line: string) => void;

/** The default log: standard error, so that a command's standard output stays clean. */
export const stderrLog: Log = (line) => void process.stderr.write(`${line}\n`);

const QUIET_MS = 2000;

/**
 * Runs one step and tells about it only when it lasts: after two seconds one line says what is being waited for,
 * and one with the elapsed time follows at its end. `announce: true` prints the first line at once.
 */
export async function step<T>(log: Log, label: string, work: () => Promise<T>, announce = false): Promise<T> {
  const startedAt = Date.now();
  let told = false;
  const tell = () => {
    told = true;
    log(`services: ${label} ...`);
  };
  const timer = setTimeout(tell, announce ? 0 : QUIET_MS);
  if (announce) {
    clearTimeout(timer);
    tell();
  }
  try {
    const result = await work();
    if (told) log(`services: ${label}: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
