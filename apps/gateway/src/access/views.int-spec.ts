import type { LinkDto, ProblemDto, SavedViewDto } from '@analytics/dto';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { createPool, prepareDatabase } from '@analytics/timescale';
import { addressesOf, ADMIN_KEY, EventStore, RunningGateway, type Asker } from '../gateway.fixture.js';
import { makeKey, makeLink, makePerson, PASSWORD } from './access.fixture.js';

const FILTERS = [{ field: 'country', op: 'is', value: 'CH' }];
const VIEW = { name: 'Swiss week', page: 'overview', search: JSON.stringify({ project: 'self', period: '7d', filters: FILTERS }) };
const PRIVATE = { ...VIEW, name: 'Mine' };

describe('saved views', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let owner: ReturnType<typeof createPool>;
  const who: Record<string, Asker> = { nobody: null, 'unbound key': { key: ADMIN_KEY } };

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self', 'full']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'views-spec' });
    for (const [name, role] of [['ada', 'viewer'], ['bob', 'viewer'], ['root', 'admin']] as const) {
      await makePerson(gateway, `${name}@example.com`, role);
      who[name] = await gateway.signIn(`${name}@example.com`, PASSWORD);
    }
    who['read key'] = await makeKey(gateway, 'demo', 'read');
    who['admin key'] = await makeKey(gateway, 'demo', 'admin');
    who['link'] = await makeLink(gateway, 'demo');
  });
  afterAll(async () => {
    await owner?.end();
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });
  beforeEach(() => owner.query('DELETE FROM saved_views'));

  const ask = <T = SavedViewDto & ProblemDto>(as: string, method: string, path: string, body?: object) =>
    gateway.json<T>(`/api/v1/${path}`, { method, as: who[as]!, ...(body ? { body } : {}) });
  const save = async (as: string, view: object): Promise<SavedViewDto> => {
    const { status, body } = await ask(as, 'POST', 'views', view);
    expect([status, body]).toEqual([201, expect.anything()]);
    return body;
  };
  const names = async (as: string): Promise<string[]> => (await ask<SavedViewDto[]>(as, 'GET', 'views')).body.map(({ name }) => name);

  it('keep a page and its address as they are, but for the project', async () => {
    const made = await save('ada', { ...VIEW, forEveryone: true });
    expect(made).toEqual({
      id: expect.any(Number),
      project: 'demo',
      name: 'Swiss week',
      page: 'overview',
      search: { period: '7d', filters: FILTERS },
      forEveryone: true,
      owner: 'A person of specs',
      mayChange: true,
      createdAt: expect.any(String),
      updatedAt: made.createdAt,
    });
    expect((await ask<SavedViewDto[]>('bob', 'GET', 'views')).body).toEqual([{ ...made, mayChange: false }]);
    expect((await ask<SavedViewDto[]>('bob', 'GET', 'views?project=self')).body).toEqual([]);
  });

  it('are seen by their owner alone, unless they are for everyone', async () => {
    await save('ada', PRIVATE);
    await save('ada', { ...VIEW, forEveryone: true });
    expect(await names('ada')).toEqual(['Mine', 'Swiss week']);
    for (const as of ['bob', 'root', 'read key', 'admin key', 'unbound key']) expect([as, await names(as)]).toEqual([as, ['Swiss week']]);
  });

  it.each([
    // who, on somebody's view for everyone, on somebody's private view: change, share, delete
    ['ada', [200, 201, 204], [200, 201, 204]],
    ['bob', [403, 403, 403], [404, 404, 404]],
    ['root', [200, 201, 204], [404, 404, 404]],
    ['read key', [403, 403, 403], [403, 403, 403]],
    ['admin key', [403, 403, 403], [403, 403, 403]],
    ['unbound key', [403, 403, 403], [403, 403, 403]],
    ['link', [403, 403, 403], [403, 403, 403]],
    ['nobody', [401, 401, 401], [401, 401, 401]],
  ])('may be changed, shared and deleted by their owner and, where they see them, by administrators: %s', async (as, open, closed) => {
    for (const [view, wanted] of [[{ ...VIEW, forEveryone: true }, open], [PRIVATE, closed]] as const) {
      const { id } = await save('ada', view);
      const found = [
        await ask(as, 'PATCH', `views/${id}`, { name: 'Renamed' }),
        await ask(as, 'POST', `views/${id}/links`, {}),
        await ask(as, 'DELETE', `views/${id}`),
      ];
      expect(found.map(({ status }) => status)).toEqual(wanted);
      expect(await names('ada')).toEqual(wanted[2] === 204 ? [] : [view.name]);
      await owner.query('DELETE FROM saved_views');
    }
  });

  it('are renamed, overwritten and closed to others one by one', async () => {
    const { id } = await save('ada', { ...VIEW, forEveryone: true });
    const change = async (body: object) => (await ask('ada', 'PATCH', `views/${id}`, body)).body;
    expect(await change({ name: 'Other' })).toMatchObject({ name: 'Other', page: 'overview', search: { period: '7d' }, forEveryone: true });
    expect(await change({ page: 'funnels', search: '{"period":"today"}' })).toMatchObject({ name: 'Other', page: 'funnels', search: { period: 'today' } });
    expect((await ask('root', 'PATCH', `views/${id}`, { forEveryone: false })).body).toMatchObject({ forEveryone: false, name: 'Other' });
    expect([await names('root'), await names('ada')]).toEqual([[], ['Other']]);
    for (const path of [`views/${id}?project=self`, 'views/999999', `views/${id}?project=none`]) expect((await ask('ada', 'PATCH', path, { name: 'x' })).status).toBe(404);
  });

  it.each([
    ['name', { name: ' ' }, /^name must be a text/],
    ['name', { name: 'x'.repeat(101) }, /^name must be a text/],
    ['page', { page: 'settings' }, /^page must be one of overview, live/],
    ['page', { page: 'constructor' }, /^page must be one of/],
    ['search', { search: '[]' }, /^search must be a JSON object/],
    ['search', { search: '{' }, /^search must be a JSON object/],
    ['search', { search: JSON.stringify({ a: 'x'.repeat(4096) }) }, /^search must be a JSON object of at most 4096/],
    ['search', { search: `{"a":[${'1e20,'.repeat(700)}1]}` }, /^search must be a JSON object of at most 4096/],
    ['search.filters', { search: '{"filters":{}}' }, /^search.filters must be an array/],
    ['search.filters[0].op', { search: '{"filters":[{"field":"type","op":"like","value":"x"}]}' }, /^search.filters\[0\].op must be one of/],
    ['forEveryone', { forEveryone: 'yes' }, /^forEveryone must be true or false/],
    ['personId', { personId: 1 }, /personId/],
  ])('refuse a wrong %s (%#)', async (field, part, words) => {
    const { status, body } = await ask('ada', 'POST', 'views', { ...VIEW, ...part });
    expect([status, body.detail, body.errors[0]?.field]).toEqual([400, expect.stringMatching(words), field]);
  });

  it('take what is strange and allowed as it is', async () => {
    const search = '{"__proto__":{"x":1},"nul":"\\u0000","lone":"\\ud800","deep":' + '['.repeat(500) + ']'.repeat(500) + '}';
    const { id } = await save('ada', { ...VIEW, search });
    const { text } = await gateway.ask('/api/v1/views', { as: who['ada']! });
    expect(text).toContain('"__proto__":{"x":1},"nul":"\\u0000","lone":"\\ud800"');
    expect((await ask('ada', 'DELETE', `views/${id}`)).status).toBe(204);
  });

  it('are at most 200 a project', async () => {
    await owner.query(
      `INSERT INTO saved_views (project_id, person_id, name, page, search) SELECT 'full', (SELECT min(id) FROM people), 'v', 'live', '{}' FROM generate_series(1, 200)`,
    );
    const refused = await ask('ada', 'POST', 'views?project=full', VIEW);
    expect([refused.status, refused.body.detail]).toEqual([409, 'project full has 200 views already; delete one first']);
    expect((await ask('ada', 'POST', 'views', VIEW)).status).toBe(201);
  });

  it('make links of pages that show sums only', async () => {
    const { id } = await save('ada', { ...VIEW, page: 'events' });
    const refused = await ask('ada', 'POST', `views/${id}/links`, {});
    expect([refused.status, refused.body.detail]).toEqual([400, expect.stringMatching(/^page events shows more than sums/)]);
  });

  it('make links that stay as they are when the view is changed or deleted', async () => {
    const { id } = await save('ada', VIEW);
    const link = (await ask<LinkDto>('ada', 'POST', `views/${id}/links`, {})).body;
    await ask('ada', 'PATCH', `views/${id}`, { search: '{}', name: 'Wider' });
    await ask('ada', 'DELETE', `views/${id}`);
    const { body } = await ask<LinkDto[]>('ada', 'GET', 'links');
    expect(body.find((each) => each.id === link.id)).toMatchObject({ name: 'Swiss week', search: { period: '7d', filters: FILTERS }, createdBy: 'ada@example.com' });
  });
});
