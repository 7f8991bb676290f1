import { Client, type Pool } from 'pg';
import { emptyDatabase, freshDatabase, type EmptyDatabase } from '@analytics/testing';
import { createPool } from '../postgres-pool.js';
import { checkPostgresDurability } from './postgres-durability.js';
import { prepareDatabase, type PreparedDatabase } from './prepare-database.js';

describe('prepareDatabase', () => {
  let database: EmptyDatabase;
  let prepared: PreparedDatabase;
  let owner: Pool;
  let writer: Pool;
  let reader: Pool;
  let access: Pool;

  beforeAll(async () => {
    database = await emptyDatabase();
    prepared = await prepareDatabase({ databaseUrl: database.ownerUrl });
    owner = createPool(database.ownerUrl, { max: 2, applicationName: 'spec-owner' });
    writer = createPool(prepared.writerUrl, { max: 1, applicationName: 'spec-writer' });
    reader = createPool(prepared.readerUrl, { max: 1, applicationName: 'spec-reader' });
    access = createPool(prepared.accessUrl, { max: 1, applicationName: 'spec-access' });
  });

  afterAll(async () => {
    await Promise.all([owner.end(), writer.end(), reader.end(), access.end()]);
    await database.drop();
  });

  it('tells the edition and version of TimescaleDB', () => {
    expect(prepared.version).toMatch(/^2\.\d+\.\d+/);
    expect(['apache', 'community']).toContain(prepared.edition);
  });

  it('makes events and the rollups hypertables', async () => {
    const { rows } = await owner.query<{ name: string }>(
      'SELECT hypertable_name AS name FROM timescaledb_information.hypertables ORDER BY 1',
    );
    expect(rows.map((row) => row.name)).toEqual([
      'active_users_1m',
      'dimension_counts_1m',
      'endpoint_latency_1m',
      'event_counts_10s',
      'event_counts_1m',
      'events',
      'ledger',
    ]);
  });

  it('changes nothing the second time', async () => {
    const lines: string[] = [];
    expect(await prepareDatabase({ databaseUrl: database.ownerUrl, log: (line) => lines.push(line) })).toEqual(prepared);
    expect(lines).toEqual([]);
  });

  it('prepares one database from several processes at once, and two databases of a cluster at once', async () => {
    const [first, second] = await Promise.all([emptyDatabase(), emptyDatabase()]);
    const lines: string[] = [];
    const all = [first, second, first, second].map(({ ownerUrl }) =>
      prepareDatabase({ databaseUrl: ownerUrl, log: (line) => lines.push(line) }),
    );
    expect(await Promise.all(all)).toHaveLength(4);
    expect(lines.filter((line) => line.includes('CreateEvents'))).toHaveLength(2);
    await Promise.all([first.drop(), second.drop()]);
  });

  it('sets the time span of new chunks', async () => {
    const span = async () =>
      (
        await owner.query<{ hours: number }>(`
      SELECT (extract(epoch FROM time_interval) / 3600)::int AS hours
          FROM timescaledb_information.dimensions WHERE hypertable_name = 'events'`)
      ).rows;
    expect(await span()).toEqual([{ hours: 24 }]);
    await prepareDatabase({ databaseUrl: database.ownerUrl, chunkInterval: '6 hours' });
    expect(await span()).toEqual([{ hours: 6 }]);
    await prepareDatabase({ databaseUrl: database.ownerUrl });
    expect(await span()).toEqual([{ hours: 24 }]);
  });

  it.each([
    ['take events away', 'DELETE FROM events'],
    ['change events', 'UPDATE events SET user_id = NULL'],
    ['drop events', 'DROP TABLE events'],
    ['empty a rollup', 'TRUNCATE event_counts_1m'],
    ['change what a dead letter says', `UPDATE dead_letters SET reason = 'none'`],
    ['drop chunks', `SELECT drop_chunks('events', now())`],
    ['make projects', `INSERT INTO projects (id, name) VALUES ('x', 'x')`],
    ['make tables', 'CREATE TABLE mine (id int)'],
    ['make write keys', `INSERT INTO write_keys (project_id, key_hash, label) VALUES ('x', 'x', 'x')`],
    ['see people', 'SELECT email FROM people'],
    ['see API keys', 'SELECT prefix FROM api_keys'],
  ])('keeps the writer from being able to %s', async (_, sql) => {
    await expect(writer.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['add events', 'INSERT INTO events (time) VALUES (now())'],
    ['move offsets', `UPDATE stream_offsets SET last_id = '9-9'`],
    ['bury dead letters', 'DELETE FROM dead_letters'],
    ['balance the ledger', 'UPDATE ledger SET stored = accepted'],
    ['see the hashes of keys', 'SELECT key_hash FROM write_keys'],
    ['see API keys', 'SELECT prefix FROM api_keys'],
    ['see people', 'SELECT email FROM people'],
    ['see sessions', 'SELECT user_agent FROM sessions'],
  ])('keeps the reader from being able to %s, even in a session that it made writable', async (_, sql) => {
    await reader.query('SET default_transaction_read_only = off');
    await expect(reader.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['see events', 'SELECT FROM events'],
    ['see counts', 'SELECT FROM event_counts_1m'],
    ['see dead letters', 'SELECT FROM dead_letters'],
    ['let a revoked key be another project’s', `UPDATE api_keys SET project_id = 'x'`],
    ['take people away', 'DELETE FROM people'],
    ['change whose session it is', 'UPDATE sessions SET person_id = 1'],
    ['make tables', 'CREATE TABLE mine (id int)'],
  ])('keeps the role that decides who may come in from being able to %s', async (_, sql) => {
    await expect(access.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('hides people from the reader of a database that was prepared before there were any', async () => {
    const target = await emptyDatabase();
    const first = await prepareDatabase({ databaseUrl: target.ownerUrl });
    const admin = createPool(target.ownerUrl, { max: 1, applicationName: 'spec-admin' });
    await admin.query('GRANT SELECT ON people, sessions, api_keys, saved_views TO analytics_reader');
    await prepareDatabase({ databaseUrl: target.ownerUrl });
    const late = createPool(first.readerUrl, { max: 1, applicationName: 'spec-late' });
    try {
      for (const table of ['people', 'sessions', 'api_keys', 'saved_views'])
        await expect(late.query(`SELECT FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await Promise.all([late.end(), admin.end()]);
      await target.drop();
    }
  });

  it('lets the reader read what is shown, tables of later migrations included', async () => {
    await owner.query('CREATE TABLE later (id int)');
    for (const table of ['projects', 'events', 'event_counts_10s', 'active_users_1m', 'stream_offsets', 'dead_letters', 'ledger', 'later'])
      await expect(reader.query(`SELECT count(*) FROM ${table}`)).resolves.toBeDefined();
    await expect(reader.query('SELECT label, revoked_at FROM write_keys')).resolves.toBeDefined();
    await owner.query('DROP TABLE later');
  });

  it('bounds the time of the readers’ statements and of stopped writers’ transactions', async () => {
    expect((await reader.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '10s' }]);
    expect((await writer.query('SHOW idle_in_transaction_session_timeout')).rows).toEqual([{ idle_in_transaction_session_timeout: '8s' }]);
  });

  it('says what to do where an older version has stored an event twice', async () => {
    const target = await freshDatabase(prepareDatabase);
    const admin = createPool(target.ownerUrl, { max: 1, applicationName: 'spec-admin' });
    const event = `(now(), now(), '0190f3a2-0000-7000-8000-000000000001', false, 'shop', 'x', 'u', '{}')`;
    await admin.query(`
      DROP INDEX events_project_time_id;
      CREATE INDEX events_project_time ON events (project_id, time DESC);
      DELETE FROM schema_migrations WHERE name LIKE 'MakeEventsUnique%' OR name LIKE 'MakeOneIndexOfTwo%';
      INSERT INTO events (time, received_at, event_id, clock_adjusted, project_id, event_type, user_id, properties)
      VALUES ${event}, ${event}`);
    try {
      const refusal = await prepareDatabase({ databaseUrl: target.ownerUrl }).catch((error: Error) => error.message);
      expect(refusal).toMatch(/same project, event_id and time.*rebuildRollups/);
      await admin.query(String(refusal).slice(String(refusal).indexOf('DELETE')));
      await expect(prepareDatabase({ databaseUrl: target.ownerUrl })).resolves.toMatchObject({ edition: prepared.edition });
      expect((await admin.query('SELECT FROM events')).rowCount).toBe(1);
    } finally {
      await admin.end();
      await target.drop();
    }
  });

  it('says what to run when the owner may not make roles', async () => {
    const target = await emptyDatabase();
    const name = new URL(target.ownerUrl).pathname.slice(1);
    await owner.query(`CREATE ROLE spec_plain_owner LOGIN PASSWORD 'secret'`);
    await owner.query(`ALTER DATABASE ${name} OWNER TO spec_plain_owner`);
    const admin = new Client({ connectionString: target.ownerUrl });
    await admin.connect();
    await admin.query(
      `CREATE EXTENSION timescaledb; GRANT ALL ON SCHEMA public TO spec_plain_owner;
       ALTER ROLE analytics_writer RENAME TO spec_hidden_writer`,
    );
    const url = Object.assign(new URL(target.ownerUrl), { username: 'spec_plain_owner', password: 'secret' }).href;
    try {
      await expect(prepareDatabase({ databaseUrl: url })).rejects.toThrow(
        /may not create role analytics_writer.*CREATE ROLE analytics_writer LOGIN.*CREATEROLE/,
      );
    } finally {
      await admin.query('ALTER ROLE spec_hidden_writer RENAME TO analytics_writer');
      await admin.end();
      await target.drop();
      await owner.query('DROP ROLE spec_plain_owner');
    }
  });
});

describe('checkPostgresDurability', () => {
  it('names the setting, its value, the wanted one and why, as the session sees it', async () => {
    const database = await emptyDatabase();
    const name = new URL(database.ownerUrl).pathname.slice(1);
    const before = createPool(database.ownerUrl, { max: 1, applicationName: 'spec-durability' });
    const settings = (await checkPostgresDurability(before)).map((fault) => fault.setting);
    expect(settings).not.toContain('synchronous_commit');
    await before.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await before.end();

    const after = createPool(database.ownerUrl, { max: 1, applicationName: 'spec-durability' });
    const fault = (await checkPostgresDurability(after)).find(({ setting }) => setting === 'synchronous_commit');
    expect(fault).toEqual({
      setting: 'synchronous_commit',
      value: 'off',
      wanted: 'on',
      why: expect.stringContaining('loses the last commits') as string,
    });
    await after.end();
    await database.drop();
  });
});
