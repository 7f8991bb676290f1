import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ServiceSpec {
  name: string;
  /** The built main file. */
  main: string;
  env: Record<string, string>;
  /** The service's whole log; warnings and errors are also passed to `report`. */
  logFile: string;
  /** Answers 200 when the service is ready. */
  readyUrl: string;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 15_000;
/** A service that ran this long is healthy again: its next failure starts at the first backoff. */
const HEALTHY_AFTER_MS = 30_000;
const STOP_DEADLINE_MS = 12_000;
const WARN = 40;

/**
 * Runs one built service: `starting → running → (died → waiting → starting)* → stopping → stopped`.
 * A death is reported once and answered by a restart after a capped exponential backoff.
 * The child has a process group of its own, so that Ctrl-C reaches only the supervisor, which stops
 * everything in order; it ends by itself when its channel to the supervisor closes.
 */
export class SupervisedService {
  private child: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  private stopping = false;
  private backoffMs = FIRST_BACKOFF_MS;
  private readonly log: WriteStream;

  constructor(
    readonly spec: ServiceSpec,
    private readonly report: (line: string) => void,
  ) {
    this.log = createWriteStream(spec.logFile, { flags: 'a' });
  }

  start(): void {
    const startedAt = Date.now();
    const child = spawn(process.execPath, ['--enable-source-maps', this.spec.main], {
      env: { ...process.env, ...this.spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.child = child;
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', (line) => this.take(line));
    child.once('exit', (code, signal) => {
      this.child = undefined;
      if (this.stopping) return;
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) this.backoffMs = FIRST_BACKOFF_MS;
      this.report(`${this.spec.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${this.backoffMs / 1000} s`);
      this.restart = setTimeout(() => this.start(), this.backoffMs);
      this.backoffMs = Math.min(this.backoffMs * 2, MAX_BACKOFF_MS);
    });
  }

  /** Resolves when the service says it is ready. @throws {Error} after `timeoutMs`, with its last answer. */
  async ready(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let last = 'no answer';
    while (Date.now() < deadline && !this.stopping) {
      try {
        const response = await fetch(this.spec.readyUrl, { signal: AbortSignal.timeout(2_500) });
        if (response.ok) return;
        last = await response.text();
      } catch {
        // Not listening yet; `last` keeps the most telling answer.
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.spec.name} is not ready after ${timeoutMs / 1000} s (${last}); its log is ${this.spec.logFile}`);
  }

  /** Stops the service and waits; `now` kills it at once. */
  async stop(now = false): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    const child = this.child;
    if (child) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(now ? 'SIGKILL' : 'SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await gone;
      clearTimeout(force);
    }
    this.log.end();
  }

  private take(line: string): void {
    if (!this.log.writableEnded) this.log.write(`${line}\n`);
    try {
      const { level, msg } = JSON.parse(line) as { level: number; msg: string };
      if (level >= WARN) this.report(`${this.spec.name}: ${msg}`);
    } catch {
      this.report(line.startsWith(this.spec.name) ? line : `${this.spec.name}: ${line}`);
    }
  }
}
