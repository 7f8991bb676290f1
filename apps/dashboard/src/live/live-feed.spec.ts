/** @jest-environment node */
import type { RecentEventsDto } from '@analytics/dto';
import type { LiveRequest } from '../api/live-request.js';
import { LiveFeed } from './live-feed.js';
import { eventually, startLiveServer } from './live-server.fixture.js';

const recent: LiveRequest<'recent'> = { query: 'recent', params: { project: 'demo', limit: 10 } };
const answerAt = (asOf: string): RecentEventsDto => ({ asOf, events: [] });

describe('LiveFeed, on a real socket', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let received: [LiveRequest, unknown][];
  let feed: LiveFeed;
  let clock: number;

  beforeEach(async () => {
    server = await startLiveServer();
    received = [];
    clock = Date.UTC(2026, 0, 31, 12);
    feed = new LiveFeed(
      server.connect(),
      (request, answer) => received.push([request, answer]),
      () => clock,
    );
  });
  afterEach(() => server.close());

  const asOfs = () => received.map(([, answer]) => (answer as RecentEventsDto).asOf);
  const servedId = async (index = 0) => {
    await eventually(() => expect(feed.serves(recent)).toBe(true));
    return server.subscribed[index]?.id ?? '';
  };

  it('hands over the first answer with the acknowledgement, then every update', async () => {
    feed.watch(recent);
    const id = await servedId();
    expect(server.subscribed[0]).toEqual({ id, query: 'recent', params: { project: 'demo', limit: 10 } });
    server.push({ id, seq: 2, data: answerAt('2026-01-31T12:00:01.000Z') });
    await eventually(() => expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:01.000Z']));
  });

  it('asks once for all viewers of the same question, and one leaving does not silence the others', async () => {
    const leave = feed.watch(recent);
    feed.watch({ query: 'recent', params: { project: 'demo', limit: 10 } });
    const id = await servedId();
    leave();
    leave();
    server.push({ id, seq: 2, data: answerAt('2026-01-31T12:00:02.000Z') });
    await eventually(() => expect(asOfs()).toContain('2026-01-31T12:00:02.000Z'));
    expect(server.subscribed).toHaveLength(1);
    expect(server.unsubscribed).toEqual([]);
  });

  it('unsubscribes when the last viewer leaves', async () => {
    const leave = feed.watch(recent);
    const id = await servedId();
    leave();
    await eventually(() => expect(server.unsubscribed).toEqual([id]));
    expect(feed.serves(recent)).toBe(false);
  });

  it('renews every subscription after the connection broke', async () => {
    feed.watch(recent);
    feed.watch({ query: 'summary', params: { project: 'demo' } });
    await eventually(() => expect(server.subscribed).toHaveLength(2));
    await servedId();
    server.cut();
    await eventually(() => expect(server.subscribed).toHaveLength(4));
    await eventually(() => expect(feed.serves(recent)).toBe(true));
    expect(server.subscribed.slice(2).map(({ query }) => query)).toEqual(['recent', 'summary']);
  });

  it('does not claim to serve what the gateway refused', async () => {
    server.answerWith(() => ({ ok: false, message: ['limit must be a whole number from 1 to 200'] }));
    feed.watch(recent);
    await eventually(() => expect(server.subscribed).toHaveLength(1));
    server.pulse(clock);
    await eventually(() => expect(feed.snapshot().lastPulseAt).not.toBeNull());
    expect(feed.serves(recent)).toBe(false);
    expect(received).toEqual([]);
  });

  it('holds updates back while paused and hands over only the newest on resume', async () => {
    feed.watch(recent);
    const id = await servedId();
    feed.pause();
    server.push({ id, seq: 2, data: answerAt('2026-01-31T12:00:02.000Z') });
    server.push({ id, seq: 3, data: answerAt('2026-01-31T12:00:03.000Z') });
    server.pulse(clock);
    await eventually(() => expect(feed.snapshot().lastPulseAt).not.toBeNull());
    expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z']);
    feed.resume();
    expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:03.000Z']);
  });

  it("keeps the server's clock and the newest event of each project from the pulse", async () => {
    await eventually(() => expect(feed.snapshot().connectedAt).toBe(clock));
    server.pulse(clock + 90_000, { demo: clock + 89_000 });
    await eventually(() => expect(feed.snapshot().lastPulseAt).toBe(clock));
    expect(feed.snapshot().clockOffset).toBe(90_000);
    expect(feed.snapshot().newestReceivedAt).toEqual({ demo: clock + 89_000 });
  });

  it('serves an answer until the gateway says that it cannot read it, and again from the next update on', async () => {
    const request = { query: 'timeseries', params: { project: 'demo' }, window: { seconds: 1800, granularity: '10s' } } as const;
    feed.watch(request);
    await eventually(() => expect(feed.serves(request)).toBe(true));
    expect(server.subscribed[0]?.params).toEqual({ project: 'demo', granularity: '10s', last: '30m' });
    server.fail(server.subscribed[0]!.id);
    await eventually(() => expect(feed.serves(request)).toBe(false));
    server.push({ id: server.subscribed[0]!.id, seq: 2, data: { asOf: '2026-01-31T12:00:01.000Z', events: [] } });
    await eventually(() => expect(feed.serves(request)).toBe(true));
  });
});
