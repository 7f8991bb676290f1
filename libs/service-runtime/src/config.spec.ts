import { z } from 'zod';
import { ConfigError, flag, integer, loadConfig, port, postgresUrl, redisUrl } from './config.js';

const schema = z.object({
  PORT: port.default(3000),
  REDIS_URL: redisUrl,
  DATABASE_URL: postgresUrl.describe('role of the writer'),
  POOL_SIZE: integer(1, 10).default(4),
  DAY_CURVE: flag.default(true),
  WRITE_KEY: z.string().min(20).optional(),
});
const good = { REDIS_URL: 'redis://localhost:6379', DATABASE_URL: 'postgres://u:p@localhost/db' };

const faultsOf = (env: Record<string, string>): string => {
  try {
    loadConfig('svc', schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
};

describe('loadConfig', () => {
  it('takes defaults for what is not set or empty', () => {
    expect(loadConfig('svc', schema, { ...good, POOL_SIZE: '' })).toMatchObject({ PORT: 3000, POOL_SIZE: 4, DAY_CURVE: true });
  });

  it('turns text into numbers and flags', () => {
    expect(loadConfig('svc', schema, { ...good, PORT: '8080', DAY_CURVE: 'false' })).toMatchObject({ PORT: 8080, DAY_CURVE: false });
  });

  it('names every fault at once: the variable, its value and what is wanted', () => {
    const message = faultsOf({ REDIS_URL: 'localhost:6379', PORT: '99999', POOL_SIZE: 'many', DAY_CURVE: 'yes' });
    expect(message.split('\n')).toEqual([
      'svc: the environment is not usable:',
      expect.stringMatching(/PORT is "99999": expected at most 65535/),
      expect.stringMatching(/REDIS_URL is "localhost:6379": expected a URL such as redis:/),
      expect.stringMatching(/DATABASE_URL is not set: .*\(role of the writer\)/),
      expect.stringMatching(/POOL_SIZE is "many": expected a whole number/),
      expect.stringMatching(/DAY_CURVE is "yes": expected true or false/),
    ]);
  });

  it('never prints a password or a key', () => {
    const message = faultsOf({ ...good, DATABASE_URL: 'mysql://root:hunter2@db/x', WRITE_KEY: 'wk_short' });
    expect(message).toContain('mysql://root:***@db/x');
    expect(message).not.toMatch(/hunter2|wk_short/);
  });
});
