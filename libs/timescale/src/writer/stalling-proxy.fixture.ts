import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export interface StallingProxy {
  /** The database's URL by way of the proxy. */
  url: string;
  close(): Promise<void>;
}

/** Passes on what the client sends up to `bytes` and then nothing more, like a process that is stopped while it sends. */
export async function stallAfter(databaseUrl: string, bytes: number): Promise<StallingProxy> {
  const target = new URL(databaseUrl);
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let left = bytes;
    client.on('data', (chunk) => {
      if (left > 0) upstream.write(chunk.subarray(0, left));
      left -= chunk.length;
    });
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
    upstream.on('close', () => client.destroy()).on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) }).href,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
