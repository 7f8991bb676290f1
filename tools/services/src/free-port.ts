import { createServer } from 'node:net';

// Below Linux's range for outgoing connections (32768 and up), so that nothing takes the port while a killed server is away.
const FIRST_PORT = 15000;
const LAST_PORT = 32000;
const ATTEMPTS = 200;

/** Whether a server could listen on 127.0.0.1 at this port right now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port on loopback nothing listens on. `preferred` is taken when it is free. Throws when 200 random ports were all taken. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port between ${FIRST_PORT} and ${LAST_PORT}`);
}
