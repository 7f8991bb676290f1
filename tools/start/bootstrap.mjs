// The first file that runs on a fresh machine: nothing is installed yet, so it uses only Node itself.
// It installs the dependencies when they are missing or stale, builds the tools, and hands over to them.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const [command = 'start', ...args] = process.argv.slice(2);
/** The services, for the tools that run them as they are built. */
const services = ['apps/producer', 'apps/stream-consumer', 'apps/gateway'];
/** What each command runs, once its project and what else it needs are built. */
const tools = {
  start: ['tools/start', 'start.js'],
  test: ['tools/start', 'test.js'],
  services: ['tools/services', 'cli.js'],
  'load-test': ['tools/load-test', 'load-test.js', services],
  bench: ['tools/load-test', 'bench.js', services],
  'bench:query': ['tools/load-test', 'bench-query.js', services],
  'bench:dashboard': ['tools/browser', 'bench-dashboard.js', services, 'dashboard,tracker'],
  screenshots: ['tools/browser', 'screenshots.js', services, 'dashboard,tracker'],
  'bench:viewers': ['tools/load-test', 'bench-viewers.js', services],
  verify: ['tools/verify', 'verify.js', services],
  chaos: ['tools/chaos', 'chaos.js', services],
};

const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old; version 20.19 or newer is needed.`);
if (!(command in tools)) fail(`unknown command ${command}; known are ${Object.keys(tools).join(', ')}.`);

// npm writes this file at the end of every installation.
const installed = join(root, 'node_modules/.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
  const startedAt = Date.now();
  process.stderr.write('dependencies: installing (about a minute, once) …\n');
  run('npm', ['ci', '--no-progress', '--loglevel=error'], 'the dependencies could not be installed; the reason stands above');
  process.stderr.write(`dependencies: installed in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
}
const [project, main, needed = [], site] = tools[command];
run(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-b', ...[project, ...needed].map((folder) => `${folder}/tsconfig.build.json`)],
  'the tools could not be built; the reason stands above',
);
if (site) run(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '-p', site], 'the dashboard could not be built; the reason stands above');
process.chdir(root);
process.argv = [process.argv[0], command, ...args];
await import(join(root, project, 'dist', main));

function run(file, commandArgs, sentence) {
  const { status, signal, error } = spawnSync(file, commandArgs, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (signal) process.exit(130);
  if (error || status !== 0) fail(error ? `${sentence} (${error.message})` : sentence);
}
