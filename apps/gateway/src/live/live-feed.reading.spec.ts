import { commit, CountingQuery, ManualClock, Screen, settle } from './live-feed.fixture.js';
import { LiveFeed } from './live-feed.js';

const MINUTE = 60_000;

describe('LiveFeed, in what it reads and keeps', () => {
  let clock: ManualClock;
  let feed: LiveFeed;
  let query: CountingQuery;

  beforeEach(() => {
    clock = new ManualClock();
    feed = new LiveFeed({ clock, keepMs: 90_000 });
    query = new CountingQuery();
  });
  afterEach(() => feed.close());

  const watch = async (): Promise<{ screen: Screen; leave: () => void }> => {
    const screen = new Screen();
    const leave = feed.subscribe(query, screen);
    await settle();
    return { screen, leave };
  };
  const touched = (...stretches: [number, number][]) => commit().map((change) => ({ ...change, stretches }));

  it('tells a read where events were stored since the one before, put together', async () => {
    await watch();
    feed.changed(touched([5 * MINUTE, 6 * MINUTE]));
    feed.changed(touched([0, MINUTE], [MINUTE, 2 * MINUTE]));
    await clock.pass(300);
    expect(query.known).toEqual([undefined, { answer: { reads: 1 }, touched: [[0, 2 * MINUTE], [5 * MINUTE, 6 * MINUTE]] }]);
  });

  it('keeps few stretches, however many places are touched', async () => {
    await watch();
    for (let place = 0; place < 1000; place++) feed.changed(touched([place * 3 * MINUTE, (place * 3 + 1) * MINUTE]));
    await clock.pass(300);
    expect(query.known[1]!.touched.length).toBeLessThanOrEqual(8);
    expect([query.known[1]!.touched[0]![0], query.known[1]!.touched.at(-1)![1]]).toEqual([0, 2998 * MINUTE]);
  });

  it('reads everything again every half a minute, and after a read that failed', async () => {
    await watch();
    await clock.pass(26_000);
    expect(query.known.filter((known) => known === undefined)).toHaveLength(1);
    await clock.pass(6_000);
    expect(query.known.filter((known) => known === undefined)).toHaveLength(2);
    query.error = new Error('away');
    feed.changed(commit());
    await clock.pass(1_000);
    query.error = undefined;
    await clock.pass(2_000);
    expect(query.known.at(-1)).toBeUndefined();
  });

  it('does not read for commits outside of what an answer is about', async () => {
    query.covers = (_, [from]) => from >= 5 * MINUTE;
    await watch();
    await clock.pass(300);
    feed.changed(touched([0, MINUTE]));
    await clock.pass(300);
    expect(query.reads).toBe(1);
    feed.changed(touched([0, MINUTE], [5 * MINUTE, 6 * MINUTE]));
    await settle();
    expect(query.reads).toBe(2);
  });

  it('reads an answer about the past every half a minute', async () => {
    query.covers = () => false;
    await watch();
    await clock.pass(29_000);
    expect(query.reads).toBe(1);
    await clock.pass(3_000);
    expect(query.reads).toBe(2);
  });

  it('keeps a stream for 90 seconds after its last viewer, and shows who comes back what is right by then', async () => {
    const first = await watch();
    first.leave();
    await clock.pass(89_000);
    feed.changed(commit());
    expect(query.reads).toBe(1);
    const back = await watch();
    expect(back.screen.shown).toEqual([{ reads: 2 }]);
    expect(back.screen.streams).toEqual(first.screen.streams);
    back.leave();
    await clock.pass(91_000);
    const late = await watch();
    expect(late.screen.streams).not.toEqual(first.screen.streams);
  });

  it('does not keep any amount for those who may come back', async () => {
    const streams = async (): Promise<string[]> => {
      const names: string[] = [];
      for (let index = 0; index < 30; index++) {
        query = new CountingQuery(`large ${index}`);
        query.answer = { text: 'x'.repeat(1_000_000) };
        const { screen, leave } = await watch();
        names.push(screen.streams[0]!);
        leave();
      }
      return names.reverse();
    };
    const before = new Set(await streams());
    const again = (await streams()).filter((name) => before.has(name));
    expect(again.length).toBeLessThan(17);
  });
});
