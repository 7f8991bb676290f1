import type { CreatedLinkDto, DashboardConfigDto, LinkDto, ProblemDto, Pulse, SessionDto, TotalsAnswerDto } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { createPool, prepareDatabase } from '@analytics/timescale';
import { addressesOf, ADMIN_KEY, EventStore, pageView, RunningGateway, subscribe, type Asker } from '../gateway.fixture.js';
import { makeKey, makeLink, makePerson, PASSWORD } from './access.fixture.js';

const is = (field: string, value: string) => ({ field, op: 'is', value });
const SWISS = { period: '7d', filters: [is('country', 'CH')] };

describe('shared links', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let owner: ReturnType<typeof createPool>;
  let swiss: CreatedLinkDto & { key: string };
  const who: Record<string, Asker> = { nobody: null, 'unbound key': { key: ADMIN_KEY } };

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    const french = { country: 'FR', browser: 'Safari', user_id: 'user_002' };
    await store.store([pageView(), pageView({ browser: 'Chrome' }), pageView(french), pageView(french), pageView({ project_id: 'self' })]);
    gateway = await RunningGateway.start({ ...addressesOf(database, redisUrl), DEMO_WRITE_KEY: 'wk_demo' });
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'links-spec' });
    for (const [name, role] of [['ada', 'viewer'], ['root', 'admin']] as const) {
      await makePerson(gateway, `${name}@example.com`, role);
      who[name] = await gateway.signIn(`${name}@example.com`, PASSWORD);
    }
    who['read key'] = await makeKey(gateway, 'demo', 'read');
    who['admin key'] = await makeKey(gateway, 'demo', 'admin');
    who["another project's key"] = await makeKey(gateway, 'self', 'admin');
    swiss = await makeLink(gateway, 'demo', SWISS);
    who['link'] = swiss;
  });
  afterAll(async () => {
    await owner?.end();
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });
  afterEach(() => gateway.disconnectClients());

  const query = (params: object): string =>
    Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`).join('&');
  const statusOf = async (path: string, as: Asker, method = 'GET', body?: object): Promise<number> =>
    (await gateway.ask(`/api/v1/${path}`, { as, method, ...(body ? { body } : {}) })).status;
  /** Events that are counted, or why they are not. */
  const events = async (as: Asker, params: object | string = {}): Promise<unknown> => {
    const path = `/api/v1/totals?${typeof params === 'string' ? params : query(params)}`;
    const { status, body } = await gateway.json<TotalsAnswerDto & ProblemDto>(path, { as });
    return status === 200 ? body.totals[0] : status;
  };

  it('show their project and what their filters leave of it', async () => {
    expect(await events(who['root']!)).toBe(4);
    expect([await events(swiss), await events(swiss, { project: 'demo', period: '1h' })]).toEqual([2, 2]);
    expect(await events(swiss, { filters: [is('browser', 'Chrome')] })).toBe(1);
    expect(await events(swiss, { filters: is('browser', 'Chrome') })).toBe(1);
    expect(await events(await makeLink(gateway, 'demo'))).toBe(4);
    expect(await events(await makeLink(gateway, 'self'))).toBe(1);
  });

  it.each([
    ['another filter on the same field', query({ filters: [is('country', 'FR')] }), 0],
    ['an alternative', query({ filters: { or: [is('country', 'CH'), is('country', 'FR')] } }), 2],
    ['a negation', query({ filters: { not: is('country', 'CH') } }), 0],
    ['filters given twice', 'filters=[]&filters=[]', 400],
    ['filters in brackets', 'filters[]=x', 400],
    ['another case', 'Filters=[]', 400],
    ['no filters', 'filters=[]', 2],
    ['nothing', 'filters=', 400],
    ['null', 'filters=null', 400],
    ['text', 'filters=%22x%22', 400],
    ['broken JSON', 'filters=%5B', 400],
    ['endless nesting', `filters=${'['.repeat(4000)}${']'.repeat(4000)}`, 400],
    ['another project', 'project=self', 403],
    ['two projects', 'project=demo&project=self', 403],
    ['an empty project', 'project=', 403],
  ])('cannot be widened by %s', async (_, params, outcome) => {
    expect(await events(swiss, params)).toBe(outcome);
  });

  it('answer all questions of sums as the same filters do', async () => {
    const steps = JSON.stringify([{ filters: is('type', 'page_view') }, { filters: is('type', 'error') }]);
    const range = { from: '2026-01-01T00:00:00Z', to: new Date(Date.now() + 60_000).toISOString() };
    for (const [question, params] of Object.entries({
      totals: { metrics: 'events,users' },
      timeseries: { granularity: '1d' },
      breakdown: { by: 'browser' },
      heatmap: {},
      funnel: { steps },
      retention: { interval: 'week', from: new Date(Date.now() - 7 * 86_400_000).toISOString() },
      paths: { anchor: '/cart' },
    })) {
      const asked = { ...range, ...params };
      const shared = await gateway.json<Record<string, unknown>>(`/api/v1/${question}?${query(asked)}`, { as: swiss });
      const own = await gateway.json<Record<string, unknown>>(`/api/v1/${question}?${query({ ...asked, filters: SWISS.filters })}`);
      const still = { asOf: null, completeThrough: null, inFlight: null };
      expect([question, shared.status, { ...shared.body, ...still }]).toEqual([question, 200, { ...own.body, ...still }]);
    }
  });

  it.each([
    ['totals', { filters: [is('user', 'user_001')] }],
    ['totals', { filters: { not: { and: [is('type', 'error'), is('session', 'x')] } } }],
    ['funnel', { steps: [{ filters: is('user', 'user_001') }, { filters: is('type', 'error') }] }],
    ['retention', { start: is('user', 'user_001') }],
    ['retention', { return: [is('user', 'user_001')] }],
    ['breakdown', { by: 'user' }],
    ['breakdown', { by: 'type,session' }],
    ['breakdown', { by: ['type', 'user'] }],
    ['breakdown', { by: 'properties.email' }],
  ])('tell of nobody alone: %s %j', async (question, params) => {
    expect(await statusOf(`${question}?${query(params)}`, swiss)).toBe(403);
    expect(await statusOf(`${question}?${query(params)}`, who['root']!)).toBe(200);
  });

  it('say what they are, and hand out no write key', async () => {
    expect((await gateway.json<SessionDto>('/api/v1/session', { as: swiss })).body).toEqual({
      kind: 'link',
      name: 'spec',
      email: null,
      role: 'viewer',
      project: 'demo',
      projects: [expect.objectContaining({ id: 'demo' })],
      shared: { page: 'overview', search: SWISS },
    });
    const { body } = await gateway.json<DashboardConfigDto>('/api/v1/config', { as: swiss });
    expect(body.demoWriteKey).toBeNull();
    expect((await gateway.json<DashboardConfigDto>('/api/v1/config')).body.demoWriteKey).toBe('wk_demo');
  });

  it.each([
    // who: make one of any address, list, revoke somebody else's
    ['root', 201, 200, 204],
    ['unbound key', 201, 200, 204],
    ['admin key', 201, 200, 204],
    ['ada', 403, 200, 404],
    ['read key', 403, 403, 403],
    ["another project's key", 403, 403, 403],
    ['link', 403, 403, 403],
    ['nobody', 401, 401, 401],
  ])('are made, listed and revoked by whoever may: %s', async (name, make, list, revoke) => {
    const { id } = await makeLink(gateway, 'demo');
    const as = who[name]!;
    const body = { name: 'x', page: 'overview', search: '{}' };
    expect([
      await statusOf('links?project=demo', as, 'POST', body),
      await statusOf('links?project=demo', as),
      await statusOf(`links/${id}?project=demo`, as, 'DELETE'),
    ]).toEqual([make, list, revoke]);
  });

  it('of a viewer are listed to him and to administrators, and revoked by both', async () => {
    const view = { name: 'Mine', page: 'paths', search: '{}' };
    const { body: saved } = await gateway.json<{ id: number }>('/api/v1/views', { method: 'POST', as: who['ada']!, body: view });
    const { body: link } = await gateway.json<CreatedLinkDto>(`/api/v1/views/${saved.id}/links`, { method: 'POST', as: who['ada']!, body: {} });
    const listed = async (name: string) => (await gateway.json<LinkDto[]>('/api/v1/links', { as: who[name]! })).body;
    expect((await listed('ada')).map(({ id }) => id)).toEqual([link.id]);
    expect((await listed('root')).length).toBeGreaterThan(1);
    expect((await gateway.get('/api/v1/projects/demo/keys')).text).not.toContain(link.prefix);
    expect([await statusOf(`links/${link.id}`, who['ada']!, 'DELETE'), await statusOf(`links/${link.id}`, who['root']!, 'DELETE')]).toEqual([204, 204]);
    expect(await events({ key: link.token })).toBe(401);
  });

  it.each([
    [{ page: 'events' }, 'page must be one of overview, funnels, retention, paths'],
    [{ search: '{"filters":[{}]}' }, /^search.filters\[0\]/],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt must be in the future'],
    [{ projectId: 'self' }, /projectId/],
  ])('are refused when they would show too much or nothing: %j', async (part, words) => {
    const body = { name: 'x', page: 'overview', search: '{}', ...part };
    const answer = await gateway.json<ProblemDto>('/api/v1/links', { method: 'POST', body });
    expect([answer.status, answer.body.detail]).toEqual([400, typeof words === 'string' ? words : expect.stringMatching(words)]);
  });

  it('are told once, kept as hashes, and their last use is known', async () => {
    const { id, token, prefix } = await makeLink(gateway, 'self');
    expect(token).toMatch(/^vk_[\w-]{32}$/);
    await events({ key: token });
    const { text } = await gateway.get('/api/v1/links?project=self');
    expect((JSON.parse(text) as LinkDto[]).find((each) => each.id === id)).toMatchObject({ prefix, lastUsedAt: expect.stringMatching(/Z$/), revokedAt: null });
    expect(text).not.toMatch(new RegExp(`${token}|[0-9a-f]{64}`));
    const { rows } = await owner.query('SELECT api_keys.*::text FROM api_keys');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('open nothing once they have expired or were revoked', async () => {
    const short = await makeLink(gateway, 'demo');
    expect(await events(short)).toBe(4);
    await owner.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [short.id]);
    expect([await events(short), await statusOf('session', short)]).toEqual([401, 401]);
    const ended = await makeLink(gateway, 'demo');
    expect([await statusOf(`links/${ended.id}?project=self`, { key: ADMIN_KEY }, 'DELETE'), await events(ended)]).toEqual([404, 4]);
    expect([await statusOf(`links/${ended.id}`, { key: ADMIN_KEY }, 'DELETE'), await events(ended)]).toEqual([204, 401]);
  });

  it('open a live feed that tells of their project and of sums alone, until they are revoked', async () => {
    const link = await makeLink(gateway, 'self');
    const client = await gateway.connect({ auth: { key: link.token } });
    const pulses: Pulse[] = [];
    client.on('pulse', (pulse) => pulses.push(pulse));
    for (const name of ['recent', 'deadLetters', 'ledger', 'pipeline']) {
      const reply = await subscribe(client, { id: name, query: name, question: name });
      expect([name, reply.ok, JSON.stringify(reply)]).toEqual([name, false, expect.stringMatching(/shared link|all projects|must be one of/)]);
    }
    await eventually(() => expect(pulses.at(-1)?.newestReceivedAt).toEqual({ self: expect.any(Number) }));
    await gateway.ask(`/api/v1/links/${link.id}?project=self`, { method: 'DELETE' });
    await eventually(() => expect(client.connected).toBe(false), { timeoutMs: 3_000 });
    await expect(gateway.connect({ auth: { key: link.token } })).rejects.toMatchObject({ data: { status: 401 } });
  });
});
