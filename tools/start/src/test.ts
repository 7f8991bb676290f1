// `npm test`: lint, type check and build everything, then every test of every project on real services.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
const environment = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_TUI: 'false' };

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function run(args: string[], stdout: 'inherit' | 'pipe' = 'inherit'): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [nx, ...args], { cwd: root, env: environment, stdio: ['ignore', stdout, 'inherit'] });
  const output: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.once('SIGINT', forward).once('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}

/** Folders of the projects that have tests. */
async function testedProjects(): Promise<Map<string, string>> {
  const names = JSON.parse((await run(['show', 'projects', '--with-target', 'test', '--json'], 'pipe')).output) as string[];
  const folders = new Map<string, string>();
  for (const name of names) {
    const short = name.replace('@analytics/', '');
    const folder = ['apps', 'libs', 'tools'].map((group) => join(root, group, short)).find((candidate) => existsSync(candidate));
    if (folder) folders.set(name, folder);
  }
  return folders;
}

const { values } = parseArgs({ args: process.argv.slice(2), options: { projects: { type: 'string', short: 'p' } } });
const selection = values.projects ? ['-p', values.projects] : [];

const checks = await run(['run-many', '-t', 'lint', 'typecheck', 'build', ...selection]);
const projects = await testedProjects();
for (const folder of projects.values()) rmSync(join(folder, 'test-output/counts.json'), { force: true });
// Proof is made anew: results of an earlier run are not taken from the cache.
const tests = await run(['run-many', '-t', 'test', '--skip-nx-cache', '--output-style=stream', ...selection]);

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, folder] of projects) {
  const file = join(folder, 'test-output/counts.json');
  if (!existsSync(file)) {
    if (selection.length > 0) continue;
    process.stdout.write(`${name}: its tests did not run to the end; counted as 1 failure\n`);
    total.failed++;
    continue;
  }
  const counts = JSON.parse(readFileSync(file, 'utf8')) as Counts;
  for (const kind of ['passed', 'failed', 'skipped'] as const) total[kind] += counts[kind];
}
if (checks.code !== 0) {
  process.stdout.write('lint, typecheck or build failed; the reason stands above; counted as 1 failure\n');
  total.failed++;
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`);
process.exitCode = total.failed > 0 || tests.code !== 0 ? 1 : 0;
