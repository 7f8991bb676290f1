import type { LiveUpdate, Pulse, RecentEventsDto, SubscribeReply, SummaryDto } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, pageView, RunningGateway, subscribe, type LiveClient } from '../gateway.fixture.js';
import { MAX_SUBSCRIPTIONS } from './live-session.js';

const QUERIES = 'summary, realtime, hourly, timeseries, top, recent, pipeline, ledger, deadLetters';
const TOP_PARAMETERS = 'dimension, from, last, limit, project, to';
const PROJECT = 'project must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters';

describe('live feed', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start({ ...addressesOf(database, redisUrl), LIVE_MAX_CONNECTIONS: '12' });
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  afterEach(() => gateway.disconnectClients());

  const updatesOf = (client: LiveClient): LiveUpdate[] => {
    const updates: LiveUpdate[] = [];
    client.on('update', (update) => updates.push(update));
    return updates;
  };
  const first = (reply: SubscribeReply): LiveUpdate => {
    if (!reply.ok) throw new Error(reply.message.join('; '));
    return reply.update;
  };
  const storeAndTell = async (...events: ReturnType<typeof pageView>[]): Promise<void> => {
    await store.store(events);
    await store.tell(events);
  };

  it('answers a subscription with what REST answers, and pushes the new answer after a commit', async () => {
    const client = await gateway.connect();
    const updates = updatesOf(client);
    const answer = first(await subscribe(client, { id: 'numbers', query: 'summary' }));
    const rest = await gateway.json<SummaryDto>('/api/v1/metrics/summary');
    expect({ ...answer, data: { ...answer.data, asOf: '' } }).toEqual({ id: 'numbers', seq: 1, data: { ...rest.body, asOf: '' } });

    await storeAndTell(pageView());
    await eventually(() => {
      const last = updates.at(-1)?.data as SummaryDto | undefined;
      expect(last?.current.totalEvents).toBe(rest.body.current.totalEvents + 1);
    });
    expect(updates.map(({ id, seq }) => [id, seq])).toEqual(updates.map((_, index) => ['numbers', index + 2]));
  });

  it('pushes to every viewer of a question, and goes on for the others when one leaves', async () => {
    const [stays, leaves] = [await gateway.connect(), await gateway.connect()];
    const [seen, unseen] = [updatesOf(stays), updatesOf(leaves)];
    for (const client of [stays, leaves]) first(await subscribe(client, { id: 'a', query: 'recent', params: { limit: 1 } }));
    const event = pageView();
    await storeAndTell(event);
    const newest = (updates: LiveUpdate[]) => (updates.at(-1)?.data as RecentEventsDto | undefined)?.events[0]?.eventId;
    await eventually(() => expect([newest(seen), newest(unseen)]).toEqual([event.event_id, event.event_id]));

    leaves.disconnect();
    const next = pageView();
    await storeAndTell(next);
    await eventually(() => expect(newest(seen)).toBe(next.event_id));
    expect(newest(unseen)).toBe(event.event_id);
  });

  it('ends a subscription when asked to, even before its first answer, and replaces one of the same id', async () => {
    const client = await gateway.connect();
    const updates = updatesOf(client);
    const early = subscribe(client, { id: 'early', query: 'summary' });
    expect(await client.emitWithAck('unsubscribe', { id: 'early' })).toEqual({ ok: true });
    await early;
    const replaced = subscribe(client, { id: 'a', query: 'recent', params: { limit: 1 } });
    const stays = await subscribe(client, { id: 'a', query: 'recent', params: { limit: 2 } });
    await replaced;
    const count = first(stays);
    await storeAndTell(pageView());
    await eventually(() => expect(updates.length).toBeGreaterThan(0));
    expect(updates.every(({ id }) => id === 'a')).toBe(true);
    expect((updates[0]!.data as RecentEventsDto).events).toHaveLength(2);
    expect(updates[0]!.seq).toBe(count.seq + 1);
  });

  it.each([
    [undefined, ['subscribe takes an object with id, query and params']],
    [{}, ['id must be a text of 1 to 64 characters', 'query must be one of ' + QUERIES]],
    [{ id: 'x'.repeat(65), query: 'summary' }, ['id must be a text of 1 to 64 characters']],
    [{ id: 'a', query: '__proto__' }, ['query must be one of ' + QUERIES]],
    [{ id: 'a', query: 'summary', params: 'all' }, ['params must be an object of parameters']],
    [{ id: 'a', query: 'top', params: { limit: 0 } }, ['limit must be a whole number from 1 to 100']],
    [{ id: 'a', query: 'top', params: { limit: true } }, ['limit must be a whole number from 1 to 100']],
    [{ id: 'a', query: 'top', params: { toString: 'x' } }, ['toString is not a parameter; there are ' + TOP_PARAMETERS]],
    [{ id: 'a', query: 'summary', params: { project: { $ne: 1 } } }, [PROJECT]],
    [{ id: 'a', query: 'deadLetters', params: { before: 1e300 } }, ['before must be the id of a dead letter, a whole number from 1']],
    [{ id: 'a', query: 'deadLetters', params: { project: 'shop' } }, ['project shop does not exist; there are demo, self']],
    [{ id: 'a', query: 'summary', params: { project: 'shop' } }, ['project shop does not exist; there are demo, self']],
    [{ id: 'a', query: 'top', params: { last: '1h', to: '2026-01-01T00:00:00Z' } }, ['last must not be given together with from or to']],
  ])('refuses the subscription %j with what is wrong', async (message, expected) => {
    const client = await gateway.connect();
    expect(await subscribe(client, message)).toEqual({ ok: false, message: expected });
  });

  it('limits the subscriptions of a client', async () => {
    const client = await gateway.connect();
    for (let index = 0; index < MAX_SUBSCRIPTIONS; index++) first(await subscribe(client, { id: `s${index}`, query: 'summary' }));
    expect(await subscribe(client, { id: 'more', query: 'summary' })).toMatchObject({ ok: false });
    first(await subscribe(client, { id: 's0', query: 'realtime' }));
    const { text } = await gateway.get('/metrics');
    expect(text).toMatch(new RegExp(`gateway_live_subscriptions ${MAX_SUBSCRIPTIONS}\\b`));
  });

  it('sends a pulse every second with the newest acceptance of each project', async () => {
    const client = await gateway.connect();
    const pulses: Pulse[] = [];
    client.on('pulse', (pulse) => pulses.push(pulse));
    const event = pageView({ project_id: 'self' });
    await storeAndTell(event);
    await eventually(() => {
      expect(pulses.length).toBeGreaterThanOrEqual(2);
      expect(pulses.at(-1)!.newestReceivedAt['self']).toBe(Date.parse(event.received_at));
    });
  });

  it('cuts off a client that sends too many or too large messages', async () => {
    const many = await gateway.connect();
    for (let index = 0; index < 1000; index++) many.emit('unsubscribe', { id: 'a' }, () => undefined);
    await eventually(() => expect(many.connected).toBe(false));
    const large = await gateway.connect();
    large.emit('unsubscribe', { id: 'x'.repeat(70_000) }, () => undefined);
    await eventually(() => expect(large.connected).toBe(false));
  });

  it('refuses pages of other origins', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://localhost:4200.evil.example', 'http://localhost:1', 'https://localhost'])
      await expect(gateway.connect({ extraHeaders: { origin } })).rejects.toThrow();
    const image = await gateway.get('/socket.io/?EIO=4&transport=polling', { 'sec-fetch-site': 'cross-site' });
    expect([image.status, image.text]).toEqual([403, expect.stringContaining('may not use the live feed')]);
  });

  it('lets in pages of its own and of the listed origins', async () => {
    for (const origin of [gateway.url, gateway.url.replace('127.0.0.1', 'localhost'), 'http://localhost:4200']) {
      const client = await gateway.connect({ extraHeaders: { origin } });
      expect(client.connected).toBe(true);
      client.disconnect();
    }
  });

  it('has room for a limited number of clients', async () => {
    await expect(async () => {
      for (let index = 0; index < 13; index++) await gateway.connect();
    }).rejects.toThrow();
    gateway.disconnectClients();
    await eventually(async () => void (await gateway.connect()));
  });
});
