import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, isAlive, signal, waitUntilGone } from './process-probe.js';
import { ServicesError, reasonOf } from './services-error.js';
import type { RunAs } from './unprivileged-user.js';

/** How one server is started, recognised and stopped. */
export interface ServerSpec {
  name: 'PostgreSQL' | 'Redis';
  command: string;
  args: string[];
  /** Takes the server's output; appended to, emptied at a start when above 16 MB. */
  logFile: string;
  /** User of the server; undefined is the user of this process. */
  identity: RunAs | undefined;
  /** The signal of an orderly stop. */
  stopSignal: NodeJS.Signals;
  url: string;
  port: number;
  /** Rejects until the server answers and is the one of this data folder. */
  probe(): Promise<void>;
}

// Recovery after a crash replays at most max_wal_size (2 GB) of log or one append-only file.
const READY_MS = 120_000;
const STOP_MS = 60_000;
const LOG_BYTES = 16 * 2 ** 20;

/** Starts the server in a session of its own (a terminal's Ctrl-C does not reach it), waits until it answers and returns its process id. */
export async function startServer(spec: ServerSpec): Promise<number> {
  if ((statSync(spec.logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) truncateSync(spec.logFile);
  const output = openSync(spec.logFile, 'a');
  const logStart = statSync(spec.logFile).size;
  const child = spawn(spec.command, spec.args, { detached: true, stdio: ['ignore', output, output], cwd: '/', ...spec.identity });
  closeSync(output);
  child.unref();
  let spawnFault: Error | undefined;
  child.on('error', (error) => (spawnFault = error));
  const pid = child.pid;
  const last = pid === undefined ? 'it could not be run' : await awaitAnswer(pid, spec);
  if (pid !== undefined && last === undefined) return pid;
  const alive = pid !== undefined && isAlive(pid);
  if (alive) await killServer(pid);
  const reason = alive ? last : (spawnFault?.message ?? complaint(spec.logFile, logStart));
  throw new ServicesError(`${spec.name} did not start on port ${spec.port}: ${reason} (log: ${spec.logFile})`);
}

/** Waits until a server that was started answers. Returns undefined then, or the last fault when it ended or two minutes passed. */
export async function awaitAnswer(pid: number, spec: Pick<ServerSpec, 'probe'>): Promise<string | undefined> {
  const deadline = Date.now() + READY_MS;
  let last = 'no answer yet';
  while (isAlive(pid) && Date.now() < deadline) {
    try {
      await spec.probe();
      return undefined;
    } catch (error) {
      last = reasonOf(error);
      await delay(20);
    }
  }
  return last;
}

/** Stops a server in an orderly way and waits until its process is gone. Rejects when it is still there after a minute. */
export async function stopServer(pid: number, spec: Pick<ServerSpec, 'name' | 'stopSignal'>): Promise<void> {
  signal(pid, spec.stopSignal);
  if (!(await waitUntilGone(pid, STOP_MS)))
    throw new ServicesError(
      `${spec.name} (process ${pid}) did not stop within ${STOP_MS / 1000} s; see its log, then end it with: kill -9 ${pid}`,
    );
}

/** Kills a server and its children with SIGKILL, as a power cut would, and waits until all are gone. */
export async function killServer(pid: number): Promise<void> {
  const family = [pid, ...childrenOf(pid)];
  for (const member of family) signal(member, 'SIGKILL');
  for (const member of family) await waitUntilGone(member, STOP_MS);
}

/** The last line of the log that tells about a fault, else its last line. */
function complaint(logFile: string, from: number): string {
  if (!existsSync(logFile)) return 'it ended at once';
  const lines = readFileSync(logFile)
    .subarray(from)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.findLast((line) => /FATAL|PANIC|ERROR|error|Failed|Can't|denied/.test(line)) ?? lines.at(-1) ?? 'it ended at once';
}
