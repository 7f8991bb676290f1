/** @jest-environment node */
import type { PatchFrame, RecentEventsDto } from '@analytics/dto';
import { questionOf, type LiveQuestion } from '../api/live-request.js';
import { LiveFeed } from './live-feed.js';
import { eventually, patchOf, problemOf, snapshotOf, startLiveServer } from './live-server.fixture.js';

const recent = questionOf({ query: 'recent', params: { project: 'demo', limit: 10 } });
const summary = questionOf({ query: 'summary', params: { project: 'demo' } });
const answerAt = (asOf: string): RecentEventsDto => ({ asOf, events: [] });

describe('LiveFeed, on a real socket', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let received: [Pick<LiveQuestion, 'key'>, unknown][];
  let feed: LiveFeed;
  let clock: number;

  beforeEach(async () => {
    server = await startLiveServer();
    received = [];
    clock = Date.UTC(2026, 0, 31, 12);
    feed = new LiveFeed(
      server.connect(),
      (question, answer) => received.push([question, answer]),
      () => clock,
      () => undefined,
      (callback) => callback(),
    );
  });
  afterEach(() => server.close());

  const asOfs = () => received.map(([, answer]) => (answer as RecentEventsDto).asOf);
  const servedId = async (index = 0) => {
    await eventually(() => expect(feed.serves(recent)).toBe(true));
    return server.subscribed[index]?.id ?? '';
  };

  it('hands over the first answer with the acknowledgement, then what every frame makes of it', async () => {
    feed.watch(recent);
    const id = await servedId();
    expect(server.subscribed[0]).toEqual({ id, question: 'events/recent', params: { project: 'demo', limit: 10 } });
    server.push(patchOf(id, answerAt('2026-01-31T12:00:01.000Z'), 2));
    await eventually(() => expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:01.000Z']));
  });

  it('asks once for all viewers of the same question, and one leaving does not silence the others', async () => {
    const leave = feed.watch(recent);
    feed.watch(questionOf({ query: 'recent', params: { project: 'demo', limit: 10 } }));
    const id = await servedId();
    leave();
    leave();
    server.push(patchOf(id, answerAt('2026-01-31T12:00:02.000Z'), 2));
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

  it('renews every subscription after the connection broke, from the state that it has', async () => {
    feed.watch(recent);
    feed.watch(summary);
    await eventually(() => expect(server.subscribed).toHaveLength(2));
    await servedId();
    server.cut();
    await eventually(() => expect(server.subscribed).toHaveLength(4));
    await eventually(() => expect(feed.serves(recent)).toBe(true));
    expect(server.subscribed.slice(2).map(({ question }) => question)).toEqual(['events/recent', 'metrics/summary']);
    expect(server.subscribed[2]?.resume).toEqual({ stream: 'stream', number: 1 });
  });

  it('does not claim to serve what the gateway refused', async () => {
    server.answerWith(() => ({ ok: false, problem: problemOf('limit must be a whole number from 1 to 200') }));
    feed.watch(recent);
    await eventually(() => expect(server.subscribed).toHaveLength(1));
    server.pulse(clock);
    await eventually(() => expect(feed.snapshot().lastPulseAt).not.toBeNull());
    expect(feed.serves(recent)).toBe(false);
    expect(received).toEqual([]);
  });

  it('holds frames back while paused and hands over only the newest on resume', async () => {
    feed.watch(recent);
    const id = await servedId();
    feed.pause();
    server.push(patchOf(id, answerAt('2026-01-31T12:00:02.000Z'), 2));
    server.push(patchOf(id, answerAt('2026-01-31T12:00:03.000Z'), 3));
    server.pulse(clock);
    await eventually(() => expect(feed.snapshot().lastPulseAt).not.toBeNull());
    expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z']);
    feed.resume();
    expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:03.000Z']);
  });

  it('does not apply a frame that does not follow, and asks for what is missing with what it has', async () => {
    feed.watch(recent);
    const id = await servedId();
    server.answerWith(() => ({ ok: true, frame: { ...patchOf(id, answerAt('2026-01-31T12:00:07.000Z'), 7), from: 1 } as PatchFrame }));
    server.push(patchOf(id, answerAt('2026-01-31T12:00:06.000Z'), 6));
    await eventually(() => expect(asOfs()).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:07.000Z']));
    expect(server.subscribed[1]?.resume).toEqual({ stream: 'stream', number: 1 });
  });

  it('applies no frame twice', async () => {
    feed.watch(recent);
    const id = await servedId();
    const frame = patchOf(id, answerAt('2026-01-31T12:00:01.000Z'), 2);
    server.push(frame);
    server.push(frame);
    server.push(patchOf(id, answerAt('2026-01-31T12:00:02.000Z'), 3));
    await eventually(() => expect(asOfs().at(-1)).toBe('2026-01-31T12:00:02.000Z'));
    expect(asOfs()).toHaveLength(3);
    expect(server.subscribed).toHaveLength(1);
  });

  it('takes the snapshot of another stream for the whole truth', async () => {
    feed.watch(recent);
    const id = await servedId();
    server.answerWith(() => ({ ok: true, frame: { ...snapshotOf(id, answerAt('2026-01-31T13:00:00.000Z')), stream: 'another' } }));
    server.cut();
    await eventually(() => expect(asOfs().at(-1)).toBe('2026-01-31T13:00:00.000Z'));
  });

  it('reports, when it is asked to, how soon frames with something new were painted, by the clock of the server', async () => {
    server.setClock(() => clock + 90_000);
    const ended = feed.watch(recent);
    const id = await servedId();
    await eventually(() => expect(feed.snapshot().clockOffset).toBe(90_000));
    const stored = { storedAt: clock + 89_000, createdAt: clock + 88_000, pushedAt: clock + 89_970 };
    server.push({ ...patchOf(id, answerAt('2026-01-31T12:00:00.000Z'), 2), ...stored, pushedAt: clock + 89_900 });
    server.pulse(clock);
    server.push({ ...patchOf(id, answerAt('2026-01-31T12:00:01.000Z'), 3), ...stored });
    server.push(patchOf(id, answerAt('2026-01-31T12:00:02.000Z'), 4));
    await eventually(() => expect(asOfs()).toHaveLength(4));
    server.pulse(clock, {}, true);
    await eventually(() => expect(server.painted).toEqual([{ samples: [{ sincePushed: 30, sinceCreated: 2000 }] }]));
    ended();
  });

  it("keeps the server's clock, and from the pulse the newest event of each project", async () => {
    server.setClock(() => clock + 90_000);
    server.cut();
    await eventually(() => expect(feed.snapshot().clockOffset).toBe(90_000));
    server.pulse(clock, { demo: clock + 89_000 });
    await eventually(() => expect(feed.snapshot().lastPulseAt).toBe(clock));
    expect(feed.snapshot().newestReceivedAt).toEqual({ demo: clock + 89_000 });
  });

  it('serves an answer until the gateway says that it cannot read it, and again from the next frame on', async () => {
    const request = questionOf({ query: 'timeseries', params: { project: 'demo' }, window: { seconds: 1800, granularity: '10s' } });
    feed.watch(request);
    await eventually(() => expect(feed.serves(request)).toBe(true));
    expect(server.subscribed[0]?.params).toEqual({ project: 'demo', granularity: '10s', last: '30m' });
    server.fail(server.subscribed[0]!.id);
    await eventually(() => expect(feed.serves(request)).toBe(false));
    server.push(patchOf(server.subscribed[0]!.id, { asOf: '2026-01-31T12:00:01.000Z' }, 2));
    await eventually(() => expect(feed.serves(request)).toBe(true));
  });
});
