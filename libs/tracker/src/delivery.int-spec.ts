import { eventually, type SentEvent } from './tracked-site.fixture.js';
import { describeInBrowser } from './visit.fixture.js';

jest.setTimeout(30_000);

describeInBrowser('how the tracker delivers', (visit) => {
  const down = (): void => void (visit.site.behaviour = () => 'drop');
  const up = (): void => visit.site.reset();

  it('sends again with the same ids when the collector comes back', async () => {
    down();
    await visit.open();
    await visit.track('first');
    await eventually(() => expect(visit.sentTimes('page_view')).toBeGreaterThan(0));
    const [lost] = visit.site.events('page_view');
    up();
    await eventually(() => expect(visit.site.events().map(({ event_type }) => event_type)).toEqual(['page_view', 'first']));
    expect(visit.site.events('page_view')[0]).toEqual(lost);
    await eventually(async () => expect(await visit.kept()).not.toContain('analytics_kept'));
  });

  it('keeps what failed over a reload', async () => {
    down();
    await visit.open('/lost');
    await visit.track('before_reload');
    await eventually(async () => expect(await visit.kept()).toContain('before_reload'));
    up();
    await visit.open('/found');
    await eventually(() =>
      expect(visit.site.events().map(({ event_type }) => event_type)).toEqual(['page_view', 'before_reload', 'page_view']),
    );
    await eventually(async () => expect(await visit.kept()).not.toContain('analytics_kept'));
  });

  it.each([429, 500, 503])('sends again after status %s', async (status) => {
    let refusals = 0;
    const { behaviour } = visit.site;
    visit.site.behaviour = (events) => (refusals++ ? behaviour(events) : { status, headers: { 'retry-after': '1' } });
    await visit.open();
    await eventually(() => expect(visit.sentTimes('page_view')).toBe(2));
    expect(visit.site.events('page_view')).toHaveLength(1);
  });

  it('drops what the collector refuses, with one warning, and goes on', async () => {
    visit.site.behaviour = () => ({ status: 400, body: { message: 'no good' } });
    await visit.open();
    await eventually(() => expect(visit.warnings).toHaveLength(1));
    await visit.track('second');
    await eventually(() => expect(visit.sentTimes('second')).toBe(1));
    up();
    await visit.track('third');
    await eventually(() => expect(visit.site.events().map(({ event_type }) => event_type)).toEqual(['third']));
    expect(visit.warnings).toEqual([expect.stringContaining('analytics: refused')]);
  });

  it('sends again only those events of an accepted batch that failed', async () => {
    const outcome: Record<string, string> = { page_view: 'accepted', wrong: 'rejected', unlucky: 'failed' };
    const { behaviour } = visit.site;
    visit.site.behaviour = (events: SentEvent[]) => {
      visit.site.behaviour = behaviour;
      return { status: 200, body: { rejected: 1, results: events.map(({ event_type }) => ({ status: outcome[event_type] })) } };
    };
    await visit.page.goto(visit.site.page());
    await visit.page.waitForFunction(() => window.analytics?.track('wrong') ?? window.analytics?.track('unlucky') ?? window.analytics);
    await eventually(() => expect(visit.sentTimes('unlucky')).toBe(2));
    expect([visit.sentTimes('page_view'), visit.sentTimes('wrong'), visit.warnings.length]).toEqual([1, 1, 1]);
  });

  it('loses nothing when the page is left at once', async () => {
    await visit.open('/first');
    await visit.page.evaluate((next) => {
      window.analytics?.track('last_words');
      location.assign(next);
    }, visit.site.page('/second'));
    await eventually(() => expect(visit.site.events('last_words')).toHaveLength(1));
  });
});
