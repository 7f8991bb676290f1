import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withRedis } from './probe-url.js';
import { runsWith } from './process-probe.js';
import type { ServerSpec } from './server-process.js';
import { ServicesError } from './services-error.js';
import type { ServerBinaries } from './system-binaries.js';
import type { RunAs } from './unprivileged-user.js';

export interface RedisOptions {
  binaries: ServerBinaries;
  dataFolder: string;
  logFile: string;
  port: number;
  identity: RunAs | undefined;
  /** Further settings, stronger than those here. */
  settings?: Record<string, string>;
}

// An event is acknowledged once Redis has it, so Redis must have it on disk (appendfsync always) and may never throw it away (noeviction).
const SETTINGS: Record<string, string> = {
  bind: '127.0.0.1',
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
  // What is stored is trimmed, so the file is nearly all past, and at full rate the standard 64 MB are written in two seconds.
  'auto-aof-rewrite-min-size': '512mb',
  save: '""',
  daemonize: 'no',
  // The path of the configuration stays visible in the process list: that is how a server is recognised as ours.
  'proc-title-template': '"{title} {listen-addr} {config-file}"',
};

const CONFIG_FILE = 'redis.conf';
const PID_FILE = 'redis.pid';

/** Creates the data folder if needed, writes the configuration into it and tells how Redis is started on it. */
export function redisSpec({ binaries, dataFolder, logFile, port, identity, settings }: RedisOptions): ServerSpec {
  const configFile = join(dataFolder, CONFIG_FILE);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const all = { ...SETTINGS, port: String(port), dir: `"${dataFolder}"`, pidfile: `"${join(dataFolder, PID_FILE)}"`, ...settings };
  writeFileSync(
    configFile,
    Object.entries(all)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  if (identity !== undefined) [dataFolder, configFile].forEach((path) => chownSync(path, identity.uid, identity.gid));
  const url = `redis://127.0.0.1:${port}`;
  return {
    name: 'Redis',
    command: binaries.redisServer,
    args: [configFile],
    logFile,
    identity,
    stopSignal: 'SIGTERM',
    url,
    port,
    probe: () => probe(url, dataFolder),
  };
}

async function probe(url: string, dataFolder: string): Promise<void> {
  const [, folder] = (await withRedis(url, async (client) => {
    await client.ping();
    return client.config('GET', 'dir');
  })) as [string, string];
  if (folder !== dataFolder) throw new ServicesError(`${url} is served from another data folder (${folder})`);
}

/** The server that runs on this data folder, if one does. */
export function runningRedis(dataFolder: string): { pid: number; port: number } | undefined {
  const [configFile, pidFile] = [join(dataFolder, CONFIG_FILE), join(dataFolder, PID_FILE)];
  if (!existsSync(configFile) || !existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (!runsWith(pid, configFile)) return undefined;
  return { pid, port: Number(/^port (\d+)$/m.exec(readFileSync(configFile, 'utf8'))?.[1]) };
}
