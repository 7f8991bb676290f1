/**
 * Clears away after private servers. Started by private-services.ts with a pipe as its standard input: the pipe's end closes when the
 * parent stops or dies, even by kill -9. Then every process that names the folder is ended, every container removed, and the folder
 * deleted.
 *
 * Arguments: the folder, then names of Docker containers.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { run, runsWith, signal, waitUntilGone } from './process-probe.js';

const IMMEDIATE_STOP_MS = 3000;

async function clearAway(folder: string, containers: string[]): Promise<void> {
  if (containers.length > 0) await run('docker', ['rm', '-f', '-v', ...containers]);
  const pids = processes().filter((pid) => pid !== process.pid && runsWith(pid, folder));
  // SIGQUIT is PostgreSQL's immediate stop: it takes its children and its shared memory along. Redis needs no ceremony.
  for (const pid of pids) signal(pid, isPostgres(pid) ? 'SIGQUIT' : 'SIGKILL');
  for (const pid of pids) {
    if (!(await waitUntilGone(pid, IMMEDIATE_STOP_MS))) signal(pid, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function processes(): number[] {
  return process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];
}

function isPostgres(pid: number): boolean {
  try {
    return /\/postgres$/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '');
  } catch {
    return false;
  }
}

const [folder, ...containers] = process.argv.slice(2);
if (folder === undefined || folder.split('/').length < 3) throw new Error('usage: guardian <folder> [container ...]');
process.stdin.on('end', () => void clearAway(folder, containers)).resume();
