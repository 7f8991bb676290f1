import { Client } from 'pg';
import { describeFailure } from '../sqlstate.js';
import { createDataSource } from './data-source.js';
import { ensureRoles, grantPrivileges, type RoleUrls } from './database-roles.js';

export interface PrepareDatabaseSettings {
  /** postgres:// URL of the owner: a role that may create tables, the extension and roles. */
  databaseUrl: string;
  /** Time span of one chunk of `events`, an SQL interval; default `1 day`. A change holds for chunks made from then on. */
  chunkInterval?: string;
  /** Told one line for each step that changed something. */
  log?: (line: string) => void;
}

/** The same database as role `analytics_writer`, `analytics_reader` and `analytics_access`, and what it is. */
export interface PreparedDatabase extends RoleUrls {
  /** `community` also has compression, policies and continuous aggregates. Nothing here needs them. */
  edition: 'apache' | 'community';
  /** Version of the TimescaleDB extension. */
  version: string;
}

/** Only a number that no other application's lock in this database is likely to have. */
const PREPARE_LOCK = 7_406_227_401;

/** NULLS NOT DISTINCT came with 15; TimescaleDB's current releases ask for as much. */
const OLDEST_POSTGRES = 150_000;

/**
 * Makes the database ready: extension, tables, roles and grants. Does nothing where all is there already; several at once wait for
 * each other.
 * @throws {Error} whose message says what is missing and how to provide it.
 */
export async function prepareDatabase({
  databaseUrl,
  chunkInterval = '1 day',
  log = () => {},
}: PrepareDatabaseSettings): Promise<PreparedDatabase> {
  const owner = new Client({ connectionString: databaseUrl, application_name: 'analytics-prepare', connectionTimeoutMillis: 5_000 });
  // Without a listener a connection that breaks between two statements would end the process; the next statement reports it.
  owner.on('error', () => {});
  await owner.connect();
  try {
    await requireVersion(owner);
    await owner.query('SELECT pg_advisory_lock($1)', [PREPARE_LOCK]);
    const version = await ensureExtension(owner, log);
    await runMigrations(databaseUrl, log);
    await setChunkInterval(owner, chunkInterval, log);
    const urls = await ensureRoles(owner, databaseUrl, log);
    await grantPrivileges(owner);
    return { ...urls, edition: await editionOf(owner), version };
  } finally {
    // Ends the session, and with it the lock.
    await owner.end();
  }
}

async function requireVersion(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  if ((rows[0]?.number ?? 0) < OLDEST_POSTGRES)
    throw new Error(`PostgreSQL is ${rows[0]?.version}; version 16 or 17 is wanted (15 at least): point DATABASE_URL at a newer server`);
}

async function ensureExtension(owner: Client, log: (line: string) => void): Promise<string> {
  const installed = () => owner.query<{ extversion: string }>(`SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'`);
  let found = (await installed()).rows[0];
  if (!found) {
    try {
      await owner.query('CREATE EXTENSION timescaledb');
    } catch (error) {
      throw new Error(
        `CREATE EXTENSION timescaledb failed: ${describeFailure(error)}. Install TimescaleDB on the server, add it to ` +
          `shared_preload_libraries and restart, or have a superuser run CREATE EXTENSION timescaledb in this database.`,
        { cause: error },
      );
    }
    found = (await installed()).rows[0];
    log(`TimescaleDB ${found?.extversion} is installed in the database`);
  }
  return found?.extversion ?? 'unknown';
}

async function runMigrations(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const dataSource = createDataSource({ url: databaseUrl, applicationName: 'analytics-migrations' });
  await dataSource.initialize();
  try {
    for (const migration of await dataSource.runMigrations()) log(`migration ${migration.name} is applied`);
  } finally {
    await dataSource.destroy();
  }
}

async function setChunkInterval(owner: Client, chunkInterval: string, log: (line: string) => void): Promise<void> {
  const { rows } = await owner.query<{ same: boolean }>(
    `SELECT time_interval = $1::interval AS same FROM timescaledb_information.dimensions
      WHERE hypertable_schema = current_schema() AND hypertable_name = 'events' AND column_name = 'time'`,
    [chunkInterval],
  );
  if (rows[0]?.same) return;
  await owner.query(`SELECT set_chunk_time_interval('events', $1::interval)`, [chunkInterval]);
  log(`new chunks of events span ${chunkInterval}`);
}

async function editionOf(owner: Client): Promise<'apache' | 'community'> {
  const { rows } = await owner.query<{ license: string }>(`SELECT current_setting('timescaledb.license') AS license`);
  return rows[0]?.license === 'apache' ? 'apache' : 'community';
}
