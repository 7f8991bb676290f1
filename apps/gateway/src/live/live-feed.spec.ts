import { CountingQuery, commit, ManualClock, Screen, settle } from './live-feed.fixture.js';
import { LiveFeed } from './live-feed.js';
import type { LiveQuery } from './live-query.js';

describe('LiveFeed', () => {
  let clock: ManualClock;
  let feed: LiveFeed;
  let outages: unknown[];
  let recoveries: number;

  beforeEach(() => {
    clock = new ManualClock();
    outages = [];
    recoveries = 0;
    feed = new LiveFeed({ clock, keepMs: 90_000, onOutage: (error) => outages.push(error), onRecovery: () => recoveries++ });
  });
  afterEach(() => feed.close());

  const watch = async (query: LiveQuery): Promise<{ screen: Screen; leave: () => void }> => {
    const screen = new Screen();
    const leave = feed.subscribe(query, screen);
    await settle();
    return { screen, leave };
  };

  it('reads an answer once for all who look at it', async () => {
    const query = new CountingQuery();
    const viewers = [await watch(query), await watch(query), await watch(query)];
    expect(query.reads).toBe(1);
    await clock.pass(300);
    feed.changed(commit());
    await settle();
    expect(query.reads).toBe(2);
    for (const { screen } of viewers) expect(screen.shown).toEqual([{ reads: 1 }, { reads: 2 }]);
  });

  it('gives a first answer that is being read to those who come meanwhile', async () => {
    const query = new CountingQuery();
    query.holdNext();
    const first = await watch(query);
    const second = await watch(query);
    query.finish();
    await settle();
    expect(query.reads).toBe(1);
    expect([first.screen.shown, second.screen.shown]).toEqual([[{ reads: 1 }], [{ reads: 1 }]]);
  });

  it('shows the first change at once and reads at most four times a second after that', async () => {
    const query = new CountingQuery();
    const { screen } = await watch(query);
    await clock.pass(1000);
    feed.changed(commit());
    await settle();
    expect(screen.shown).toHaveLength(2);
    const before = query.reads;
    for (let change = 0; change < 100; change++) {
      feed.changed(commit());
      await clock.pass(10);
    }
    expect(query.reads - before).toBe(4);
  });

  it('shows the last of a burst of changes although nothing comes after it', async () => {
    const query = new CountingQuery();
    const { screen } = await watch(query);
    feed.changed(commit());
    feed.changed(commit());
    expect(screen.shown).toHaveLength(1);
    await clock.pass(250);
    expect(screen.shown).toHaveLength(2);
  });

  it('never reads a question twice at once, and reads again what changed during a read', async () => {
    const query = new CountingQuery();
    const { screen } = await watch(query);
    await clock.pass(300);
    query.holdNext();
    feed.changed(commit());
    await settle();
    feed.changed(commit());
    await clock.pass(2000);
    expect(query.reads).toBe(2);
    query.finish();
    await clock.pass(10_000);
    expect(query.mostAtOnce).toBe(1);
    expect(screen.shown.at(-1)).toEqual({ reads: query.reads });
    expect(query.reads).toBeGreaterThan(2);
  });

  it('rests at least four times as long as a read takes', async () => {
    const query = new CountingQuery();
    query.holdNext();
    await watch(query);
    await clock.pass(500);
    query.finish();
    await settle();
    feed.changed(commit());
    await clock.pass(1499);
    expect(query.reads).toBe(1);
    await clock.pass(1);
    expect(query.reads).toBe(2);
  });

  it('rests twenty times as long as a quick read takes, so that reads leave the machine to what is being stored', async () => {
    const query = new CountingQuery();
    query.holdNext();
    await watch(query);
    await clock.pass(30);
    query.finish();
    await settle();
    feed.changed(commit());
    await clock.pass(569);
    expect(query.reads).toBe(1);
    await clock.pass(1);
    expect(query.reads).toBe(2);
  });

  it('rests the longer, the more viewers there are, up to 0.8 s', async () => {
    for (const [viewers, rest] of [[1, 250], [100, 400], [500, 800]] as const) {
      const query = new CountingQuery(`count ${viewers}`);
      for (let viewer = 0; viewer < viewers; viewer++) feed.subscribe(query, new Screen());
      await clock.pass(1000);
      feed.changed(commit());
      feed.changed(commit());
      await clock.pass(rest - 1);
      expect(query.reads).toBe(2);
      await clock.pass(1);
      expect(query.reads).toBe(3);
    }
  });

  it('does not read for a commit of another project', async () => {
    const query = new CountingQuery();
    await watch(query);
    await clock.pass(300);
    feed.changed(commit('other'));
    await clock.pass(300);
    expect(query.reads).toBe(1);
  });

  it('does not read a question about one event type for commits of others', async () => {
    const query = new CountingQuery('errors', 'demo', 'error');
    await watch(query);
    await clock.pass(300);
    feed.changed(commit('demo', 'page_view'));
    await clock.pass(300);
    expect(query.reads).toBe(1);
    feed.changed(commit('demo', 'page_view', 'error'));
    await settle();
    expect(query.reads).toBe(2);
  });

  it('does not show an answer that differs only in when it was read', async () => {
    const query = new CountingQuery();
    query.answer = { asOf: 'first', total: 7 };
    const { screen } = await watch(query);
    await clock.pass(300);
    query.answer = { asOf: 'second', total: 7 };
    feed.changed(commit());
    await settle();
    expect(query.reads).toBe(2);
    expect(screen.shown).toEqual([{ asOf: 'first', total: 7 }]);
  });

  it('goes on for the others when one viewer leaves, and stops reading when the last has left', async () => {
    const query = new CountingQuery();
    const first = await watch(query);
    const second = await watch(query);
    first.leave();
    await clock.pass(300);
    feed.changed(commit());
    await settle();
    expect([first.screen.shown.length, second.screen.shown.length]).toEqual([1, 2]);
    second.leave();
    feed.changed(commit());
    await clock.pass(60_000);
    expect(query.reads).toBe(2);
  });

  it('reads again without a notice every five seconds, so that a lost one costs no more', async () => {
    const query = new CountingQuery();
    await watch(query);
    await clock.pass(4000);
    expect(query.reads).toBe(1);
    await clock.pass(2000);
    expect(query.reads).toBe(2);
  });

  it('reads again within a second of the moment when a new bucket begins', async () => {
    const query = new CountingQuery('realtime', 'demo', undefined, 10_000);
    await clock.pass(8500);
    await watch(query);
    await clock.pass(1000);
    expect(query.reads).toBe(1);
    await clock.pass(1500);
    expect(query.reads).toBe(2);
  });

  it('tries a failing read again every second, tells it once, and shows the answer when it works again', async () => {
    const query = new CountingQuery();
    query.answer = { total: 7 };
    const { screen } = await watch(query);
    await clock.pass(300);
    query.error = new Error('database is away');
    feed.changed(commit());
    await clock.pass(5000);
    expect(query.reads).toBeGreaterThanOrEqual(5);
    expect(query.reads).toBeLessThanOrEqual(7);
    expect(screen.failures).toEqual([query.error]);
    expect(outages).toEqual([query.error]);
    expect(recoveries).toBe(0);
    query.error = undefined;
    await clock.pass(1000);
    expect(screen.shown).toEqual([{ total: 7 }, { total: 7 }]);
    expect(recoveries).toBe(1);
  });

  it('tells a viewer who comes during an outage that the answer is old', async () => {
    const query = new CountingQuery();
    await watch(query);
    query.error = new Error('database is away');
    feed.changed(commit());
    await clock.pass(300);
    const late = await watch(query);
    expect(late.screen.shown).toEqual([{ reads: 1 }]);
    expect(late.screen.failures).toEqual([query.error]);
  });
});
