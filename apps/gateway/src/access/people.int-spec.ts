import type { PersonWithPasswordDto, ProblemDto } from '@analytics/dto';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, RunningGateway, type Asker } from '../gateway.fixture.js';
import { makePerson, PASSWORD } from './access.fixture.js';

describe('people', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeEach(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
  });
  afterEach(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const change = (id: number, body: object, as?: Asker) =>
    gateway.json<PersonWithPasswordDto & ProblemDto>(`/api/v1/people/${id}`, { method: 'PATCH', body, ...(as ? { as } : {}) });

  it('are made with a password of their own or one that is told once, and never shown with one', async () => {
    const made = await gateway.json<{ password: string }>('/api/v1/people', {
      method: 'POST',
      body: { email: 'ada@example.com', name: ' Ada ', role: 'viewer' },
    });
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ name: 'Ada', password: expect.stringMatching(/^[\w-]{20}$/) })]);
    await gateway.signIn('ada@example.com', made.body.password);
    const { text } = await gateway.get('/api/v1/people');
    expect(text).toContain('ada@example.com');
    expect(text).not.toMatch(/argon2|password|hash/i);
    const another = { method: 'POST', body: { email: 'ADA@example.com', name: 'Ada', role: 'admin' } };
    const again = await gateway.json<ProblemDto>('/api/v1/people', another);
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('exists already')]);
  });

  it('are known and changed by administrators only', async () => {
    const { id } = await makePerson(gateway, 'eve@example.com', 'viewer');
    const eve = await gateway.signIn('eve@example.com', PASSWORD);
    expect((await gateway.ask('/api/v1/people', { as: eve })).status).toBe(403);
    expect((await change(id, { role: 'admin' }, eve)).status).toBe(403);
    expect((await change(id, { role: 'admin' })).status).toBe(200);
    expect((await gateway.ask('/api/v1/people', { as: eve })).status).toBe(200);
  });

  it('lose their sessions when they are disabled or their password is reset', async () => {
    const { id } = await makePerson(gateway, 'bob@example.com', 'viewer');
    const statusOf = async (as: Asker) => (await gateway.ask('/api/v1/session', { as })).status;
    const first = await gateway.signIn('bob@example.com', PASSWORD);
    const { body } = await change(id, { resetPassword: true });
    expect(await statusOf(first)).toBe(401);
    const second = await gateway.signIn('bob@example.com', body.password!);
    await change(id, { disabled: true });
    expect(await statusOf(second)).toBe(401);
    await change(id, { disabled: false });
    expect(await statusOf(second)).toBe(401);
    await gateway.signIn('bob@example.com', body.password!);
  });

  it('always have an administrator among them who may sign in, also when two demote each other at once', async () => {
    const [one, two] = [await makePerson(gateway, 'one@example.com', 'admin'), await makePerson(gateway, 'two@example.com', 'admin')];
    const demoted = await Promise.all([change(one.id, { role: 'viewer' }), change(two.id, { disabled: true })]);
    expect(demoted.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = demoted.find(({ status }) => status === 409)!;
    expect(refused.body.detail).toBe('this is the last administrator who may sign in; make another one first');
  });

  it('answer 404 when there is none of this id', async () => {
    expect((await change(999, { disabled: true })).status).toBe(404);
    for (const id of ['0', '-1', 'x', '1e3', '%00'])
      expect((await gateway.ask(`/api/v1/people/${id}`, { method: 'PATCH', body: {} })).status).toBe(400);
  });
});
