import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, type Prepared } from './prepare.js';
import { SupervisedService, type ServiceSpec } from './supervisor.js';

const USAGE = `npm start -- [options]
  --rate N        synthetic events per second (default 28, which is 100,000 an hour)
  --history N     days of the past that the synthetic traffic fills first (default 0)
  --seed N        seed of the synthetic traffic (default: a new one each time)
  --no-traffic    no synthetic traffic
  --no-build      run what is built already
Ports: GATEWAY_PORT (3000), PRODUCER_PORT (3001), CONSUMER_PORT (3002); data: DATA_DIR (.data)`;

const root = join(import.meta.dirname, '../../..');
/** Kept between runs; `DATA_DIR` moves it. */
const data = process.env['DATA_DIR'] || join(root, '.data');
const READY_TIMEOUT_MS = 60_000;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** An expected failure to start: one sentence, no stack. */
class StartError extends Error {}

interface Options {
  rate?: string;
  history?: string;
  seed?: string;
  traffic: boolean;
  build: boolean;
  ports: { gateway: number; producer: number; 'stream-consumer': number };
}

function readOptions(): Options {
  let values: { rate?: string; history?: string; seed?: string; 'no-traffic'?: boolean; 'no-build'?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: process.argv.slice(2),
      options: {
        rate: { type: 'string' },
        history: { type: 'string' },
        seed: { type: 'string' },
        'no-traffic': { type: 'boolean' },
        'no-build': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`);
  }
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  for (const name of ['rate', 'history', 'seed'] as const)
    if (values[name] !== undefined && !/^\d{1,9}$/.test(values[name])) throw new StartError(`--${name} is ${JSON.stringify(values[name])}; expected a whole number`);
  return {
    ...(values.rate === undefined ? {} : { rate: values.rate }),
    ...(values.history === undefined ? {} : { history: values.history }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    traffic: !values['no-traffic'],
    build: !values['no-build'],
    ports: { gateway: portOf('GATEWAY_PORT', 3000), producer: portOf('PRODUCER_PORT', 3001), 'stream-consumer': portOf('CONSUMER_PORT', 3002) },
  };
}

function portOf(variable: string, standard: number): number {
  const value = process.env[variable];
  if (!value) return standard;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new StartError(`${variable} is ${JSON.stringify(value)}; expected a port from 1 to 65535`);
  return number;
}

async function requireFreePorts(ports: Options['ports']): Promise<void> {
  const variables = { gateway: 'GATEWAY_PORT', producer: 'PRODUCER_PORT', 'stream-consumer': 'CONSUMER_PORT' };
  for (const [name, port] of Object.entries(ports)) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (!free)
      throw new StartError(
        `port ${port} (${name}) is taken by another program, perhaps an earlier npm start; stop it, or set ${variables[name as keyof typeof variables]} to a free port`,
      );
  }
}

/** Builds what is stale; nx knows from its cache what is not. Its output is shown only when it fails. */
function build(): Promise<void> {
  const startedAt = Date.now();
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const child = spawn(process.execPath, [nx, 'run-many', '-t', 'build', '-p', 'producer,stream-consumer,gateway,dashboard'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_TUI: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const progress = setTimeout(() => say('build: building what is stale …'), 2_000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(progress);
      if (code !== 0) return reject(new StartError(`${Buffer.concat(output).toString()}\nthe build failed; the reason stands above`));
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      if (seconds >= 2) say(`build: done in ${seconds} s`);
      resolve();
    });
  });
}

function serviceSpecs({ rate, history, seed, traffic, ports }: Options, { environment }: Prepared): ServiceSpec[] {
  const logs = join(data, 'logs');
  mkdirSync(logs, { recursive: true });
  const collector = `http://localhost:${ports.producer}`;
  const own: Record<keyof Options['ports'], Record<string, string>> = {
    // Kept over restarts of the service, so that it has its partitions back at once; another npm start has another.
    'stream-consumer': { INSTANCE: `${hostname()}:${process.pid}` },
    producer: {
      TRAFFIC: traffic ? 'on' : 'off',
      ...(rate === undefined ? {} : { EVENTS_PER_SECOND: rate }),
      ...(history === undefined ? {} : { TRAFFIC_HISTORY_DAYS: history }),
      ...(seed === undefined ? {} : { TRAFFIC_SEED: seed }),
    },
    gateway: { COLLECTOR_URL: collector, CONSUMER_URL: `http://127.0.0.1:${ports['stream-consumer']}`, DASHBOARD_DIST: join(root, 'apps/dashboard/dist') },
  };
  return (['stream-consumer', 'producer', 'gateway'] as const).map((name) => ({
    name,
    main: join(root, 'apps', name, 'dist/main.js'),
    env: { ...environment, ...own[name], PORT: String(ports[name]) },
    logFile: join(logs, `${name}.log`),
    readyUrl: `http://127.0.0.1:${ports[name]}/ready`,
  }));
}

function announce({ ports }: Options, { credentials, madeAdmin, services }: Prepared): void {
  const base = `http://localhost:${ports.gateway}`;
  const file = join(data, 'credentials.json');
  const lines = [
    '',
    `  dashboard     ${base}`,
    `  sign in       ${signInWords(credentials.admin, madeAdmin, file)}`,
    `  API explorer  ${base}/api/docs`,
    `  collector     http://localhost:${ports.producer}/v1/events`,
    `  write key     ${credentials.demo.writeKey}   (project demo; all keys: ${file})`,
    `  look inside   npm run services -- psql | redis-cli   (${services.provider})`,
    `  stop          Ctrl-C`,
    '',
    `ready: ${base}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The password is printed once, when it is made. */
function signInWords(admin: Prepared['credentials']['admin'], isNew: boolean, file: string): string {
  if (!admin) return 'as the people whom an earlier start or an administrator has made';
  return isNew ? `${admin.email}   password ${admin.password}   (kept in ${file})` : `${admin.email}   password in ${file}, unless it was changed`;
}

async function main(): Promise<void> {
  const options = readOptions();
  await requireFreePorts(options.ports);
  const running: SupervisedService[] = [];
  let prepared: Prepared | undefined;
  let interrupted = 0;

  const stopAll = async (now: boolean): Promise<void> => {
    await Promise.all(running.map((service) => service.stop(now)));
    if (prepared && !prepared.services.alreadyRunning) await prepared.services.stop();
  };
  const interrupt = (): void => {
    interrupted++;
    if (interrupted === 1) {
      say('\nstopping (again to stop at once) …');
      void stopAll(false).then(() => {
        say('stopped');
        process.exit(0);
      });
    } else if (interrupted === 2) void stopAll(true).then(() => process.exit(130));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);

  try {
    const built = options.build ? build() : Promise.resolve();
    // Both run at once; a failing build must not become an unhandled rejection while the services come up.
    built.catch(() => undefined);
    prepared = await prepare({ root, data, log: say });
    await built;
    if (interrupted) return;
    for (const spec of serviceSpecs(options, prepared)) running.push(new SupervisedService(spec, say));
    for (const service of running) service.start();
    await Promise.all(running.map((service) => service.ready(READY_TIMEOUT_MS)));
    if (!interrupted) announce(options, prepared);
  } catch (error) {
    if (interrupted) return;
    interrupted = 2;
    await stopAll(true);
    throw error;
  }
}

main().catch((error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  say(code === 'ENOSPC' ? `there is no space left on the disk that holds ${root}; free some and start again` : message || String(error));
  process.exit(1);
});
