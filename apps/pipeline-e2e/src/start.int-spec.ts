import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnStart, untilReady } from '@analytics/start';
import { freePort } from '@analytics/testing';
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

  it('keeps its keys private, stops everything on Ctrl-C, and can be started again', async () => {
    for (const round of ['first', 'second']) {
      const addresses = await ports();
      const started = spawnStart(['--no-traffic'], { ...services, ...addresses, DATA_DIR: data });
      await untilReady(started);
      expect(started.output().trim().split('\n').at(-1)).toBe(`ready: http://localhost:${addresses['GATEWAY_PORT']}`);
      expect(statSync(join(data, 'credentials.json')).mode & 0o777).toBe(0o600);
      started.child.kill('SIGINT');
      expect([round, await started.exited]).toEqual([round, 0]);
      for (const port of Object.values(addresses)) await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    }
  });
});
