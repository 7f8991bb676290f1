/** `name` or `name:nth`: the process ends itself by SIGKILL when it comes to that point for the nth time (default: first). */
const [wanted, nth = '1'] = (process.env['FAILPOINT'] ?? '').split(':');
let passed = 0;

/**
 * A place at which a fault test may kill the process, as a crash would: no handler runs, nothing is flushed.
 * Without the environment variable `FAILPOINT` it is undefined, so that callers pass no hook at all.
 */
export const failpoint: ((name: string) => void) | undefined = wanted
  ? (name) => {
      if (name === wanted && ++passed === Number(nth)) process.kill(process.pid, 'SIGKILL');
    }
  : undefined;
