import { Pool, types, type PoolClient, type QueryResultRow } from 'pg';

export interface PoolSettings {
  /** Connections at most. The writer needs one for each partition that is written at the same time. */
  max: number;
  /** Shown in `pg_stat_activity`, so that an operator can tell who holds a lock. */
  applicationName: string;
  /** After this many ms an unanswered statement fails and its connection is thrown away: a half-open link never answers. Default 60,000. */
  queryTimeoutMs?: number;
  /** Told when an idle connection breaks. The pool replaces it by itself; default: nothing, since the next statement reports what matters. */
  onError?: (error: Error) => void;
}

const INT8 = 20;

/**
 * Counts and ids are bigint in the database and far below 2^53 here; as strings, `a + b` would join them.
 * @throws {RangeError} where a number would not be exact.
 */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the bigint ${text} is beyond the exact numbers of JavaScript (2^53 - 1)`);
  return value;
}

const typesWithSafeBigint = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? parseInt8 : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

/** A pool whose bigint columns are numbers, and whose broken connections are not unhandled errors that end the process. */
export function createPool(url: string, { max, applicationName, queryTimeoutMs = 60_000, onError }: PoolSettings): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    types: typesWithSafeBigint,
  });
  // The pool listens to its idle connections and tells of them; to one that is checked out and between two statements nobody listens.
  pool.on('error', (error) => onError?.(error));
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** What runs a statement: a pool or one connection of it. */
export type Queryable = Pick<Pool | PoolClient, 'query'>;

/** Runs one statement and gives its rows. The caller names the row's type next to the SQL that makes it. */
export async function queryRows<Row extends QueryResultRow>(db: Queryable, text: string, values: unknown[] = []): Promise<Row[]> {
  return (await db.query<Row>(text, values)).rows;
}

/** Runs `work` in one transaction on one connection. A connection whose transaction could not be ended is thrown away. */
export async function inTransaction<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
