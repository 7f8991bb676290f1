import { randomBytes } from 'node:crypto';
import { withPostgres } from '@analytics/services';
import { eventually } from './eventually.js';
import { testServiceUrl } from './test-services.js';

const TEMPLATE = 'analytics_template';
const LOCK = 7_202_511;
/** Time for closed connections to be seen as closed by the server. */
const GRACE_MS = 2000;

/**
 * Makes all tables and roles in the database at `databaseUrl` (the owner's address) and tells the addresses of the roles:
 * `prepareDatabase` of @analytics/timescale.
 */
export type PrepareDatabase = (options: { databaseUrl: string }) => Promise<RoleAddresses>;

interface RoleAddresses {
  /** Address of the role that stores events. */
  writerUrl: string;
  /** Address of the role that only reads. */
  readerUrl: string;
  /** Address of the role that decides who may come in. */
  accessUrl: string;
}

export interface EmptyDatabase {
  /** Address of the owner, a superuser. */
  ownerUrl: string;
  /** Deletes the database. Rejects (after deleting it) when a spec left connections to it open. */
  drop(): Promise<void>;
}

export interface FreshDatabase extends EmptyDatabase, RoleAddresses {}

/** A new database without any table or extension on the private PostgreSQL of this run. */
export function emptyDatabase(): Promise<EmptyDatabase> {
  return createDatabase('template0');
}

/**
 * A new database with all tables, for one spec file or one test: a copy of a template that is prepared once per run (about 0.1 s after
 * the first). What belongs to a database as a whole (`ALTER DATABASE … SET`, `GRANT … ON DATABASE`) is not copied by PostgreSQL.
 */
export async function freshDatabase(prepare: PrepareDatabase): Promise<FreshDatabase> {
  const roles = await ensureTemplate(prepare);
  const database = await createDatabase(TEMPLATE);
  const { pathname } = new URL(database.ownerUrl);
  const here = (url: string) => Object.assign(new URL(url), { pathname }).href;
  return { ...database, writerUrl: here(roles.writerUrl), readerUrl: here(roles.readerUrl), accessUrl: here(roles.accessUrl) };
}

const addressOf = (database: string): string =>
  Object.assign(new URL(testServiceUrl('TEST_DATABASE_URL')), { pathname: `/${database}` }).href;

async function createDatabase(template: string): Promise<EmptyDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withPostgres(addressOf('postgres'), (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return { ownerUrl: addressOf(name), drop: () => dropDatabase(name) };
}

/** The template is complete once its comment holds the roles' addresses: all spec files of the run find them there. */
function ensureTemplate(prepare: PrepareDatabase): Promise<RoleAddresses> {
  return withPostgres(addressOf('postgres'), async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const { rows } = await client.query<{ roles: string | null }>(
      "SELECT shobj_description(oid, 'pg_database') AS roles FROM pg_database WHERE datname = $1",
      [TEMPLATE],
    );
    if (rows[0]?.roles) return JSON.parse(rows[0].roles) as RoleAddresses;
    await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
    const { writerUrl, readerUrl, accessUrl } = await prepare({ databaseUrl: addressOf(TEMPLATE) });
    const addresses = { writerUrl, readerUrl, accessUrl };
    // TimescaleDB's scheduler connects to every database that lets it, and a database somebody is connected to cannot be copied.
    await client.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
    await eventually(async () => {
      const { rowCount } = await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [TEMPLATE]);
      if (rowCount !== 0) throw new Error(`${TEMPLATE} is still connected to by ${rowCount} session(s)`);
    });
    await client.query(`COMMENT ON DATABASE ${TEMPLATE} IS ${client.escapeLiteral(JSON.stringify(addresses))}`);
    return addresses;
  });
}

async function dropDatabase(name: string): Promise<void> {
  await withPostgres(addressOf('postgres'), async (client) => {
    const statement =
      "SELECT application_name, left(query, 120) AS query FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'";
    try {
      await eventually(
        async () => {
          const { rows } = await client.query<{ application_name: string; query: string }>(statement, [name]);
          const open = rows.map((row) => `"${row.application_name}" after: ${row.query}`);
          if (open.length > 0)
            throw new Error(`${open.length} connection(s) to ${name} were left open: ${open.join('; ')}. Close them before drop().`);
        },
        { timeoutMs: GRACE_MS },
      );
    } finally {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  });
}
