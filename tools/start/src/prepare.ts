import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServices, type RunningServices } from '@analytics/services';
import { createDataSource, ensureProject, prepareDatabase } from '@analytics/timescale';
import { FIRST_PROJECTS, readOrCreateCredentials, type Credentials, type FirstProject } from './credentials.js';

export interface Prepared {
  services: RunningServices;
  credentials: Credentials;
  /** Environment of the three services, without their ports. */
  environment: Record<string, string>;
}

export interface PrepareOptions {
  root: string;
  /** Where credentials, the services' environment and metrics are kept. */
  data: string;
  log: (line: string) => void;
}

/** Brings the backing services up, migrates, makes the first projects, and writes `runtime.env` for `nx serve`. */
export async function prepare({ root, data, log }: PrepareOptions): Promise<Prepared> {
  mkdirSync(data, { recursive: true });
  const services = await startServices({ root, log });
  try {
    const { writerUrl, readerUrl } = await prepareDatabase({ databaseUrl: services.databaseUrl, log });
    const credentials = readOrCreateCredentials(join(data, 'credentials.json'));
    await makeFirstProjects(services.databaseUrl, credentials);
    const environment = {
      REDIS_URL: services.redisUrl,
      DATABASE_WRITER_URL: writerUrl,
      DATABASE_READER_URL: readerUrl,
      DEMO_WRITE_KEY: credentials.demo.writeKey,
      SELF_WRITE_KEY: credentials.self.writeKey,
      METRICS_FILE: join(data, 'metrics.csv'),
      TRAFFIC: 'on',
    };
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(data, 'runtime.env'), lines.join(''), { mode: 0o600 });
    return { services, credentials, environment };
  } catch (error) {
    if (!services.alreadyRunning) await services.stop();
    throw error;
  }
}

async function makeFirstProjects(databaseUrl: string, credentials: Credentials): Promise<void> {
  const dataSource = await createDataSource({ url: databaseUrl, max: 1, applicationName: 'prepare' }).initialize();
  try {
    for (const [id, name] of Object.entries(FIRST_PROJECTS))
      await ensureProject(dataSource, { id, name, writeKey: credentials[id as FirstProject].writeKey });
  } finally {
    await dataSource.destroy();
  }
}
