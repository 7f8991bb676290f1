import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, freshRedis } from '@analytics/testing';
import { addressesOf, RunningGateway } from '../gateway.fixture.js';

const NAVIGATION = { accept: 'text/html,application/xhtml+xml' };

describe('dashboard site', () => {
  let dist: string;
  let gateway: RunningGateway;

  beforeAll(async () => {
    dist = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const nobody = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    const nowhere = { readerUrl: nobody, accessUrl: nobody };
    gateway = await RunningGateway.start({
      ...addressesOf(nowhere, await freshRedis()),
      DASHBOARD_DIST: dist,
      COLLECTOR_URL: 'http://collector.example:3001/base',
      CORS_ORIGINS: 'https://partner.example',
    });
  });
  afterAll(async () => {
    await gateway?.close();
    rmSync(dist, { recursive: true });
  });
  beforeEach(() => {
    rmSync(dist, { recursive: true });
    mkdirSync(join(dist, 'assets'), { recursive: true });
  });
  const build = (): void => {
    writeFileSync(join(dist, 'index.html'), '<title>the dashboard</title>');
    writeFileSync(join(dist, 'assets', 'index-abc123.js'), 'export {};');
  };

  it('says how to build the dashboard when it is not built, and serves it once it is', async () => {
    const before = await gateway.get('/', NAVIGATION);
    expect(before.text).toContain('npx nx build dashboard');
    build();
    expect((await gateway.get('/', NAVIGATION)).text).toContain('the dashboard');
  });

  it('serves the page for every address of its router, and asks browsers not to keep it', async () => {
    build();
    for (const path of ['/', '/live', '/pipeline?project=self', '/apiary', '/index.html']) {
      const page = await gateway.get(path, NAVIGATION);
      expect([path, page.status, page.headers.get('cache-control')]).toEqual([path, 200, 'no-cache']);
      expect(page.text).toContain('the dashboard');
    }
  });

  it('lets browsers keep files with a hash in their name for a year', async () => {
    build();
    const file = await gateway.get('/assets/index-abc123.js');
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  });

  it('compresses files of some size, and no answer of the API', async () => {
    build();
    const script = `export const words = '${'analytics '.repeat(1000)}';`;
    writeFileSync(join(dist, 'assets', 'index-abc123.js'), script);
    const file = await gateway.get('/assets/index-abc123.js', { 'accept-encoding': 'gzip' });
    expect([file.headers.get('content-encoding'), file.text === script]).toEqual(['gzip', true]);
    expect((await gateway.get('/api/openapi.json', { 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBeNull();
  });

  it('does not answer with the page what is no navigation, no file or of the gateway itself', async () => {
    build();
    for (const [path, headers] of [
      ['/assets/missing.js', {}],
      ['/missing.png', { accept: 'image/*' }],
      ['/api/v1/nothing', NAVIGATION],
      ['/api', NAVIGATION],
      ['/.env', {}],
      ['/..%2f..%2fpackage.json', {}],
    ] as const) {
      const answer = await gateway.get(path, headers);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 404, 'application/problem+json; charset=utf-8']);
    }
  });

  it('lets in scripts of its own and of the collector only, and cannot be framed', async () => {
    const { headers } = await gateway.get('/', NAVIGATION);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self' http://collector.example:3001;");
    expect(policy).toContain("connect-src 'self' ws: http://collector.example:3001;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('lets pages of listed origins read the API, and no others', async () => {
    const allowed = async (origin: string) => (await gateway.get('/api/v1/config', { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://partner.example')).toBe('https://partner.example');
    for (const origin of ['https://evil.example', 'https://partner.example.evil.example', 'null']) expect(await allowed(origin)).toBeNull();
  });
});
