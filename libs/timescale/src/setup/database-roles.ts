import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { describeFailure, INSUFFICIENT_PRIVILEGE, INVALID_PASSWORD, sqlStateOf } from '../sqlstate.js';

export const WRITER_ROLE = 'analytics_writer';
export const READER_ROLE = 'analytics_reader';
export const ACCESS_ROLE = 'analytics_access';

const DEVELOPMENT_PASSWORD = 'analytics_pass';

interface LoginRole {
  name: string;
  password: string;
  /** Settings of each of its sessions. They belong to the role in this database, so databases of one cluster do not disturb each other. */
  settings: Readonly<Record<string, string>>;
}

const loginRoles = (): [writer: LoginRole, reader: LoginRole, access: LoginRole] => [
  {
    name: WRITER_ROLE,
    password: process.env.DATABASE_WRITER_PASSWORD || DEVELOPMENT_PASSWORD,
    settings: {
      statement_timeout: '60s',
      // Below the default lease, so that a stopped owner's open transaction does not keep its successor waiting for row locks.
      idle_in_transaction_session_timeout: '8s',
      lock_timeout: '10s',
    },
  },
  {
    name: READER_ROLE,
    password: process.env.DATABASE_READER_PASSWORD || DEVELOPMENT_PASSWORD,
    settings: {
      statement_timeout: '10s',
      idle_in_transaction_session_timeout: '10s',
      default_transaction_read_only: 'on',
      // Questions over many chunks look dear to the planner, and compiling them takes longer than they do.
      jit: 'off',
    },
  },
  {
    name: ACCESS_ROLE,
    password: process.env.DATABASE_ACCESS_PASSWORD || DEVELOPMENT_PASSWORD,
    settings: { statement_timeout: '5s', idle_in_transaction_session_timeout: '5s', lock_timeout: '5s' },
  },
];

/** The same database by the address of each role. */
export interface RoleUrls {
  writerUrl: string;
  readerUrl: string;
  accessUrl: string;
}

/**
 * Makes the three login roles unless they exist, and checks that they can log in. Passwords come from `DATABASE_WRITER_PASSWORD`,
 * `DATABASE_READER_PASSWORD` and `DATABASE_ACCESS_PASSWORD`; default `analytics_pass`, for development.
 * @throws {Error} naming what a superuser has to run, where the owner may not do it.
 */
export async function ensureRoles(
  owner: Client,
  databaseUrl: string,
  log: (line: string) => void,
): Promise<RoleUrls> {
  const [writer, reader, access] = loginRoles();
  for (const role of [writer, reader, access]) {
    await createRole(owner, role, log);
    await ensureLogin(owner, role, databaseUrl, log);
    await applySettings(owner, role);
  }
  return { writerUrl: urlOf(databaseUrl, writer), readerUrl: urlOf(databaseUrl, reader), accessUrl: urlOf(databaseUrl, access) };
}

// Roles belong to the cluster, and the advisory lock only to this database: another database may be prepared at this moment.
// So a role that appears between the question and the answer is as good as one that was there.
async function createRole(owner: Client, { name, password }: LoginRole, log: (line: string) => void): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount) return;
  try {
    await owner.query(`CREATE ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(password)}`);
    log(`role ${name} is made`);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === '42710' || state === '23505') return;
    if (state === INSUFFICIENT_PRIVILEGE)
      throw new Error(
        `the owner of the database may not create role ${name}. Have a superuser run: CREATE ROLE ${name} LOGIN PASSWORD '...'; ` +
          `or: ALTER ROLE ${escapeIdentifier(owner.user ?? 'owner')} CREATEROLE;`,
        { cause: error },
      );
    throw error;
  }
}

async function ensureLogin(owner: Client, role: LoginRole, databaseUrl: string, log: (line: string) => void): Promise<void> {
  await owner.query(`GRANT CONNECT ON DATABASE ${databaseOf(owner)} TO ${escapeIdentifier(role.name)}`);
  const url = urlOf(databaseUrl, role);
  const failure = await tryLogin(url);
  if (failure === undefined) return;
  if (sqlStateOf(failure) !== INVALID_PASSWORD)
    throw new Error(`role ${role.name} cannot log in: ${describeFailure(failure)}`, { cause: failure });
  await retryConcurrentUpdate(() =>
    owner.query(`ALTER ROLE ${escapeIdentifier(role.name)} LOGIN PASSWORD ${escapeLiteral(role.password)}`),
  );
  log(`the password of role ${role.name} is set`);
  const again = await tryLogin(url);
  if (again !== undefined) throw new Error(`role ${role.name} cannot log in: ${describeFailure(again)}`, { cause: again });
}

