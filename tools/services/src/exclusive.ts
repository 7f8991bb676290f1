import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Runs `work` while no other process of this machine runs under the same name. The lock is an abstract Unix socket: the kernel frees it
 * when its process dies, so there is no stale lock file to judge. Where such sockets do not exist (not Linux) nothing is started here
 * anyway. `onWait` is called once when another process has the name.
 */
export async function exclusively<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  if (process.platform !== 'linux') return work();
  const address = `\0analytics-pipeline-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  let lock = await take(address);
  if (lock === undefined) onWait?.();
  while (lock === undefined) {
    await delay(POLL_MS);
    lock = await take(address);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function take(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}
