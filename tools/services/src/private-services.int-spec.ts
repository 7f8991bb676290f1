import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isPortFree } from './free-port.js';
import { startPrivateServices, type PrivatePair } from './private-services.js';
import { withPostgres, withRedis } from './probe-url.js';
import { isAlive, waitUntilGone } from './process-probe.js';

const pairs: PrivatePair[] = [];
const startPair = async () => {
  const pair = await startPrivateServices();
  pairs.push(pair);
  return pair;
};
afterEach(async () => {
  await Promise.all(pairs.splice(0).map((pair) => pair.stop()));
});

describe('private services', () => {
  it('run side by side without seeing each other', async () => {
    const [one, two] = await Promise.all([startPair(), startPair()]);
    expect(new Set([one.redis.port, one.postgres.port, two.redis.port, two.postgres.port]).size).toBe(4);
    await withRedis(one.redis.url, (client) => client.set('whose', 'one'));
    expect(await withRedis(two.redis.url, (client) => client.get('whose'))).toBeNull();
    await withPostgres(one.postgres.url, (client) => client.query('CREATE TABLE mine ()'));
    await expect(withPostgres(two.postgres.url, (client) => client.query('SELECT FROM mine'))).rejects.toThrow('does not exist');
  });

  it('keep acknowledged data and their addresses through kill -9', async () => {
    const { redis, postgres } = await startPair();
    await withRedis(redis.url, (client) => client.set('kept', 'yes'));
    await withPostgres(postgres.url, (client) => client.query('CREATE EXTENSION timescaledb; CREATE TABLE kept AS SELECT 42 AS answer'));
    const before = [redis.pid, postgres.pid];
    await Promise.all([redis.kill(), postgres.kill()]);
    expect(before.map(isAlive)).toEqual([false, false]);
    await expect(withRedis(redis.url, (client) => client.ping())).rejects.toThrow('ECONNREFUSED');
    await Promise.all([redis.start(), postgres.start()]);
    expect([redis.pid, postgres.pid]).not.toEqual(before);
    expect(await withRedis(redis.url, (client) => client.get('kept'))).toBe('yes');
    expect(await withPostgres(postgres.url, async (client) => (await client.query('SELECT answer FROM kept')).rows)).toEqual([
      { answer: 42 },
    ]);
  });

  // A thread that is in the middle of an fsync keeps the port for as long; without waiting for it every second kill ended in "port taken".
  it('are down, ports and all, when a kill -9 under load has been answered', async () => {
    const { redis, stop } = await startPrivateServices({ postgres: false });
    const ports: boolean[] = [];
    for (let kill = 0; kill < 10; kill++) {
      await withRedis(redis.url, async (client) => {
        const append = async (): Promise<void> => {
          for (;;) await client.set('log', 'x'.repeat(200_000));
        };
        const load = Promise.allSettled(Array.from({ length: 20 }, append));
        for (let writes = 0; writes < 20; writes++) await client.incr('writes');
        await redis.kill();
        ports.push(await isPortFree(redis.port));
        await load;
      });
      await redis.start();
    }
    expect(ports).toEqual(ports.map(() => true));
    await stop();
  });

  it('bring TimescaleDB without its telemetry, and a Redis that loses and evicts nothing', async () => {
    const { redis, postgres } = await startPair();
    const { rows } = await withPostgres(postgres.url, (client) =>
      client.query(
        `SELECT current_setting('timescaledb.telemetry_level') AS telemetry, count(*)::int AS n
         FROM pg_available_extensions WHERE name = 'timescaledb'`,
      ),
    );
    expect(rows).toEqual([{ telemetry: 'off', n: 1 }]);
    const settings = await withRedis(redis.url, async (client) => [
      await client.config('GET', 'appendfsync'),
      await client.config('GET', 'maxmemory-policy'),
    ]);
    expect(settings).toEqual([
      ['appendfsync', 'always'],
      ['maxmemory-policy', 'noeviction'],
    ]);
  });

  it('start only what is asked for, with the settings asked for', async () => {
    const { redis, stop, ...rest } = await startPrivateServices({ postgres: false, redisSettings: { appendfsync: 'everysec' } });
    expect(rest).toEqual({});
    expect(await withRedis(redis.url, (client) => client.config('GET', 'appendfsync'))).toEqual(['appendfsync', 'everysec']);
    await stop();
    await stop();
  });

  it('leave nothing behind when their parent is killed', async () => {
    const script = `import('${join(__dirname, '../dist/index.js')}').then(async (m) => {
      const s = await m.startPrivateServices();
      const { rows } = await m.withPostgres(s.postgres.url, (client) => client.query('SHOW data_directory'));
      console.log(JSON.stringify({ pids: [s.redis.pid, s.postgres.pid], folder: rows[0].data_directory }));
      setInterval(() => {}, 1e6);
    })`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) => createInterface(parent.stdout).once('line', resolve));
    const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string };
    expect(pids.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    expect(await Promise.all(pids.map((pid) => waitUntilGone(pid, 10_000)))).toEqual([true, true]);
    // The guardian removes the folder last.
    for (const deadline = Date.now() + 10_000; existsSync(folder) && Date.now() < deadline;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(folder)).toBe(false);
  });
});
