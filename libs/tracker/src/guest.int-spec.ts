import { eventually } from './tracked-site.fixture.js';
import { describeInBrowser } from './visit.fixture.js';

jest.setTimeout(30_000);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describeInBrowser('the tracker as a guest in the page', (visit) => {
  it('leaves the results, errors and rejections of fetch as they are', async () => {
    await visit.open();
    const outcome = await visit.page.evaluate(async () => {
      const answer = await fetch('/api/cart');
      const rejection = await fetch('/api/broken').catch((error: Error) => error.name);
      const unhandled = new Promise((resolve) => addEventListener('unhandledrejection', ({ reason }) => resolve((reason as Error).name)));
      void fetch('/api/broken');
      return [answer instanceof Response, await answer.json(), rejection, await unhandled, fetch.name, fetch.length];
    });
    expect(outcome).toEqual([true, { ok: true }, 'TypeError', 'TypeError', 'fetch', 1]);
  });

  it('does nothing the second time it is loaded', async () => {
    await visit.open('/?twice');
    await visit.page.waitForLoadState('load');
    await visit.page.locator('#buy').click();
    await visit.flush();
    await eventually(() => expect(visit.site.events('button_click').length).toBeGreaterThan(0));
    expect([visit.site.events('page_view').length, visit.site.events('button_click').length]).toEqual([1, 1]);
  });

  it('records where storage is forbidden', async () => {
    await visit.page.addInitScript(() => {
      for (const area of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, area, {
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
    });
    await visit.open();
    await visit.track('still_here');
    await visit.flush();
    await eventually(() => expect(visit.site.events()).toHaveLength(2));
    expect(new Set(visit.site.events().map(({ user_id }) => user_id)).size).toBe(1);
  });

  it('makes ids where the page is not a secure context', async () => {
    await visit.page.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'randomUUID'));
    await visit.open();
    await visit.flush();
    await eventually(() => expect(visit.site.events()).toHaveLength(1));
    expect(visit.site.events()[0]).toMatchObject({
      event_id: expect.stringMatching(UUID),
      properties: { session_id: expect.stringMatching(UUID) },
    });
  });

  it('survives what cannot be sent', async () => {
    await visit.open();
    await visit.page.evaluate(() => {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      window.analytics?.track('circular', circular);
      window.analytics?.track('after');
    });
    await visit.flush();
    await eventually(() => expect(visit.site.events('after')).toHaveLength(1));
    expect(visit.site.events('circular')).toEqual([]);
  });

  it("honours Global Privacy Control: no request, nothing stored, and the page's calls still work", async () => {
    await visit.page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    await visit.open();
    await visit.track('secret');
    await visit.page.evaluate(() => window.analytics?.identify('someone'));
    expect([await visit.kept(), await visit.page.evaluate(() => sessionStorage.length)]).toEqual(['{}', 0]);
    await visit.page.goto('about:blank');
    const other = await visit.newPage();
    await other.goto(visit.site.page('/other'));
    await other.waitForFunction(() => window.analytics);
    await other.goto('about:blank');
    await eventually(() => expect(visit.site.events()).toHaveLength(1));
    expect(visit.propertiesOf('page_view')).toEqual([expect.objectContaining({ page_url: visit.site.page('/other') })]);
    await other.close();
  });
});
