import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateServices } from '@analytics/services';

const root = join(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 90_000;

export interface RunningPipeline {
  /** What the specs need to know, as environment variables. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export interface StartedProcess {
  child: ChildProcess;
  /** Everything it has printed so far, both streams. */
  output(): string;
  exited: Promise<number | null>;
}

async function freePorts(count: number): Promise<string[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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

/** Private Redis and TimescaleDB, and the pipeline on them, on free ports, without synthetic traffic. */
export async function startPipeline(): Promise<RunningPipeline> {
  const services = await startPrivateServices();
  const data = mkdtempSync(join(tmpdir(), 'pipeline-e2e-'));
  const [gateway, producer, consumer] = (await freePorts(3)) as [string, string, string];
  const environment = {
    REDIS_URL: services.redis!.url,
    DATABASE_URL: services.postgres!.url,
    DATA_DIR: data,
    GATEWAY_PORT: gateway,
    PRODUCER_PORT: producer,
    CONSUMER_PORT: consumer,
    // The private PostgreSQL runs without fsync, to be quick; nothing else may be relaxed in a test.
    DURABILITY: 'relaxed',
  };
  const started = spawnStart(['--no-traffic'], environment);
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
  const credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8')) as Record<'demo' | 'self', { writeKey: string }>;
  return {
    environment: {
      E2E_GATEWAY: `http://127.0.0.1:${gateway}`,
      E2E_COLLECTOR: `http://127.0.0.1:${producer}`,
      E2E_CONSUMER: `http://127.0.0.1:${consumer}`,
      E2E_DEMO_KEY: credentials.demo.writeKey,
      E2E_SELF_KEY: credentials.self.writeKey,
      E2E_REDIS_URL: services.redis!.url,
      E2E_DATABASE_URL: services.postgres!.url,
      E2E_PORTS: [gateway, producer, consumer].join(','),
    },
    stop,
  };
}