async function tryLogin(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function applySettings(owner: Client, { name, settings }: LoginRole): Promise<void> {
  const { rows } = await owner.query<{ setting: string }>(
    `SELECT unnest(setconfig) AS setting FROM pg_db_role_setting
      WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) AND setrole = $1::regrole`,
    [name],
  );
  const present = new Set(rows.map((row) => row.setting));
  for (const [setting, value] of Object.entries(settings)) {
    if (present.has(`${setting}=${value}`)) continue;
    await owner.query(
      `ALTER ROLE ${escapeIdentifier(name)} IN DATABASE ${databaseOf(owner)} SET ${escapeIdentifier(setting)} = ${escapeLiteral(value)}`,
    );
  }
}

/** Two sessions that change one catalogue row at once make PostgreSQL fail one of them with "tuple concurrently updated". */
async function retryConcurrentUpdate(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (sqlStateOf(error) !== 'XX000' || attempt === 5) throw error;
    }
  }
}

const COUNTS = 'event_counts_10s, event_counts_1m, dimension_counts_1m, endpoint_latency_1m, active_users_1m, ledger';
const COMPACTED = 'compactions, stale_quarters, counted_chunks, value_counts, duration_counts, distinct_sketches, event_segments';

/**
 * The walls of the house in the database: the writer adds events and counts and moves offsets, but cannot take an event away; the
 * reader reads, and never sees the hash of a key, a person or a session; the third role decides who may come in, and sees no event.
 * Tables of later migrations are readable without a word more.
 */
export async function grantPrivileges(owner: Client): Promise<void> {
  await owner.query(`
    GRANT USAGE ON SCHEMA public TO ${WRITER_ROLE}, ${READER_ROLE}, ${ACCESS_ROLE};

    GRANT SELECT ON projects, write_keys TO ${WRITER_ROLE};
    GRANT UPDATE (last_used_at) ON write_keys TO ${WRITER_ROLE};
    GRANT SELECT, INSERT ON events, dead_letters TO ${WRITER_ROLE};
    GRANT UPDATE (state, resolved_at) ON dead_letters TO ${WRITER_ROLE};
    GRANT SELECT, INSERT, UPDATE ON ${COUNTS}, stream_offsets TO ${WRITER_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON producer_sequences, stream_consumers, ${COMPACTED} TO ${WRITER_ROLE};
    GRANT TEMPORARY ON DATABASE ${databaseOf(owner)} TO ${WRITER_ROLE};

    GRANT SELECT ON projects, events, dead_letters, ${COUNTS}, stream_offsets, producer_sequences, stream_consumers, ${COMPACTED} TO ${READER_ROLE};
    GRANT SELECT (id, project_id, label, created_at, revoked_at) ON write_keys TO ${READER_ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${READER_ROLE};
    REVOKE ALL ON people, sessions, api_keys, saved_views FROM ${READER_ROLE};

    GRANT SELECT, INSERT ON projects, write_keys, api_keys, people, sessions TO ${ACCESS_ROLE};
    GRANT UPDATE (name) ON projects TO ${ACCESS_ROLE};
    GRANT UPDATE (revoked_at) ON write_keys TO ${ACCESS_ROLE};
    GRANT UPDATE (revoked_at, last_used_at) ON api_keys TO ${ACCESS_ROLE};
    GRANT UPDATE (role, password_hash, disabled_at, last_sign_in_at) ON people TO ${ACCESS_ROLE};
    GRANT UPDATE (last_seen_at), DELETE ON sessions TO ${ACCESS_ROLE};
    GRANT SELECT, INSERT, UPDATE (name, page, search, for_everyone, updated_at), DELETE ON saved_views TO ${ACCESS_ROLE};`);
}

/** Name of the database the client is connected to, quoted. */
const databaseOf = (client: Client): string => escapeIdentifier(client.database ?? '');

function urlOf(databaseUrl: string, { name, password }: LoginRole): string {
  const url = new URL(databaseUrl);
  url.username = name;
  url.password = encodeURIComponent(password);
  return url.toString();
}
