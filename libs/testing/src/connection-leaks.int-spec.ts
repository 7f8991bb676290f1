import { withPostgres, withRedis } from '@analytics/services';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { findConnectionLeaks } from './connection-leaks.js';
import { testServiceUrl } from './test-services.js';

const urls = () => ({ redisUrl: testServiceUrl('TEST_REDIS_URL'), databaseUrl: testServiceUrl('TEST_DATABASE_URL') });

describe('the guard against leaked connections', () => {
  it('names connections that are still open', async () => {
    const client = new Client({ connectionString: urls().databaseUrl, application_name: 'leaky-reader' });
    await client.connect();
    await client.query('SELECT 1');
    const redis = new Redis(urls().redisUrl, { connectionName: 'leaky-listener' });
    await redis.ping();
    const leaks = await findConnectionLeaks(urls());
    await client.end();
    await redis.quit();
    expect(leaks).toEqual([
      expect.stringMatching(/^PostgreSQL: .*"leaky-reader".*SELECT 1$/),
      expect.stringMatching(/^Redis: client "leaky-listener", last command ping/),
    ]);
  });

  it('finds nothing once they are closed', async () => {
    await withPostgres(urls().databaseUrl, (client) => client.query('SELECT 1'));
    await withRedis(urls().redisUrl, (client) => client.ping());
    expect(await findConnectionLeaks(urls())).toEqual([]);
  });
});
