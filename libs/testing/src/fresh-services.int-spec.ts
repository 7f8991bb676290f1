import { withPostgres, withRedis } from '@analytics/services';
import { Client } from 'pg';
import { emptyDatabase, freshDatabase } from './fresh-database.js';
import { freshRedis } from './fresh-redis.js';

let preparations = 0;

const prepare = async ({ databaseUrl }: { databaseUrl: string }) => {
  preparations++;
  await withPostgres(databaseUrl, async (client) => {
    await client.query('CREATE EXTENSION timescaledb');
    await client.query('CREATE TABLE reading (at timestamptz NOT NULL, value int NOT NULL)');
    await client.query("SELECT create_hypertable('reading', by_range('at'))");
    await client.query("CREATE ROLE spec_reader LOGIN PASSWORD 'spec'");
    await client.query('GRANT SELECT ON reading TO spec_reader');
  });
  const readerUrl = Object.assign(new URL(databaseUrl), { username: 'spec_reader', password: 'spec' }).href;
  return { writerUrl: databaseUrl, readerUrl, accessUrl: databaseUrl };
};

const count = (url: string) =>
  withPostgres(url, async (client) => (await client.query('SELECT count(*)::int AS n FROM reading')).rows[0] as { n: number });

describe('freshDatabase', () => {
  it('gives each caller tables of its own, prepared once', async () => {
    const [one, two] = [await freshDatabase(prepare), await freshDatabase(prepare)];
    await withPostgres(one.writerUrl, (client) => client.query('INSERT INTO reading VALUES (now(), 1)'));
    expect(await count(one.readerUrl)).toEqual({ n: 1 });
    expect(await count(two.readerUrl)).toEqual({ n: 0 });
    expect(preparations).toBe(1);
    await Promise.all([one.drop(), two.drop()]);
  });

  it('keeps the walls between the roles in the copies', async () => {
    const database = await freshDatabase(prepare);
    await expect(withPostgres(database.readerUrl, (client) => client.query('INSERT INTO reading VALUES (now(), 1)'))).rejects.toThrow(
      'permission denied',
    );
    await database.drop();
  });
});

describe('drop', () => {
  it('deletes the database', async () => {
    const { ownerUrl, drop } = await emptyDatabase();
    await drop();
    await expect(withPostgres(ownerUrl, (client) => client.query('SELECT 1'))).rejects.toThrow('does not exist');
  });

  it('names a connection that was left open', async () => {
    const { ownerUrl, drop } = await emptyDatabase();
    const forgotten = new Client({ connectionString: ownerUrl, application_name: 'forgotten' });
    forgotten.on('error', () => undefined);
    await forgotten.connect();
    await expect(drop()).rejects.toThrow(/1 connection\(s\) .*"forgotten"/);
    await forgotten.end().catch(() => undefined);
  });
});

describe('freshRedis', () => {
  it('is empty each time', async () => {
    await withRedis(await freshRedis(), (client) => client.set('left', 'over'));
    expect(await withRedis(await freshRedis(), (client) => client.dbsize())).toBe(0);
  });
});
