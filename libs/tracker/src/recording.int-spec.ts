import { eventually } from './tracked-site.fixture.js';
import { describeInBrowser } from './visit.fixture.js';

jest.setTimeout(30_000);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describeInBrowser('what the tracker records', (visit) => {
  it('records the view of a page without query and fragment, and posts it without a preflight', async () => {
    await visit.open('/products?token=secret#top');
    await eventually(() => expect(visit.site.events()).toHaveLength(1));
    const [event] = visit.site.events();
    expect(event).toEqual({
      event_id: expect.stringMatching(UUID),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      event_type: 'page_view',
      user_id: expect.stringMatching(/^anon_[0-9a-f-]{36}$/),
      properties: {
        page_url: visit.site.page('/products'),
        session_id: expect.stringMatching(UUID),
        viewport_width: 1000,
        viewport_height: 700,
      },
    });
    expect(visit.site.posts[0]).toMatchObject({ url: 'POST /v1/events?key=wk_test', contentType: 'text/plain;charset=UTF-8' });
  });

  it('records the moves of a router in the page, each path once, with the page before as referrer', async () => {
    await visit.open('/start');
    await visit.page.evaluate(() => {
      history.pushState({ step: 1 }, '', '/step-1?x=1');
      history.replaceState({ step: 1, sorted: true }, '', '/step-1?x=2');
      history.pushState(null, '', '/step-2');
      history.back();
    });
    await visit.page.waitForURL('**/step-1?x=2');
    await visit.flush();
    await eventually(() => expect(visit.propertiesOf('page_view')).toHaveLength(4));
    const [start, one, two] = ['/start', '/step-1', '/step-2'].map((path) => visit.site.page(path));
    expect(visit.propertiesOf('page_view').map(({ page_url, referrer }) => [page_url, referrer])).toEqual([
      [start, undefined],
      [one, start],
      [two, one],
      [one, two],
    ]);
    expect(await visit.page.evaluate(() => history.state)).toEqual({ step: 1, sorted: true });
  });

  it('keeps user and session from page to page, and tells where a page was come from', async () => {
    await visit.open('/one');
    await visit.page.evaluate((url) => location.assign(url), visit.site.page('/two?q=1'));
    await visit.page.waitForURL('**/two?q=1');
    await visit.page.waitForFunction(() => window.analytics);
    await visit.flush();
    await eventually(() => expect(visit.site.events('page_view')).toHaveLength(2));
    const [one, two] = visit.site.events('page_view');
    expect(two.properties).toMatchObject({ referrer: visit.site.page('/one'), session_id: one.properties.session_id });
    expect(two.user_id).toBe(one.user_id);
  });

  it('records clicks on buttons and links, also where the page stops the event, and nowhere else', async () => {
    await visit.open();
    await visit.page.locator('p').click();
    await visit.page.locator('#buy b').click();
    await visit.page.getByText('Add to').click();
    await visit.page.locator('#terms').click();
    await visit.flush();
    await eventually(() => expect(visit.propertiesOf('button_click')).toHaveLength(3));
    const clicks = visit.propertiesOf('button_click');
    expect(clicks.map(({ button_id, button_text }) => [button_id, button_text])).toEqual([
      ['buy-now', 'Buy now'],
      ['add-to-cart', 'Add to cart'],
      ['terms', 'Terms'],
    ]);
    for (const { click_x, click_y } of clicks) expect([Number.isInteger(click_x), Number.isInteger(click_y)]).toEqual([true, true]);
  });

  it('records uncaught errors and rejections, the first ten of a page', async () => {
    await visit.open('/cart');
    await visit.page.evaluate(() => {
      setTimeout(() => {
        throw new TypeError('items is not iterable');
      });
      void Promise.reject(new RangeError('too many'));
      for (let index = 0; index < 20; index++) void Promise.reject(`reason ${index}`);
    });
    await eventually(async () => {
      await visit.flush();
      expect(visit.propertiesOf('error')).toHaveLength(10);
    });
    const type = { page_url: visit.site.page('/cart'), browser: 'Chrome', os: expect.any(String) };
    expect(visit.propertiesOf('error')).toContainEqual({
      ...type,
      error_type: 'RangeError',
      message: 'too many',
      stack_trace: expect.stringContaining('RangeError'),
    });
    expect(visit.propertiesOf('error')).toContainEqual({ ...type, error_type: 'Error', message: 'reason 0' });
    await visit.track('done');
    await visit.flush();
    await eventually(() => expect(visit.site.events('done')).toHaveLength(1));
    expect(visit.propertiesOf('error')).toHaveLength(10);
  });

  it('records calls that were answered, and never its own', async () => {
    await visit.open();
    await visit.page.evaluate(async () => {
      await fetch('/api/cart?id=7', { method: 'post', body: 'x' });
      await fetch(new Request('/api/missing', { method: 'DELETE' }));
      await fetch('/api/cart', { method: 'HEAD' });
      await fetch('/api/broken').catch(() => undefined);
      await new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open('PUT', '/api/profile');
        request.onloadend = resolve;
        request.send('y');
      });
    });
    await visit.track('done');
    await visit.flush();
    await eventually(() => expect(visit.site.events('done')).toHaveLength(1));
    const call = { duration_ms: expect.any(Number), user_agent: expect.stringContaining('Chrome') };
    expect(visit.propertiesOf('api_call')).toEqual([
      { ...call, endpoint: '/api/cart', method: 'POST', status_code: 201 },
      { ...call, endpoint: '/api/missing', method: 'DELETE', status_code: 404 },
      { ...call, endpoint: '/api/profile', method: 'PUT', status_code: 201 },
    ]);
    for (const { duration_ms } of visit.propertiesOf('api_call')) expect(duration_ms).toBeGreaterThan(0);
  });

  it("records events of the page's own under the name of the user it is told", async () => {
    await visit.open('/?user=from-the-tag');
    await visit.track('plan_upgraded', { seats: 12, nested: { list: [1, null] } });
    await visit.page.evaluate(() => window.analytics?.identify('someone'));
    await visit.track('signed_up');
    await visit.open('/next');
    await visit.flush();
    await eventually(() => expect(visit.site.events()).toHaveLength(4));
    const users = visit.site.events().map((event) => [event.event_type, event.user_id]);
    expect(users).toEqual([
      ['page_view', 'from-the-tag'],
      ['plan_upgraded', 'from-the-tag'],
      ['signed_up', 'someone'],
      ['page_view', 'someone'],
    ]);
    expect(visit.propertiesOf('plan_upgraded')).toEqual([{ seats: 12, nested: { list: [1, null] } }]);
  });
});
