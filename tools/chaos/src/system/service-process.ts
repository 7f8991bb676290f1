import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const RESTART_AFTER_MS = 100;
const READY_TIMEOUT_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;

/** How a process of a service ended. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One service, run from its build. A death nobody asked for is answered by a restart, as a supervisor would. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private kept = true;
  private readonly log: WriteStream;
  private text = '';
  /** All ends so far, the asked-for ones included, oldest first. */
  readonly ends: ProcessEnd[] = [];

  constructor(
    readonly name: string,
    private readonly main: string,
    /** Where it listens. */
    readonly port: number,
    private readonly env: Record<string, string>,
    logFile: string,
  ) {
    this.log = createWriteStream(logFile, { flags: 'a' });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get running(): boolean {
    return this.child !== undefined;
  }

  /** What it has printed since the system began, at most the last megabyte. */
  get output(): string {
    return this.text;
  }

  /** Starts it. `extra` is environment for this one life only: a restart is without it. */
  start(extra: Record<string, string> = {}): void {
    if (this.child) throw new Error(`${this.name} runs already; stop it first`);
    this.kept = true;
    const child = spawn(process.execPath, ['--enable-source-maps', this.main], {
      env: { ...process.env, ...this.env, PORT: String(this.port), ...extra },
      // The channel ends the service when this process is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => this.take(chunk.toString()));
    child.once('exit', (code, signal) => {
      this.ends.push({ code, signal });
      this.child = undefined;
      if (this.kept) setTimeout(() => this.kept && !this.child && this.start(), RESTART_AFTER_MS);
    });
  }

  /** Waits until it says that it is ready. @throws {Error} with the end of its output when it does not get ready in time. */
  async ready(timeoutMs = READY_TIMEOUT_MS): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      const answer = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (answer?.ok) return;
      await pause(50);
    }
    throw new Error(`${this.name} is not ready after ${timeoutMs / 1000} s; its last words:\n${this.text.slice(-2_000)}`);
  }

  /** SIGKILL; it is started again by itself. Does nothing when it does not run. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** SIGSTOP: it neither works nor closes its connections. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** SIGTERM, and no restart. @returns how it ended and after how long. */
  async stop(): Promise<ProcessEnd & { ms: number }> {
    this.kept = false;
    const startedAt = Date.now();
    const force = setTimeout(() => this.child?.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.end('SIGTERM');
    clearTimeout(force);
    return { ...(this.ends.at(-1) ?? { code: null, signal: null }), ms: Date.now() - startedAt };
  }

  /** Ends it by SIGKILL and starts it at once; `extra` is environment for the new life only. */
  async killAndStart(extra: Record<string, string> = {}): Promise<void> {
    this.kept = false;
    await this.end('SIGKILL');
    this.start(extra);
  }

  /** Ends it by SIGTERM and starts it again; `extra` is environment for the new life only. */
  async restart(extra: Record<string, string> = {}): Promise<void> {
    await this.stop();
    this.start(extra);
  }

  /** Ends it at once and for good. */
  async dispose(): Promise<void> {
    this.kept = false;
    this.thaw();
    await this.end('SIGKILL');
    this.log.end();
  }

  private end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child) return Promise.resolve();
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    return gone;
  }

  private take(chunk: string): void {
    this.text = (this.text + chunk).slice(-1_048_576);
    if (!this.log.writableEnded) this.log.write(chunk);
  }
}
