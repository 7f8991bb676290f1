import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServices, type RunningServices } from '@analytics/services';
import { addFirstAdmin, createDataSource, ensureApiKey, ensureProject, newPassword, prepareDatabase } from '@analytics/timescale';
import { FIRST_PROJECTS, readOrCreateCredentials, writeCredentials, type Credentials, type FirstProject } from './credentials.js';

export interface Prepared {
  services: RunningServices;
  credentials: Credentials;
  /** This start has made the first administrator; otherwise there was one. */
  madeAdmin: boolean;
  /** Environment of the three services, without their ports. */
  environment: Record<string, string>;
}

export interface PrepareOptions {
  root: string;
  /** Where credentials, the services' environment and metrics are kept. */
  data: string;
  log: (line: string) => void;
}

/** Brings the backing services up, migrates, makes the first projects and administrator, and writes `runtime.env` for `nx serve`. */
export async function prepare({ root, data, log }: PrepareOptions): Promise<Prepared> {
  mkdirSync(data, { recursive: true });
  const services = await startServices({ root, log });
  try {
    const { writerUrl, readerUrl, accessUrl } = await prepareDatabase({ databaseUrl: services.databaseUrl, log });
    const file = join(data, 'credentials.json');
    const found = readOrCreateCredentials(file);
    const admin = await makeFirstAccess(services.databaseUrl, found);
    const credentials = admin ? { ...found, admin } : found;
    if (admin) writeCredentials(file, credentials);
    const environment = {
      REDIS_URL: services.redisUrl,
      DATABASE_WRITER_URL: writerUrl,
      DATABASE_READER_URL: readerUrl,
      DATABASE_ACCESS_URL: accessUrl,
      DEMO_WRITE_KEY: credentials.demo.writeKey,
      SELF_WRITE_KEY: credentials.self.writeKey,
      METRICS_FILE: join(data, 'metrics.csv'),
      TRAFFIC: 'on',
    };
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(data, 'runtime.env'), lines.join(''), { mode: 0o600 });
    return { services, credentials, madeAdmin: admin !== undefined, environment };
  } catch (error) {
    if (!services.alreadyRunning) await services.stop();
    throw error;
  }
}

/** @returns the first administrator, if there was none and it is made now. */
async function makeFirstAccess(databaseUrl: string, credentials: Credentials): Promise<Credentials['admin']> {
  const dataSource = await createDataSource({ url: databaseUrl, max: 1, applicationName: 'prepare' }).initialize();
  try {
    for (const [id, name] of Object.entries(FIRST_PROJECTS)) {
      const { writeKey, readKey } = credentials[id as FirstProject];
      await ensureProject(dataSource, { id, name, writeKey });
      await ensureApiKey(dataSource, { key: readKey, projectId: id, scope: 'read', name: 'tools on this machine' });
    }
    await ensureApiKey(dataSource, { key: credentials.adminKey, projectId: null, scope: 'admin', name: 'tools on this machine' });
    const admin = { email: process.env['ADMIN_EMAIL'] || 'admin@localhost', password: newPassword() };
    return (await addFirstAdmin(dataSource, { ...admin, name: 'Administrator' })) ? admin : undefined;
  } finally {
    await dataSource.destroy();
  }
}
