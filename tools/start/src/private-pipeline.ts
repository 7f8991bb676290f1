import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startPrivateServices } from '@analytics/services';
import { readOrCreateCredentials } from './credentials.js';

const root = join(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 90_000;

export interface PrivatePipelineOptions {
  /** Arguments of the start command; default `--no-traffic`. */
  args?: string[];
  /** PostgreSQL with fsync and strict checks, as in production. Default false: quick, for tests. */
  durable?: boolean;
  /** More environment for the services. */
  env?: Record<string, string>;
}

export interface PrivatePipeline {
  gateway: string;
  collector: string;
  consumer: string;
  redisUrl: string;
  /** The owner's. */
  databaseUrl: string;
  writeKeys: Record<'demo' | 'self', string>;
  /** Reads and changes everything at the gateway. */
  adminKey: string;
  /** Who may sign in. */
  admin: { email: string; password: string };
  /** Process ids: of the supervisor, whose children the services are, and of the servers (0 where they are containers). */
  pids: { supervisor: number; redis: number; postgres: number };
  /** Stops everything and deletes its data. */
  stop(): Promise<void>;
}

export interface StartedProcess {
  child: ChildProcess;
  /** Everything it has printed so far, both streams. */
  output(): string;
  exited: Promise<number | null>;
}

/** Runs the real start command (already built) with an environment of its own. */
export function spawnStart(args: string[], env: Record<string, string>): StartedProcess {
  const child = spawn(process.execPath, [join(root, 'tools/start/dist/start.js'), '--no-build', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text, exited: new Promise((resolve) => child.once('exit', resolve)) };
}

/** @throws {Error} with the output, when the process ends or is silent for too long before it prints its last line. */
export async function untilReady(started: StartedProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!/^ready: /m.test(started.output())) {
    if (started.child.exitCode !== null || Date.now() > deadline) throw new Error(`the pipeline did not start:\n${started.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The whole system as `npm start` runs it (already built), on a private Redis and TimescaleDB and on free ports,
 * so that two can stand side by side. For end-to-end specs and measurements.
 */
export async function startPrivatePipeline({ args = ['--no-traffic'], durable = false, env = {} }: PrivatePipelineOptions = {}): Promise<PrivatePipeline> {
  const services = await startPrivateServices({ durable });
  const data = mkdtempSync(join(tmpdir(), 'pipeline-'));
  const [gateway, producer, consumer] = await Promise.all([freePort(), freePort(), freePort()]);
  const started = spawnStart(args, {
    REDIS_URL: services.redis.url,
    DATABASE_URL: services.postgres.url,
    DATA_DIR: data,
    GATEWAY_PORT: String(gateway),
    PRODUCER_PORT: String(producer),
    CONSUMER_PORT: String(consumer),
    DURABILITY: durable ? 'strict' : 'relaxed',
    // Specs and measurements look more often than any person or dashboard.
    THROTTLE_READS: '1000000',
    ...env,
  });
  const stop = async (): Promise<void> => {
    started.child.kill('SIGTERM');
    await started.exited;
    await services.stop();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await untilReady(started);
  } catch (error) {
    await stop();
    throw error;
  }
  const { demo, self, adminKey, admin } = readOrCreateCredentials(join(data, 'credentials.json'));
  if (!admin) throw new Error('the start has made no administrator, though its database was new');
  return {
    gateway: `http://127.0.0.1:${gateway}`,
    collector: `http://127.0.0.1:${producer}`,
    consumer: `http://127.0.0.1:${consumer}`,
    redisUrl: services.redis.url,
    databaseUrl: services.postgres.url,
    writeKeys: { demo: demo.writeKey, self: self.writeKey },
    adminKey,
    admin,
    pids: { supervisor: started.child.pid!, redis: services.redis.pid, postgres: services.postgres.pid },
    stop,
  };
}
