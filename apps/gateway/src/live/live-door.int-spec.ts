import type { Pulse } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { makeKey, makePerson, PASSWORD } from '../access/access.fixture.js';
import { addressesOf, EventStore, pageView, RunningGateway, subscribe, type LiveClient } from '../gateway.fixture.js';
import { LiveWatch } from './live-watch.fixture.js';

describe("the live feed's door", () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let other: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    other = await RunningGateway.start(addressesOf(database, redisUrl));
    await store.store([pageView(), pageView({ project_id: 'self' }), pageView({ project_id: 'self' })]);
  });
  afterAll(async () => {
    await gateway?.close();
    await other?.close();
    await store?.close();
    await database?.drop();
  });
  afterEach(() => gateway.disconnectClients());

  const byCookie = (cookie: string): Promise<LiveClient> => gateway.connect({ auth: {}, extraHeaders: { cookie } });
  const byKey = (key: unknown): Promise<LiveClient> => gateway.connect({ auth: { key } });

  it.each([
    ['nothing', {}],
    ['an unknown key', { auth: { key: 'ak_unknown' } }],
    ['a key that is none', { auth: { key: { $ne: '' } } }],
    ['an endless key', { auth: { key: 'a'.repeat(50_000) } }],
    ['an unknown session', { extraHeaders: { cookie: 'analytics_session=st_unknown' } }],
    ['a key in the address', { query: { key: 'ak_for-everything-in-specs-00000000' } }],
  ])('refuses who shows %s, and tells what to do', async (_, options) => {
    const refusal = gateway.connect({ auth: {}, ...options });
    await expect(refusal).rejects.toMatchObject({ message: expect.stringMatching(/^sign in, or send a key/), data: { status: 401 } });
  });

  it('refuses an ingest key', async () => {
    await expect(byKey((await makeKey(gateway, 'self', 'ingest')).key)).rejects.toMatchObject({ data: { status: 401 } });
  });

  it('lets in who has a session, until it is ended', async () => {
    await makePerson(gateway, 'ada@example.com', 'viewer');
    const as = await gateway.signIn('ada@example.com', PASSWORD);
    const [here, stays] = [await byCookie(as.cookie), await byCookie((await gateway.signIn('ada@example.com', PASSWORD)).cookie)];
    expect(await subscribe(here, { id: 'a', question: 'pipeline' })).toMatchObject({ ok: true });
    await gateway.ask('/api/v1/session', { method: 'DELETE', as });
    await eventually(() => expect(here.connected).toBe(false), { timeoutMs: 3_000 });
    expect(stays.connected).toBe(true);
    await expect(byCookie(as.cookie)).rejects.toMatchObject({ data: { status: 401 } });
  });

  it('puts out who is disabled', async () => {
    const { id } = await makePerson(gateway, 'bob@example.com', 'viewer');
    const client = await byCookie((await gateway.signIn('bob@example.com', PASSWORD)).cookie);
    await gateway.ask(`/api/v1/people/${id}`, { method: 'PATCH', body: { disabled: true } });
    await eventually(() => expect(client.connected).toBe(false), { timeoutMs: 3_000 });
  });

  it('puts out whose key is revoked: at once where that was asked for, within ten seconds elsewhere', async () => {
    const { key, id } = await makeKey(gateway, 'self', 'read');
    const [here, there] = [await byKey(key), await other.connect({ auth: { key } })];
    await gateway.ask(`/api/v1/projects/self/keys/${id}`, { method: 'DELETE' });
    await eventually(() => expect(here.connected).toBe(false), { timeoutMs: 3_000 });
    await eventually(() => expect(there.connected).toBe(false), { timeoutMs: 15_000 });
  });

  it('lets a key of a project follow that project, named or not, and nothing else', async () => {
    const client = await byKey((await makeKey(gateway, 'self', 'read')).key);
    const pulses: Pulse[] = [];
    client.on('pulse', (pulse) => pulses.push(pulse));
    for (const params of [{}, { project: 'self' }]) {
      expect((await LiveWatch.open(client, 'metrics/summary', params)).answer.current.totalEvents).toBe(2);
    }
    const refused = { ok: false, problem: { status: 403, detail: 'this key is of project self; leave project out, or use another key' } };
    for (const project of ['demo', '', ['self'], { $ne: 1 }])
      expect(await subscribe(client, { id: 'b', question: 'dead-letters', params: { project } })).toMatchObject(refused);
    expect(await subscribe(client, { id: 'b', question: 'pipeline' })).toMatchObject({ ok: false, problem: { detail: expect.stringContaining('all projects') } });
    await eventually(() => expect(pulses.at(-1)?.newestReceivedAt).toEqual({ self: expect.any(Number) }));
  });

  it('answers a thousand unknown namespaces and strange messages by going on', async () => {
    const client = await gateway.connect();
    for (const event of ['connect_error', '__proto__', 'constructor', 'toString', 'error']) client.io.engine.write(`42${JSON.stringify([event, {}])}`);
    for (const packet of ['451-["subscribe",{"_placeholder":true,"num":9}]', '4', '42', '42{}', '40/nowhere,', '99', '\u0000'])
      client.io.engine.write(packet);
    const healthy = await gateway.connect();
    expect(await subscribe(healthy, { id: 'a', question: 'metrics/summary' })).toMatchObject({ ok: true });
    expect((await gateway.ask('/socket.io/?EIO=3&transport=polling', { as: null })).status).toBe(400);
  });
});
