import { emptyDatabase, eventually, type EmptyDatabase } from '@analytics/testing';
import type { Pool } from 'pg';
import { createPool } from './postgres-pool.js';

describe('createPool', () => {
  let database: EmptyDatabase;
  let pool: Pool;
  const broken: string[] = [];

  beforeAll(async () => {
    database = await emptyDatabase();
    pool = createPool(database.ownerUrl, { max: 2, applicationName: 'spec-pool', onError: (error) => broken.push(error.message) });
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('gives bigint as an exact number or not at all', async () => {
    expect((await pool.query('SELECT 9007199254740991::bigint AS n')).rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
    await expect(pool.query('SELECT 9007199254740993::bigint AS n')).rejects.toThrow(/9007199254740993 is beyond the exact numbers/);
  });

  it('survives the end of a connection that is idle, and tells of it', async () => {
    const [idle, other] = [await pool.connect(), await pool.connect()];
    const { rows } = await idle.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    idle.release();
    await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    other.release();
    await eventually(() => expect(broken).toContain('terminating connection due to administrator command'));
    expect((await pool.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  });

  it('survives the end of a connection that is in use and between two statements', async () => {
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await eventually(() => expect(client.query('SELECT 1')).rejects.toThrow());
    client.release(true);
    expect((await pool.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  });
});
