import { Redis } from 'ioredis';
import { Client } from 'pg';

const CONNECT_MS = 2000;

/** Opens one connection to PostgreSQL, runs `work` and closes it. Rejects when the server cannot be reached. */
export async function withPostgres<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, application_name: 'analytics-services' });
  // Without a listener a connection cut by the server would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Opens one connection to Redis, runs `work` and closes it. Rejects when the server cannot be reached. */
export async function withRedis<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  let fault: Error | undefined;
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    connectionName: 'analytics-services',
  });
  client.on('error', (error: Error) => (fault = error));
  // One that failed is closed already; to disconnect it once more would keep the process alive for two seconds.
  await client.connect().catch((error: unknown) => {
    throw fault ?? error;
  });
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
