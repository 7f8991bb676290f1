import { readFileSync } from 'node:fs';
import { STREAM } from '@analytics/events';
import { eventually } from '@analytics/testing';
import type { AxeResults } from 'axe-core';
import { Redis } from 'ioredis';
import type { Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { Dashboard, DESK, PHONE, untilLive } from './dashboard.fixture.js';
import { doors, getJson } from './pipeline.client.js';
import { openShop, shareLink, shopEvents, store, type Shop } from './shop.fixture.js';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Of Base UI: hidden, and focused only for the moment in which they hand the focus on; axe takes them for controls. */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';
/** Chromium itself writes this when a window asks who is signed in, and nobody is. */
const NOBODY_IS_SIGNED_IN = /status of 401/;
const GRAVE = ['serious', 'critical'];

/** What axe calls serious or critical, as `screen: rule: elements`. A theme changes nothing but colours, so the second one is asked about those only. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const [screen, size] of Object.entries({ desk: DESK, phone: PHONE }))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      const rules = colorScheme === 'dark' ? { runOnly: ['color-contrast'] } : {};
      const run = `axe.run({ exclude: '${FOCUS_GUARDS}' }, ${JSON.stringify({ ...rules, resultTypes: ['violations'] })})`;
      const results: AxeResults = await page.evaluate(run);
      for (const { id, impact, nodes } of results.violations)
        if (GRAVE.includes(impact ?? '')) found.push(`${screen}, ${colorScheme}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    }
  return found;
}

inBrowser('every page', () => {
  let dashboard: Dashboard;
  let page: Page;
  let shop: Shop;
  let empty: Shop;

  beforeAll(async () => {
    [dashboard, shop, empty] = await Promise.all([Dashboard.open(), openShop('e2e-pages'), openShop('e2e-empty')]);
    page = await dashboard.visit('/');
    await store(shop, shopEvents());
    const redis = new Redis(doors.redisUrl);
    await redis.xadd(`${STREAM}:{0}`, '*', 'garbage', 'of the spec of pages').finally(() => redis.quit());
    await eventually(async () => {
      const { body } = await getJson<{ rows: { payload: string }[] }>(`${doors.gateway}/api/v1/dead-letters`);
      expect(body.rows.some(({ payload }) => payload.includes('of the spec of pages'))).toBe(true);
    });
  });
  afterAll(() => dashboard?.close());
  beforeEach(async () => {
    await page.setViewportSize(DESK);
    await page.emulateMedia({ colorScheme: 'light' });
    dashboard.errors.splice(0);
  });

  /** In one window: what it has loaded once is cached. */
  const visit = async (address: string, { id }: Shop = shop): Promise<void> => {
    await dashboard.visit(`${address}${address.includes('?') ? '&' : '?'}project=${id}`, page);
    await untilLive(page);
  };
  const check = async (shown = page): Promise<void> => {
    expect(await violations(shown)).toEqual([]);
    expect(dashboard.errors).toEqual([]);
  };

  it.each([
    '/?compare=previous_period',
    '/?period=7d&view=table&metric=p95_duration&content=buttons&service=errors&client=systems&audience=types',
    '/?filters=[{"field":"page_path","op":"is","value":"/nowhere"}]',
    '/live',
    '/events',
    '/funnels',
    '/funnels?view=table',
    '/retention?period=7d',
    '/paths?anchor=/',
    '/pipeline',
    '/settings?tab=projects',
    '/settings?tab=keys',
    '/settings?tab=people',
    '/settings?tab=sharing',
    '/settings?tab=account',
  ])('opens at %s, gets live, writes no error, and axe finds nothing serious on desk and phone, light and dark', async (address) => {
    await visit(address);
    await check();
  });

  it('teaches in a project without events how to send the first one, and gets live', async () => {
    await visit('/', empty);
    await page.getByText('curl').first().waitFor();
    await check();
  });

  it('that is shared gets live for somebody without a session', async () => {
    const guest = await dashboard.guest();
    await guest.goto(`${doors.gateway}${await shareLink(shop, 'overview', { period: '1h' })}`);
    await untilLive(guest);
    await guest.getByRole('note').filter({ hasText: 'read-only' }).waitFor();
    await check(guest);
    await guest.context().close();
  });

  it('asks whoever is not signed in to do so', async () => {
    const guest = await dashboard.guest();
    await guest.goto(doors.gateway);
    await guest.getByRole('heading', { name: /Sign in/ }).waitFor();
    expect(await violations(guest)).toEqual([]);
    await guest.context().close();
    expect(dashboard.errors.filter((error) => !NOBODY_IS_SIGNED_IN.test(error))).toEqual([]);
  });

  it.each<[string, string, (page: Page) => Promise<void>]>([
    ['the help', '/', (page) => page.keyboard.press('?')],
    ['the range picker', '/', (page) => page.keyboard.press('c')],
    ['the filter builder', '/', (page) => page.keyboard.press('/')],
    ['the comparisons', '/', (page) => page.getByRole('button', { name: /^Compare with/ }).click()],
    ['the granularities', '/', (page) => page.getByRole('button', { name: /^Granularity/ }).click()],
    ['the projects', '/', (page) => page.getByRole('button', { name: /^Project/ }).click()],
    ['the share menu', '/', (page) => page.getByRole('button', { name: /^Share/ }).click()],
    ['the account menu', '/', (page) => page.getByRole('button', { name: 'Account' }).click()],
    ['a whole ranking', '/?all=pages', () => Promise.resolve()],
    ['an event', '/events', (page) => page.getByTestId('event-row').first().click()],
    ['a dead letter', '/pipeline', (page) => page.getByTestId('dead-letter').first().getByRole('button').first().click()],
  ])('shows %s over it without anything serious for axe', async (_, address, open) => {
    await visit(address);
    await open(page);
    await check();
  });
});
