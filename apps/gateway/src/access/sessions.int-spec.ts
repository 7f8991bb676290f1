import type { OpenSessionDto, ProblemDto, SessionDto } from '@analytics/dto';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { createPool, prepareDatabase } from '@analytics/timescale';
import { makePerson, PASSWORD } from './access.fixture.js';
import { addressesOf, EventStore, RunningGateway, type Asker } from '../gateway.fixture.js';

const WRONG = 'the e-mail address or the password is wrong';

describe('sessions', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let owner: ReturnType<typeof createPool>;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'sessions-spec' });
  });
  afterAll(async () => {
    await owner?.end();
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const statusAs = async (as: Asker): Promise<number> => (await gateway.ask('/api/v1/session', { as })).status;
  const trySignIn = (body: unknown) => gateway.json<ProblemDto>('/api/v1/session', { method: 'POST', as: null, body });
  const changePassword = (as: Asker, currentPassword: string, newPassword: string) =>
    gateway.json<ProblemDto>('/api/v1/session/password', { method: 'POST', as, body: { currentPassword, newPassword } });

  it('begin with an e-mail address in any case and the password, and tell who that is', async () => {
    await makePerson(gateway, 'Ada@Example.com', 'viewer');
    const as = await gateway.signIn('ADA@example.com', PASSWORD);
    const { status, body } = await gateway.json<SessionDto>('/api/v1/session', { as });
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'person', email: 'ada@example.com', role: 'viewer', project: null });
    expect(body.projects.map(({ id }) => id)).toEqual(['demo', 'self']);
  });

  it('are kept in a cookie that scripts and other sites cannot use, secure behind https', async () => {
    await makePerson(gateway, 'cookie@example.com', 'viewer');
    const cookieOf = async (headers: Record<string, string>): Promise<string> => {
      const body = { email: 'cookie@example.com', password: PASSWORD };
      return (await gateway.ask('/api/v1/session', { method: 'POST', as: null, body, headers })).headers.get('set-cookie') ?? '';
    };
    expect(await cookieOf({})).toMatch(/^analytics_session=st_[\w-]{32}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await cookieOf({ 'x-forwarded-proto': 'https' })).toMatch(/; Secure/);
  });

  it('are kept in the database as hashes only', async () => {
    await makePerson(gateway, 'hash@example.com', 'viewer');
    const { cookie } = await gateway.signIn('hash@example.com', PASSWORD);
    const { rows } = await owner.query('SELECT sessions.*::text AS row FROM sessions UNION ALL SELECT people.*::text FROM people');
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
    expect(JSON.stringify(rows)).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
  });

  it('are refused in the same words whatever is wrong, and so are those of disabled people', async () => {
    const { id } = await makePerson(gateway, 'gone@example.com', 'viewer');
    await gateway.json(`/api/v1/people/${id}`, { method: 'PATCH', body: { disabled: true } });
    for (const body of [
      { email: 'gone@example.com', password: PASSWORD },
      { email: 'gone@example.com', password: 'another' },
      { email: 'nobody@example.com', password: PASSWORD },
    ]) {
      const refused = await trySignIn(body);
      expect([refused.status, refused.body.detail]).toEqual([401, WRONG]);
    }
  });

  it('take as long to be refused for an unknown e-mail address as for a wrong password', async () => {
    await makePerson(gateway, 'slow@example.com', 'viewer');
    const least = { 'slow@example.com': Infinity, 'nobody@example.com': Infinity };
    // By turns, and the least of each: what else the machine does meanwhile then weighs on both alike, or not at all.
    for (let turn = 0; turn < 9; turn++)
      for (const email of ['slow@example.com', 'nobody@example.com'] as const) {
        const startedAt = performance.now();
        await trySignIn({ email, password: 'another' });
        least[email] = Math.min(least[email], performance.now() - startedAt);
      }
    // A look-up alone takes a tenth of what argon2 takes.
    expect(least['nobody@example.com'] / least['slow@example.com']).toBeGreaterThan(0.3);
  });

  it('end by signing out, and only that one', async () => {
    await makePerson(gateway, 'two@example.com', 'viewer');
    const [here, there] = [await gateway.signIn('two@example.com', PASSWORD), await gateway.signIn('two@example.com', PASSWORD)];
    const { status, headers } = await gateway.ask('/api/v1/session', { method: 'DELETE', as: here });
    expect([status, headers.get('set-cookie')]).toEqual([204, expect.stringMatching(/^analytics_session=; Max-Age=0;/)]);
    expect([await statusAs(here), await statusAs(there)]).toEqual([401, 200]);
  });

  it('are listed to their person alone, who may end each of them', async () => {
    await makePerson(gateway, 'many@example.com', 'viewer');
    await makePerson(gateway, 'curious@example.com', 'admin');
    const [here, there] = [await gateway.signIn('many@example.com', PASSWORD), await gateway.signIn('many@example.com', PASSWORD)];
    const curious = await gateway.signIn('curious@example.com', PASSWORD);
    const sessions = async (as: { cookie: string }) => (await gateway.json<OpenSessionDto[]>('/api/v1/sessions', { as })).body;
    const other = (await sessions(here)).find(({ current }) => !current)!;
    expect([(await sessions(here)).length, (await sessions(curious)).length]).toEqual([2, 1]);
    expect((await sessions(there)).find(({ id }) => id === other.id)).toMatchObject({ current: true, userAgent: expect.any(String) });
    const end = async (id: string, as: { cookie: string }) => (await gateway.ask(`/api/v1/sessions/${id}`, { method: 'DELETE', as })).status;
    expect([await end(other.id, curious), await end('', here), await end('%25', here), await statusAs(there)]).toEqual([404, 404, 404, 200]);
    expect([await end(other.id, here), await statusAs(there), await statusAs(here)]).toEqual([204, 401, 200]);
  });

  it('end everywhere else when the password is changed, which needs the current one', async () => {
    await makePerson(gateway, 'change@example.com', 'viewer');
    const [here, there] = [await gateway.signIn('change@example.com', PASSWORD), await gateway.signIn('change@example.com', PASSWORD)];
    expect((await changePassword(here, 'another', 'a new password')).status).toBe(403);
    expect((await changePassword(here, PASSWORD, 'short')).body.detail).toBe('newPassword must be a text of 12 to 128 characters');
    expect(await statusAs(there)).toBe(200);
    expect((await changePassword(here, PASSWORD, 'a new password')).status).toBe(204);
    expect([await statusAs(here), await statusAs(there)]).toEqual([200, 401]);
    expect((await trySignIn({ email: 'change@example.com', password: PASSWORD })).status).toBe(401);
    await gateway.signIn('change@example.com', 'a new password');
  });

  it.each([
    ['30 days after it began', `expires_at = now() - interval '1 second'`],
    ['after 7 days without use', `last_seen_at = now() - interval '7 days 1 second'`],
  ])('end %s', async (_, past) => {
    const { id, email } = await makePerson(gateway, `old-${past.length}@example.com`, 'viewer');
    const as = await gateway.signIn(email, PASSWORD);
    expect(await statusAs(as)).toBe(200);
    await owner.query(`UPDATE sessions SET ${past} WHERE person_id = $1`, [id]);
    expect(await statusAs(as)).toBe(401);
  });

  it('last 30 days, and are renewed by use', async () => {
    const { id, email } = await makePerson(gateway, 'long@example.com', 'viewer');
    const as = await gateway.signIn(email, PASSWORD);
    await owner.query(`UPDATE sessions SET last_seen_at = now() - interval '6 days' WHERE person_id = $1`, [id]);
    expect(await statusAs(as)).toBe(200);
    const { rows } = await owner.query<{ days: number; idle: number }>(
      `SELECT round(extract(epoch FROM expires_at - created_at) / 86400)::int AS days, extract(epoch FROM now() - last_seen_at)::int AS idle
         FROM sessions WHERE person_id = $1`,
      [id],
    );
    expect(rows[0]).toEqual({ days: 30, idle: expect.any(Number) });
    expect(rows[0]!.idle).toBeLessThan(60);
  });

  it('cannot be begun by pages of other origins', async () => {
    const body = { email: 'ada@example.com', password: PASSWORD };
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign)
      expect((await gateway.ask('/api/v1/session', { method: 'POST', as: null, body, headers })).status).toBe(403);
  });

  it('belong to people: a key is told what it is, and has none to end', async () => {
    const { body } = await gateway.json<SessionDto>('/api/v1/session');
    expect(body).toMatchObject({ kind: 'key', email: null, role: 'admin', project: null });
    expect((await gateway.ask('/api/v1/session', { method: 'DELETE' })).status).toBe(403);
  });
});
