import type { CreatedKeyDto, DeadLettersDto, KeyDto, ProblemDto, ProjectDto, SessionDto } from '@analytics/dto';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { createDataSource, createPool, listWriteKeyHashes, prepareDatabase } from '@analytics/timescale';
import { makeKey, makePerson, PASSWORD } from './access.fixture.js';
import { addressesOf, EventStore, pageView, RunningGateway, type Asker } from '../gateway.fixture.js';

describe('keys', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let owner: ReturnType<typeof createPool>;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    await store.store(
      [pageView(), pageView({ project_id: 'self' }), pageView({ project_id: 'self' })],
      [
        { reason: 'of self', payload: Buffer.from('{"secret":1}'), projectId: 'self' },
        { reason: 'of demo', payload: Buffer.from('{}'), projectId: 'demo' },
        { reason: 'of nobody', payload: Buffer.from('?') },
      ],
    );
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'keys-spec' });
  });
  afterAll(async () => {
    await owner?.end();
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const total = async (key: string, query = ''): Promise<unknown> => {
    const { status, body } = await gateway.json<{ current: { totalEvents: number } } & ProblemDto>(`/api/v1/metrics/summary${query}`, { as: { key } });
    return status === 200 ? body.current.totalEvents : status;
  };
  const list = async (project: string): Promise<KeyDto[]> => (await gateway.json<KeyDto[]>(`/api/v1/projects/${project}/keys`)).body;
  const revoke = async (project: string, id: string, as?: Asker): Promise<number> =>
    (await gateway.ask(`/api/v1/projects/${project}/keys/${id}`, { method: 'DELETE', ...(as ? { as } : {}) })).status;

  it('of a project see that project, named or not, and no other', async () => {
    const { key } = await makeKey(gateway, 'self', 'read');
    expect([await total(key), await total(key, '?project=self')]).toEqual([2, 2]);
    for (const query of ['?project=demo', '?project=', '?project=self&project=demo', '?project=demo&project=self', '?project[]=demo', '?Project=demo'])
      expect([query, await total(key, query)]).toEqual([query, query.startsWith('?project=') ? 403 : 400]);
    const { body } = await gateway.json<ProblemDto>('/api/v1/metrics/summary?project=demo', { as: { key } });
    expect(body.detail).toBe('this key is of project self; leave project out, or use another key');
  });

  it('of a project see its dead letters only, and settle only those', async () => {
    const as = { key: (await makeKey(gateway, 'demo', 'admin')).key };
    const { rows } = (await gateway.json<DeadLettersDto>('/api/v1/dead-letters', { as })).body;
    expect(rows.map(({ reason }) => reason)).toEqual(['of demo']);
    const all = (await gateway.json<DeadLettersDto>('/api/v1/dead-letters')).body.rows;
    expect(all).toHaveLength(3);
    for (const { id, projectId } of all.filter((row) => row.projectId !== 'demo')) {
      expect([projectId, (await gateway.ask(`/api/v1/dead-letters/${id}`, { as })).status]).toEqual([projectId, 404]);
      expect((await gateway.ask(`/api/v1/dead-letters/${id}/discard`, { method: 'POST', as })).status).toBe(404);
    }
    expect((await gateway.ask(`/api/v1/dead-letters/${rows[0]!.id}`, { as })).status).toBe(200);
  });

  it('of a project know of no other project, and nothing of the whole system', async () => {
    const as = { key: (await makeKey(gateway, 'self', 'admin')).key };
    expect((await gateway.json<ProjectDto[]>('/api/v1/projects', { as })).body.map(({ id }) => id)).toEqual(['self']);
    expect((await gateway.json<SessionDto>('/api/v1/session', { as })).body).toMatchObject({ kind: 'key', role: 'admin', project: 'self' });
    for (const path of ['pipeline', 'people', 'keys', 'projects/demo/keys'])
      expect([path, (await gateway.ask(`/api/v1/${path}`, { as })).status]).toEqual([path, 403]);
    expect((await gateway.ask('/api/v1/projects', { method: 'POST', as, body: { id: 'mine', name: 'Mine' } })).status).toBe(403);
    expect((await gateway.ask('/api/v1/projects/demo', { method: 'PATCH', as, body: { name: 'Mine' } })).status).toBe(403);
    expect((await gateway.ask('/api/v1/projects/self', { method: 'PATCH', as, body: { name: 'Renamed' } })).status).toBe(200);
  });

  it('are told once, kept as hashes, and recognized by their beginning, maker and last use', async () => {
    await makePerson(gateway, 'maker@example.com', 'admin');
    const as = await gateway.signIn('maker@example.com', PASSWORD);
    const made = await gateway.json<CreatedKeyDto>('/api/v1/projects/demo/keys', { method: 'POST', as, body: { scope: 'read', name: 'Grafana' } });
    expect(made.status).toBe(201);
    const { key, id, prefix } = made.body;
    expect([key.startsWith(prefix!), prefix!.length < key.length / 4]).toEqual([true, true]);
    const find = async () => (await list('demo')).find((each) => each.id === id);
    expect(await find()).toMatchObject({ name: 'Grafana', scope: 'read', createdBy: 'maker@example.com', lastUsedAt: null, revokedAt: null });
    await total(key);
    expect(await find()).toMatchObject({ lastUsedAt: expect.stringMatching(/^2.*Z$/) });
    const { rows } = await owner.query('SELECT api_keys.*::text AS row FROM api_keys UNION ALL SELECT write_keys.*::text FROM write_keys');
    expect(JSON.stringify(rows)).not.toContain(key);
    expect((await gateway.get('/api/v1/projects/demo/keys')).text).not.toMatch(new RegExp(`${key}|[0-9a-f]{64}`));
  });

  it('are refused at once when they are revoked, and once they have expired', async () => {
    const { key, id } = await makeKey(gateway, 'self', 'read');
    expect(await total(key)).toBe(2);
    expect([await revoke('demo', id), await revoke('self', 'a999'), await revoke('self', 'x;drop')]).toEqual([404, 404, 404]);
    expect(await total(key)).toBe(2);
    expect([await revoke('self', id), await revoke('self', id)]).toEqual([204, 204]);
    expect(await total(key)).toBe(401);

    const short = await makeKey(gateway, 'self', 'read');
    await owner.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE prefix = $1`, [short.prefix]);
    expect(await total(short.key)).toBe(401);
  });

  it('for sending events are handed to the collectors until they are revoked or expire, and read nothing', async () => {
    const { key, id } = await makeKey(gateway, 'self', 'ingest');
    expect(key).toMatch(/^wk_/);
    expect(await total(key)).toBe(401);
    const tables = await createDataSource({ url: database.writerUrl, applicationName: 'keys-spec-writer' }).initialize();
    try {
      const count = async () => (await listWriteKeyHashes(tables)).length;
      const before = await count();
      const expiring = await makeKey(gateway, 'self', 'ingest');
      expect(await count()).toBe(before + 1);
      await owner.query(`UPDATE write_keys SET expires_at = now() - interval '1 second' WHERE prefix = $1`, [expiring.prefix]);
      expect(await count()).toBe(before);
      await revoke('self', id);
      expect(await count()).toBe(before - 1);
    } finally {
      await tables.destroy();
    }
  });

  it('for all projects are of scope admin, and made by who may do everything', async () => {
    const make = (scope: string, as?: Asker) =>
      gateway.json<CreatedKeyDto>('/api/v1/keys', { method: 'POST', body: { scope, name: 'operations' }, ...(as ? { as } : {}) });
    expect((await make('read')).status).toBe(400);
    const { status, body } = await make('admin');
    expect([status, body.project]).toEqual([201, null]);
    expect((await gateway.ask('/api/v1/pipeline', { as: body })).status).toBe(200);
    expect((await gateway.ask(`/api/v1/keys/${body.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await gateway.ask('/api/v1/pipeline', { as: body })).status).toBe(401);
  });

  it('and projects are made with what is allowed, and refused with what is wrong', async () => {
    const post = async (path: string, body: unknown): Promise<unknown[]> => {
      const answer = await gateway.json<ProblemDto>(`/api/v1/${path}`, { method: 'POST', body });
      return [answer.status, answer.body.detail];
    };
    expect(await post('projects', { id: 'shop', name: 'Shop' })).toEqual([201, undefined]);
    expect(await post('projects', { id: 'shop', name: 'Shop' })).toEqual([409, 'project shop exists already; choose another id']);
    expect(await post('projects', { id: 'No Id', name: 'Shop' })).toEqual([400, expect.stringMatching(/^id must be a project id/)]);
    expect(await post('projects/none/keys', { scope: 'read', name: 'x' })).toEqual([404, expect.stringContaining('project none does not exist')]);
    expect(await post('projects/shop/keys', { scope: 'root', name: 'x' })).toEqual([400, 'scope must be one of ingest, read, admin']);
    expect(await post('projects/shop/keys', { scope: 'read', name: ' ' })).toEqual([400, expect.stringMatching(/^name must be a text/)]);
    const late = { scope: 'read', name: 'x', expiresAt: '2020-01-01T00:00:00Z' };
    expect(await post('projects/shop/keys', late)).toEqual([400, 'expiresAt must be in the future']);
  });
});
