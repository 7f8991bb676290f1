import { eventually } from '@analytics/testing';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { Dashboard, keyNumber, liveState, untilLive, untilRight } from './dashboard.fixture.js';
import { doors, getJson } from './pipeline.client.js';
import { openShop, shopEvents, store, viewed, type Shop } from './shop.fixture.js';

inBrowser('what the screen says about its freshness', () => {
  let dashboard: Dashboard;
  let shop: Shop;
  const pages: Page[] = [];

  beforeAll(async () => {
    [dashboard, shop] = await Promise.all([Dashboard.open(), openShop('e2e-fresh')]);
    await store(shop, shopEvents());
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });

  const open = async (path = '/'): Promise<Page> => {
    const page = await dashboard.visit(`${path}?project=${shop.id}`);
    pages.push(page);
    await untilLive(page);
    return page;
  };
  const storeOne = (): Promise<void> => store(shop, [viewed('ann', '/', 1_000)]);
  const gatewayPid = async (): Promise<number> => (await getJson<{ pid: number }>(`${doors.gateway}/health`)).body.pid;

  it('goes on for two viewers when a third one leaves', async () => {
    const viewers = [await open(), await open(), await open()];
    const [events] = await untilRight(viewers[0]!);
    await viewers[1]!.close();
    await storeOne();
    for (const viewer of [viewers[0]!, viewers[2]!]) {
      await eventually(async () => expect(await keyNumber(viewer, 'events')).toBe(events! + 1));
      expect(await liveState(viewer)).toBe('live');
    }
  });

  it('is paused by the reader: nothing moves, and resuming shows what others see already', async () => {
    const [held, other] = [await open(), await open()];
    const [events] = await untilRight(held);
    await held.keyboard.press('Space');
    await eventually(async () => expect(await liveState(held)).toBe('paused'));
    await storeOne();
    await eventually(async () => expect(await keyNumber(other, 'events')).toBe(events! + 1));
    expect([await liveState(held), await keyNumber(held, 'events')]).toEqual(['paused', events]);
    await held.keyboard.press('Space');
    await eventually(async () => expect(await keyNumber(held, 'events')).toBe(events! + 1));
    await untilRight(held);
  });

  it('is not live while the events cannot be fetched, and is again after Try again', async () => {
    const page = await open();
    await page.route(/\/api\/v1\/events\?/, (route) => route.abort());
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Events' }).click();
    await page.getByRole('alert').filter({ hasText: 'The list of events could not be loaded' }).waitFor();
    await eventually(async () => expect(await liveState(page)).toBe('stale'));
    await page.unroute(/\/api\/v1\/events\?/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByTestId('event-row').first().waitFor();
    await untilLive(page);
  });

  it('has one panel fail alone, with a retry, while the others go on', async () => {
    const owner = new pg.Client({ connectionString: doors.databaseUrl });
    await owner.connect();
    try {
      await owner.query('REVOKE SELECT ON ledger FROM analytics_reader');
      const page = await dashboard.visit(`/pipeline?project=${shop.id}`);
      pages.push(page);
      const ledger = page.getByRole('region', { name: 'Ledger', exact: true });
      await ledger.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').count()).toBe(1);
      await eventually(async () => expect(await liveState(page)).toBe('stale'));
      await page.getByRole('region', { name: 'Partitions' }).getByRole('table').waitFor();
      await owner.query('GRANT SELECT ON ledger TO analytics_reader');
      await ledger.getByRole('button', { name: 'Try again' }).click();
      await page.getByTestId('ledger-residue').waitFor();
      await untilLive(page);
    } finally {
      await owner.query('GRANT SELECT ON ledger TO analytics_reader');
      await owner.end();
    }
  });

  it('is reconnecting while the gateway is away, then live by itself, with what came meanwhile', async () => {
    const page = await open();
    const [events] = await untilRight(page);
    const pid = await gatewayPid();
    process.kill(pid, 'SIGKILL');
    await eventually(async () => expect(await liveState(page)).toBe('reconnecting'));
    expect(await keyNumber(page, 'events')).toBe(events);
    await eventually(async () => expect(await gatewayPid()).not.toBe(pid));
    await storeOne();
    await untilLive(page);
    expect((await untilRight(page))[0]).toBe(events! + 1);
  });
});
