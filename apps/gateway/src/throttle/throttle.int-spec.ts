import type { ProblemDto } from '@analytics/dto';
import { eventually, freshDatabase, startPrivateServices, type FreshDatabase, type PrivatePair } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { makeKey, makePerson, PASSWORD } from '../access/access.fixture.js';
import { addressesOf, EventStore, RunningGateway, type Asker } from '../gateway.fixture.js';

const LIMITS = { THROTTLE_READS: '20', THROTTLE_WRITES: '12', THROTTLE_SIGN_INS: '3' };

describe('limits', () => {
  let services: PrivatePair;
  let database: FreshDatabase;
  let store: EventStore;
  let maker: RunningGateway;
  let gateway: RunningGateway;
  let second: RunningGateway;

  beforeAll(async () => {
    // A Redis of its own: it is taken away in the end.
    services = await startPrivateServices();
    database = await freshDatabase(prepareDatabase);
    const addresses = addressesOf(database, services.redis.url);
    store = await EventStore.open({ ...database, redisUrl: services.redis.url }, ['demo']);
    maker = await RunningGateway.start(addresses);
    gateway = await RunningGateway.start({ ...addresses, ...LIMITS, TRUSTED_PROXIES: '1' });
    second = await RunningGateway.start({ ...addresses, ...LIMITS, TRUSTED_PROXIES: '1' });
  });
  afterAll(async () => {
    for (const each of [maker, gateway, second]) await each?.close();
    await store?.close();
    await database?.drop();
    await services?.stop();
  });

  let address = 0;
  /** Each spec comes from an address of its own. */
  const newAddress = (): Record<string, string> => ({ 'x-forwarded-for': `203.0.113.${++address}` });
  const newKey = async (): Promise<Asker> => makeKey(maker, 'demo', 'admin');
  /** Asks until it is refused. @returns how often it was not. */
  async function untilRefused(ask: (attempt: number) => Promise<{ status: number }>): Promise<number> {
    for (let attempt = 0; attempt < 60; attempt++) if ((await ask(attempt)).status === 429) return attempt;
    throw new Error('it was never refused');
  }
  const signIn = (email: string, headers: Record<string, string>, at = gateway) =>
    at.json<ProblemDto>('/api/v1/session', { method: 'POST', as: null, headers, body: { email, password: 'wrong' } });

  it('are shared by all gateways, and each caller has his own', async () => {
    const [as, another] = [await newKey(), await newKey()];
    expect(await untilRefused((attempt) => [gateway, second][attempt % 2]!.ask('/api/v1/projects', { as }))).toBe(20);
    expect((await second.ask('/api/v1/projects', { as: another })).status).toBe(200);
  });

  it('say when to come back', async () => {
    const as = await newKey();
    await untilRefused(() => gateway.ask('/api/v1/projects', { as }));
    const { status, headers, text } = await gateway.ask('/api/v1/events/recent', { as });
    const seconds = Number(headers.get('retry-after'));
    expect([status, seconds > 0, seconds <= 60]).toEqual([429, true, true]);
    expect(text).toContain(`more than 20 requests of this kind in a minute; try again in ${seconds} s`);
  });

  it('are others for changing than for reading', async () => {
    const as = await newKey();
    expect(await untilRefused(() => gateway.ask('/api/v1/projects/demo', { method: 'PATCH', as, body: { name: 'Demo' } }))).toBe(12);
    expect((await gateway.ask('/api/v1/projects', { as })).status).toBe(200);
  });

  it('hold for wrong keys by address, whatever the keys are', async () => {
    const headers = newAddress();
    expect(await untilRefused((attempt) => gateway.ask('/api/v1/projects', { as: { key: `ak_${attempt}` }, headers }))).toBe(20);
    expect((await gateway.ask('/api/v1/projects', { as: { key: 'ak_x' }, headers: newAddress() })).status).toBe(401);
  });

  it('let nobody guess a password, in either gateway, while others sign in', async () => {
    const headers = newAddress();
    await makePerson(maker, 'ada@example.com', 'viewer');
    expect(await untilRefused((attempt) => signIn(attempt % 2 ? 'ada@example.com' : 'ADA@example.com ', headers, [gateway, second][attempt % 2]))).toBe(3);
    const right = { method: 'POST', as: null, body: { email: 'ada@example.com', password: PASSWORD } };
    expect((await gateway.ask('/api/v1/session', { ...right, headers })).status).toBe(429);
    expect((await gateway.ask('/api/v1/session', { ...right, headers: newAddress() })).status).toBe(200);
    expect((await signIn('bob@example.com', headers)).status).toBe(401);
  });

  it('do not count the right password, and forgive no wrong one for it', async () => {
    const headers = newAddress();
    await makePerson(maker, 'often@example.com', 'viewer');
    const right = () => gateway.ask('/api/v1/session', { method: 'POST', as: null, headers, body: { email: 'often@example.com', password: PASSWORD } });
    for (let time = 0; time < 5; time++) expect((await right()).status).toBe(200);
    expect((await signIn('often@example.com', headers)).status).toBe(401);
    expect((await right()).status).toBe(200);
    expect(await untilRefused(() => signIn('often@example.com', headers))).toBe(2);
    expect((await right()).status).toBe(429);
  });

  it('hold for many e-mail addresses from one address too', async () => {
    const headers = newAddress();
    expect(await untilRefused((attempt) => signIn(`guess-${attempt}@example.com`, headers))).toBe(12);
  });

  it('never keep a probe from its answer', async () => {
    for (let attempt = 0; attempt < 30; attempt++) expect((await gateway.ask('/health', { as: null })).status).toBe(200);
  });

  it('are counted by each process while Redis is away: reading goes on, guessing does not', async () => {
    const [as, headers] = [await newKey(), newAddress()];
    await services.redis.kill();
    try {
      for (let attempt = 0; attempt < 10; attempt++) expect((await gateway.ask('/api/v1/projects', { as })).status).toBe(200);
      expect(await untilRefused(() => signIn('carol@example.com', headers))).toBe(3);
    } finally {
      await services.redis.start();
    }
    await eventually(async () => expect((await gateway.ask('/ready', { as: null })).status).toBe(200));
    await eventually(async () => expect((await signIn('carol@example.com', headers)).status).toBe(401));
  });
});
