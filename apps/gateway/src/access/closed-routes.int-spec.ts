import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { makeKey, makeLink } from './access.fixture.js';
import { addressesOf, EventStore, RunningGateway, type Asker } from '../gateway.fixture.js';

const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8')) as OpenAPIObject;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Open to everybody; a route that is added to these must be meant to be. */
const OPEN = ['POST /api/v1/session', 'GET /api/v1/config'];
/** What every caller may ask about himself. */
const OWN = ['GET /api/v1/session', 'DELETE /api/v1/session', 'POST /api/v1/session/password', 'GET /api/v1/sessions', 'GET /api/v1/projects'];

/** All that a shared link may ask. */
const SHARED = ['session', 'totals', 'timeseries', 'breakdown', 'heatmap', 'funnel', 'retention', 'paths'].map((name) => `GET /api/v1/${name}`);

const routes = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`),
);
const closed = routes.filter((route) => !OPEN.includes(route));
const ofProjects = closed.filter((route) => !OWN.includes(route));

describe('every route of the API', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let readKey: Asker;
  let link: Asker;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    await store.store([], [{ reason: 'bad', payload: Buffer.from('{}'), projectId: 'demo' }]);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    readKey = await makeKey(gateway, 'self', 'read');
    link = await makeLink(gateway, 'demo');
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  /** As a route asks for project demo, wherever it takes a project. */
  const statusOf = async (route: string, as: Asker): Promise<number> => {
    const [method, path] = route.split(' ') as [string, string];
    const filled = path.replace('{project}', 'demo').replace('{id}', '1').replace('{keyId}', 'a1');
    return (await gateway.ask(`${filled}?project=demo`, { method, as, ...(method === 'GET' ? {} : { body: {} }) })).status;
  };

  it('is either open by intention or closed', () => {
    expect(OPEN.filter((route) => !routes.includes(route))).toEqual([]);
    expect(closed.length).toBeGreaterThan(20);
  });

  it.each(closed)('%s answers 401 without a key', async (route) => {
    expect(await statusOf(route, null)).toBe(401);
    expect(await statusOf(route, { key: 'ak_wrong' })).toBe(401);
  });

  it.each(ofProjects)('%s answers 403 or 404 to a key of another project', async (route) => {
    const admin = await makeKey(gateway, 'self', 'admin');
    expect([403, 404]).toContain(await statusOf(route, admin));
  });

  it.each(closed.filter((route) => !route.startsWith('GET') && !OWN.includes(route)))('%s answers 403 to a key that may only read', async (route) => {
    expect(await statusOf(route, readKey)).toBe(403);
  });

  it.each(closed)('%s answers 403 to a shared link, unless it is a question of sums', async (route) => {
    const status = await statusOf(route, link);
    // Funnels and paths need more than a project: their question is let in, and found wanting.
    if (SHARED.includes(route)) expect([200, 400]).toContain(status);
    else expect(status).toBe(403);
  });

  it.each(routes)('%s says in the document who may use it, and that it is limited', (route) => {
    const [method, path] = route.split(' ') as [string, string];
    const operation = document.paths[path]![method.toLowerCase() as 'get']!;
    const responses = Object.keys(operation.responses);
    if (OPEN.includes(route)) expect([operation.security, responses]).toEqual([undefined, expect.arrayContaining(['429'])]);
    else expect([operation.security, responses]).toEqual([[{ session: [] }, { key: [] }], expect.arrayContaining(['401', '403', '429'])]);
  });
});
