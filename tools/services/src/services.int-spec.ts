import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { withPostgres, withRedis } from './probe-url.js';
import { isAlive, run, waitUntilGone } from './process-probe.js';
import { resetServices, servicesStatus, startServices, stopServices } from './services.js';
import type { ServicesState } from './services-state.js';

const log = () => undefined;
let root: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'services-spec-'));
  chmodSync(root, 0o755);
  env = { SERVICES_PROVIDER: 'embedded', REDIS_PORT: String(await freePort()), POSTGRES_PORT: String(await freePort()) };
});

afterEach(async () => {
  await stopServices({ root, log, env });
  rmSync(root, { recursive: true, force: true });
});

const state = () => JSON.parse(readFileSync(join(root, '.data/services.json'), 'utf8')) as ServicesState;
const up = () => startServices({ root, log, env });

describe('embedded services', () => {
  it('are found running by a second call, and are gone after stop', async () => {
    const first = await up();
    expect(first).toMatchObject({ provider: 'embedded', alreadyRunning: false, redisUrl: `redis://127.0.0.1:${env['REDIS_PORT']}` });
    const pids = Object.values(state().pids ?? {});
    const second = await up();
    expect(second).toMatchObject({ alreadyRunning: true, redisUrl: first.redisUrl, databaseUrl: first.databaseUrl });
    expect(Object.values(state().pids ?? {})).toEqual(pids);
    await second.stop();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(await servicesStatus({ root, log, env })).toEqual({ provider: 'embedded', dataFolder: expect.any(String) });
  });

  it('are started once when two commands start them at the same time', async () => {
    const both = await Promise.all([up(), up()]);
    expect(both.map(({ alreadyRunning }) => alreadyRunning).sort()).toEqual([false, true]);
  });

  it('keep their data between runs, on other ports when theirs are taken', async () => {
    const first = await up();
    await withRedis(first.redisUrl, (client) => client.set('kept', 'yes'));
    await withPostgres(first.databaseUrl, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
    await first.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(Number(env['REDIS_PORT']), '127.0.0.1', resolve));
    const second = await up();
    squatter.close();
    expect(second.redisUrl).not.toBe(first.redisUrl);
    expect(await withRedis(second.redisUrl, (client) => client.get('kept'))).toBe('yes');
    expect(await withPostgres(second.databaseUrl, async (client) => (await client.query('SELECT answer FROM kept')).rows)).toEqual([
      { answer: 42 },
    ]);
  });

  it('come back after a crash that left lock files naming a process of somebody else', async () => {
    await up();
    const { pids, dataFolder } = state();
    for (const pid of Object.values(pids ?? {})) {
      process.kill(pid, 'SIGKILL');
      await waitUntilGone(pid, 10_000);
    }
    const lockFile = join(dataFolder ?? '', 'postgres/postmaster.pid');
    writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(/^\d+/, String(process.pid)));
    writeFileSync(join(dataFolder ?? '', 'redis/redis.pid'), `${process.pid}\n`);
    writeFileSync(join(root, '.data/services.json'), '{"provider": "embed');
    const { databaseUrl, alreadyRunning } = await up();
    expect(alreadyRunning).toBe(false);
    expect(await withPostgres(databaseUrl, async (client) => (await client.query('SELECT 1 AS one')).rows)).toEqual([{ one: 1 }]);
  });

  it('lose their data, and only by reset', async () => {
    await up();
    const { dataFolder } = state();
    await resetServices({ root, log, env });
    expect([existsSync(join(dataFolder ?? '', 'postgres')), existsSync(join(dataFolder ?? '', 'redis'))]).toEqual([false, false]);
  });
});

describe('services named by the environment', () => {
  const refuse = (variables: NodeJS.ProcessEnv) => expect(startServices({ root, log, env: variables })).rejects;

  it('need both addresses', async () => {
    await refuse({ REDIS_URL: 'redis://127.0.0.1:1' }).toThrow('REDIS_URL is set but DATABASE_URL is not');
    await refuse({ DATABASE_URL: 'postgres://127.0.0.1:1/x' }).toThrow('DATABASE_URL is set but REDIS_URL is not');
  });

  it('are refused with the name of the variable when they do not answer or are no address', async () => {
    const { redisUrl, databaseUrl } = await up();
    const closed = await freePort();
    await refuse({ REDIS_URL: `redis://127.0.0.1:${closed}`, DATABASE_URL: databaseUrl }).toThrow('REDIS_URL does not answer');
    await refuse({ REDIS_URL: redisUrl, DATABASE_URL: `postgres://127.0.0.1:${closed}/x` }).toThrow('DATABASE_URL does not answer');
    await refuse({ REDIS_URL: 'localhost', DATABASE_URL: databaseUrl }).toThrow('REDIS_URL must be an address that begins with redis://');
  });

  it('are used as they are, and neither stopped nor emptied', async () => {
    const { redisUrl, databaseUrl } = await up();
    const external = { root, log, env: { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } };
    const services = await startServices(external);
    expect(services).toMatchObject({ provider: 'external', redisUrl, databaseUrl });
    await services.stop();
    await expect(resetServices(external)).rejects.toThrow('not deleted from here');
    expect(await withRedis(redisUrl, (client) => client.ping())).toBe('PONG');
  });
});

describe('the command', () => {
  const command = (args: string[], variables: NodeJS.ProcessEnv) =>
    run(process.execPath, [join(__dirname, '../dist/cli.js'), ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
    });

  it('prints the addresses, and runs psql on them', async () => {
    const { code, stdout } = await command(['up'], env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`redis://127.0.0.1:${env['REDIS_PORT']}`) });
    // psql inherits the terminal, so only its exit code is visible from here.
    expect((await command(['psql', '-c', 'SELECT 1'], env)).code).toBe(0);
    expect((await command(['psql', '-c', 'SELECT broken'], env)).code).toBe(1);
  });

  it('ends with exit code 1 and one sentence on a fault', async () => {
    expect(await command(['up'], { REDIS_URL: 'redis://127.0.0.1:1' })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^REDIS_URL is set but [^\n]*\n$/),
    });
    expect((await command(['unknown'], {})).stderr).toMatch(/^usage:/);
  });
});
