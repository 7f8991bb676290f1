import type { LiveFrame, PaintedMessage, PipelineDto, Pulse, SummaryDto, TimeseriesAnswerDto } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, pageView, RunningGateway, subscribe } from '../gateway.fixture.js';
import { MAX_SUBSCRIPTIONS } from './live-session.js';
import { LiveWatch } from './live-watch.fixture.js';

const QUESTIONS =
  'totals, timeseries, breakdown, heatmap, funnel, retention, paths, events, values, metrics/summary, metrics/realtime, metrics/hourly, ' +
  'metrics/timeseries, metrics/top, events/recent, pipeline, ledger, dead-letters';
const RESUME = 'resume must be the stream and number of a frame';
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

  const storeAndTell = async (...events: ReturnType<typeof pageView>[]): Promise<void> => {
    await store.store(events);
    await store.tell(events);
  };

  it('answers a subscription with what REST answers, and pushes what a commit changes as patches without a gap', async () => {
    const watch = await LiveWatch.open(await gateway.connect(), 'metrics/summary');
    // Their ranges move with the clock, so one of them may be of the next ten seconds.
    const rest = await eventually(async () => {
      const asked = await gateway.answer<SummaryDto>('metrics/summary');
      expect({ ...watch.answer, asOf: '' }).toEqual({ ...asked, asOf: '' });
      return asked;
    });
    await storeAndTell(pageView());
    await eventually(() => expect(watch.answer.current.totalEvents).toBe(rest.current.totalEvents + 1));
    expect(watch.frames.every((frame) => 'patch' in frame)).toBe(true);
    expect(watch.gaps).toBe(0);
  });

  it('tells of a frame when the newest commit was stored that it shows for the first time, and when it was pushed', async () => {
    const watch = await LiveWatch.open(await gateway.connect(), 'events/recent', { limit: 1 });
    const before = Date.now();
    const event = pageView({ timestamp: new Date(before - 500).toISOString() });
    await storeAndTell(event);
    await eventually(() => expect(watch.answer.events[0]?.eventId).toBe(event.event_id));
    const { storedAt, createdAt, pushedAt } = watch.frames.find(({ storedAt }) => storedAt !== null)!;
    expect(createdAt).toBe(before - 500);
    expect(storedAt).toBeGreaterThanOrEqual(before);
    expect(pushedAt).toBeGreaterThanOrEqual(storedAt!);
  });

  it('pushes to every viewer of a question, and goes on for the others when one of three leaves', async () => {
    const clients = [await gateway.connect(), await gateway.connect(), await gateway.connect()];
    const [first, leaves, last] = await Promise.all(clients.map((client) => LiveWatch.open(client, 'events/recent', { limit: 1 })));
    const newest = () => [first, leaves, last].map((watch) => watch!.answer.events[0]?.eventId);
    const event = pageView();
    await storeAndTell(event);
    await eventually(() => expect(newest()).toEqual([event.event_id, event.event_id, event.event_id]));
    clients[1]!.disconnect();
    const next = pageView();
    await storeAndTell(next);
    await eventually(() => expect(newest()).toEqual([next.event_id, event.event_id, next.event_id]));
    expect(new Set([first, leaves, last].map((watch) => watch!.state!.stream)).size).toBe(1);
  });

  it('ends a subscription when asked to, even before its first answer, and replaces one of the same id', async () => {
    const client = await gateway.connect();
    const frames: LiveFrame[] = [];
    client.on('frame', (frame) => frames.push(frame));
    const early = subscribe(client, { id: 'early', question: 'metrics/summary' });
    expect(await client.emitWithAck('unsubscribe', { id: 'early' })).toEqual({ ok: true });
    await early;
    const replaced = subscribe(client, { id: 'a', question: 'events/recent', params: { limit: 1 } });
    const watch = await LiveWatch.open(client, 'events/recent', { limit: 2 });
    await replaced;
    await storeAndTell(pageView());
    await eventually(() => expect(watch.frames.length).toBeGreaterThan(0));
    expect(frames.every(({ id }) => id === 'a')).toBe(true);
    expect(watch.answer.events).toHaveLength(2);
    expect(watch.gaps).toBe(0);
  });

  it('reads, for a series, only where something changed', async () => {
    const at = (minutesAgo: number): string => new Date(Math.floor(Date.now() / 60_000 - minutesAgo) * 60_000).toISOString();
    const params = { project: 'self', metrics: 'events,users', granularity: '1m', from: at(120), to: at(60) };
    const watch = await LiveWatch.open(await gateway.connect(), 'timeseries', params);
    await storeAndTell(pageView({ project_id: 'self', timestamp: at(90) }), pageView({ project_id: 'self', timestamp: at(70) }));
    await eventually(() => expect(watch.answer.buckets.filter(({ values }) => values[0] === 1)).toHaveLength(2));
    const patches = watch.frames.map((frame) => ('patch' in frame ? Object.keys(frame.patch.lists['buckets']?.set ?? {}) : frame));
    expect(patches.flat()).toHaveLength(2);
    const rest = await gateway.answer<TimeseriesAnswerDto>(`timeseries?${new URLSearchParams(params).toString()}`);
    expect(watch.answer.buckets).toEqual(rest.buckets);
  });

  it.each([
    [undefined, ['subscribe takes an object with id, question, params and resume']],
    [{}, ['id must be a text of 1 to 64 characters', 'question must be one of ' + QUESTIONS]],
    [{ id: 'x'.repeat(65), question: 'metrics/summary' }, ['id must be a text of 1 to 64 characters']],
    [{ id: 'a', question: '__proto__' }, ['question must be one of ' + QUESTIONS]],
    [{ id: 'a', question: 'metrics/summary', params: 'all' }, ['params must be an object of parameters']],
    [{ id: 'a', question: 'metrics/top', params: { limit: 0 } }, ['limit must be a whole number from 1 to 100']],
    [{ id: 'a', question: 'metrics/top', params: { limit: true } }, ['limit must be a whole number from 1 to 100']],
    [{ id: 'a', question: 'metrics/top', params: { toString: 'x' } }, ['toString is not a parameter; there are ' + TOP_PARAMETERS]],
    [{ id: 'a', question: 'metrics/summary', params: { project: { $ne: 1 } } }, [PROJECT]],
    [{ id: 'a', question: 'dead-letters', params: { before: 1e300 } }, ['before must be the id of a dead letter, a whole number from 1']],
    [{ id: 'a', question: 'dead-letters', params: { project: 'shop' } }, ['project shop does not exist; there are demo, self']],
    [{ id: 'a', question: 'metrics/summary', params: { project: 'shop' } }, ['project shop does not exist; there are demo, self']],
    [{ id: 'a', question: 'metrics/top', params: { last: '1h', to: '2026-01-01T00:00:00Z' } }, ['last must not be given together with from or to']],
    [{ id: 'a', question: 'totals', params: { metrics: 'clicks' } }, [expect.stringContaining('metrics must name metrics')]],
    [{ id: 'a', question: 'totals', resume: 7 }, [RESUME]],
    [{ id: 'a', question: 'totals', resume: { stream: 'x', number: -1 } }, [RESUME]],
    [{ id: 'a', question: 'totals', resume: { stream: 'x'.repeat(65), number: 1e300 } }, [RESUME, RESUME]],
  ])('refuses the subscription %j with what is wrong', async (message, expected) => {
    const client = await gateway.connect();
    const reply = await subscribe(client, message);
    expect(reply.ok ? reply : reply.problem.detail).toEqual(expected.length === 1 ? expected[0] : expected.join('; '));
  });

  it('limits the subscriptions of a client', async () => {
    const client = await gateway.connect();
    for (let index = 0; index < MAX_SUBSCRIPTIONS; index++)
      expect(await subscribe(client, { id: `s${index}`, question: 'metrics/summary' })).toMatchObject({ ok: true });
    expect(await subscribe(client, { id: 'more', question: 'metrics/summary' })).toMatchObject({ ok: false, problem: { status: 409 } });
    expect(await subscribe(client, { id: 's0', question: 'metrics/realtime' })).toMatchObject({ ok: true });
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

  it('asks of many clients two at a time, in turns, to report what they painted', async () => {
    const heard = new Map<number, boolean[]>();
    const asked = new Set<number>();
    for (let index = 0; index < 3; index++)
      (await gateway.connect()).on('pulse', ({ at, report }) => {
        heard.set(at, [...(heard.get(at) ?? []), report]);
        if (report) asked.add(index);
      });
    await eventually(() => {
      const whole = [...heard.values()].filter(({ length }) => length === 3);
      expect(whole.length).toBeGreaterThanOrEqual(2);
      for (const reports of whole) expect(reports.filter(Boolean)).toHaveLength(2);
      expect(asked.size).toBe(3);
    });
  });

  it('tells its clock, and the times of hops that it and browsers measured, as far as they are possible', async () => {
    const client = await gateway.connect();
    const before = Date.now();
    const { at } = await client.emitWithAck('clock');
    expect([at >= before, at <= Date.now()]).toEqual([true, true]);
    const strange = [-1, 60_001, NaN, '5'].map((sincePushed) => [{ sincePushed, sinceCreated: null }]);
    const many = Array.from({ length: 21 }, () => ({ sincePushed: 1, sinceCreated: 1 }));
    for (const message of [undefined, 'x', {}, ...[[], many, ...strange].map((samples) => ({ samples }))])
      client.emit('painted', message as PaintedMessage);
    await client.emitWithAck('clock');
    const hops = async () => (await gateway.answer<PipelineDto>('pipeline')).hops;
    expect(await hops()).toMatchObject({ pushedToPainted: null, createdToPainted: null });
    // The second is too soon after the first.
    client.emit('painted', { samples: [{ sincePushed: 30, sinceCreated: null }, { sincePushed: 30, sinceCreated: 500 }] });
    client.emit('painted', { samples: [{ sincePushed: 9_000, sinceCreated: null }] });
    await client.emitWithAck('clock');
    expect((await hops()).pushedToPainted!.p99).toBeCloseTo(30, 0);
    expect((await hops()).createdToPainted!.p50).toBeCloseTo(500, -1);
    await store.report({ arrivalMs: { p50: 1, p95: 5, p99: 9 } });
    await eventually(async () => expect(await hops()).toMatchObject({ createdToAccepted: { p95: 5 }, acceptedToStored: { p95: 2 } }));
    expect((await hops()).storedToPushed!.p99).toBeGreaterThanOrEqual(0);
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
