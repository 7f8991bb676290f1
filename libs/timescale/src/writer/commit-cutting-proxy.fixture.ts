import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export interface CommitCuttingProxy {
  /** The database's URL by way of the proxy. */
  url: string;
  /** Commits whose answers were kept from the client. */
  cut(): number;
  close(): Promise<void>;
}

/** Passes everything on, but when PostgreSQL answers the first COMMIT it drops the connection instead of telling the client. */
export async function cutFirstCommit(databaseUrl: string): Promise<CommitCuttingProxy> {
  const target = new URL(databaseUrl);
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let committing = false;
    client.on('data', (bytes) => {
      committing ||= cuts === 0 && bytes.includes('COMMIT');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!committing) return void client.write(bytes);
      cuts++;
      client.destroy();
      upstream.destroy();
    });
    client.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
    upstream.on('close', () => client.destroy()).on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut: () => cuts,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
