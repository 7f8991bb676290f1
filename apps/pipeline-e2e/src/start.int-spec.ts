import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnStart, untilReady } from '@analytics/start';
import { freePort, startPrivateServices } from '@analytics/testing';
import { doors } from './pipeline.client.js';

describe('npm start', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  const ports = async (): Promise<Record<string, string>> => ({
    GATEWAY_PORT: String(await freePort()),
    PRODUCER_PORT: String(await freePort()),
    CONSUMER_PORT: String(await freePort()),
  });
  const services = { REDIS_URL: doors.redisUrl, DATABASE_URL: doors.databaseUrl, DURABILITY: 'relaxed' };

  it('says in one sentence which port is taken, and ends with exit code 1', async () => {
    const taken = new URL(doors.gateway).port;
    const started = spawnStart([], { ...services, ...(await ports()), GATEWAY_PORT: taken, DATA_DIR: data });
    expect(await started.exited).toBe(1);
    expect(started.output().trim().split('\n')).toEqual([expect.stringMatching(new RegExp(`port ${taken} .*GATEWAY_PORT`))]);
  });

  it('names the variable of a broken environment, and ends with exit code 1 and nothing left running', async () => {
    const addresses = await ports();
    const started = spawnStart([], { ...services, ...addresses, REDIS_URL: 'redis://127.0.0.1:1', DATA_DIR: data });
    expect(await started.exited).toBe(1);
    expect(started.output()).toMatch(/REDIS_URL/);
    for (const port of Object.values(addresses)) await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  });

  it('prints the password of the first administrator once, who may then sign in, and again only where it is kept', async () => {
    const servers = await startPrivateServices();
    const own = { ...services, REDIS_URL: servers.redis.url, DATABASE_URL: servers.postgres.url, ADMIN_EMAIL: 'Ada@example.com' };
    try {
      const addresses = await ports();
      const first = spawnStart(['--no-traffic'], { ...own, ...addresses, DATA_DIR: data });
      await untilReady(first);
      const [, email, password] = /^ {2}sign in +(\S+) {3}password (\S+) {3}\(kept in /m.exec(first.output()) ?? [];
      const signIn = await fetch(`http://127.0.0.1:${addresses['GATEWAY_PORT']}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
      expect([email, signIn.status]).toEqual(['Ada@example.com', 200]);
      first.child.kill('SIGINT');
      await first.exited;
      const second = spawnStart(['--no-traffic'], { ...own, ...(await ports()), DATA_DIR: data });
      await untilReady(second);
      expect(second.output()).not.toContain(password);
      expect(second.output()).toMatch(/^ {2}sign in +Ada@example.com {3}password in .*credentials.json/m);
      second.child.kill('SIGINT');
      expect(await second.exited).toBe(0);
    } finally {
      await servers.stop();
    }
  });

  it('keeps its keys private, stops everything on Ctrl-C, and can be started again', async () => {
    for (const round of ['first', 'second']) {
      const addresses = await ports();
      const started = spawnStart(['--no-traffic'], { ...services, ...addresses, DATA_DIR: data });
      await untilReady(started);
      expect(started.output().trim().split('\n').at(-1)).toBe(`ready: http://localhost:${addresses['GATEWAY_PORT']}`);
      expect(statSync(join(data, 'credentials.json')).mode & 0o777).toBe(0o600);
      // Its database has an administrator, of the start before these specs.
      expect(started.output()).toMatch(/^ {2}sign in +as the people whom an earlier start/m);
      started.child.kill('SIGINT');
      expect([round, await started.exited]).toEqual([round, 0]);
      for (const port of Object.values(addresses)) await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    }
  });
});
