import { gzipSync } from 'node:zlib';
import { launchChromium } from '@analytics/browser';
import { eventually } from '@analytics/testing';
import type { Browser, Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { doors, pipeline, summary } from './pipeline.client.js';

inBrowser('the dashboard in a real browser', () => {
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.request.post(`${doors.gateway}/api/v1/session`, { data: doors.admin });
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
  });
  afterAll(() => browser.close());

  const drawn = async (): Promise<number> => Number(await page.getByTestId('chart-events').getAttribute('data-total'));

  it('is live, and a click in it becomes an event of project self on its own chart', async () => {
    await page.goto(`${doors.gateway}/?project=self`);
    await eventually(async () => expect(await page.getByTestId('live-state').getAttribute('data-state')).toBe('live'));
    // Its own page view comes back to it first.
    await eventually(async () => expect(await drawn()).toBeGreaterThan(0));
    const before = await drawn();
    await page.getByRole('button', { name: /theme|dark|light/i }).first().click();
    await eventually(async () => expect(await drawn()).toBeGreaterThan(before));
    const total = (await summary('self')).current.totalEvents;
    await eventually(async () => expect(await drawn()).toBe(total));
  });

  it('tells how long its event took to be seen, hop by hop', async () => {
    await page.getByRole('button', { name: /theme|dark|light/i }).first().click();
    await eventually(async () => {
      const { hops } = await pipeline();
      for (const hop of Object.values(hops)) expect(hop).toEqual({ p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) });
      expect(hops.createdToPainted!.p99).toBeGreaterThan(hops.pushedToPainted!.p50);
    });
  });

  it('is built for production: a first visit takes at most 250 KB of JavaScript, gzipped', async () => {
    const context = await browser.newContext({ storageState: await page.context().storageState() });
    try {
      const visitor = await context.newPage();
      const sizes: Promise<number>[] = [];
      visitor.on('response', (response) => {
        const own = response.request().resourceType() === 'script' && response.url().startsWith(doors.gateway);
        if (own) sizes.push(response.body().then((body) => gzipSync(body).length));
      });
      await visitor.goto(`${doors.gateway}/?project=self`);
      await visitor.getByTestId('chart-events').waitFor();
      const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(total).toBeGreaterThan(50_000);
      expect(total).toBeLessThanOrEqual(250_000);
    } finally {
      await context.close();
    }
  });

  it('leads whoever is not signed in to the sign-in page, and from there to where he wanted; signing out closes it again', async () => {
    const context = await browser.newContext();
    try {
      const guest = await context.newPage();
      await guest.goto(`${doors.gateway}/settings?project=self&tab=keys`);
      await guest.getByLabel('E-mail').fill(doors.admin.email);
      await guest.getByLabel('Password').fill('wrong');
      await guest.getByRole('button', { name: 'Sign in' }).click();
      await eventually(async () => expect(await guest.getByRole('alert').textContent()).toMatch(/password is wrong/));
      await guest.getByLabel('Password').fill(doors.admin.password);
      await guest.getByRole('button', { name: 'Sign in' }).click();
      await eventually(async () => expect(await guest.getByTestId('live-state').getAttribute('data-state')).toBe('live'));
      expect(new URL(guest.url()).pathname + new URL(guest.url()).search).toBe('/settings?project=self&tab=keys');

      await guest.getByLabel('Account').click();
      await guest.getByText('Sign out').click();
      await eventually(() => expect(new URL(guest.url()).pathname).toBe('/sign-in'));
      await guest.goto(`${doors.gateway}/pipeline`);
      await eventually(() => expect(guest.url()).toContain('/sign-in?back='));
    } finally {
      await context.close();
    }
  });

  it('makes a key that is shown once, works, and is refused once it is revoked', async () => {
    await page.goto(`${doors.gateway}/settings?tab=keys`);
    const statusOf = async (key: string): Promise<number> =>
      (await fetch(`${doors.gateway}/api/v1/metrics/summary`, { headers: { authorization: `Bearer ${key}` } })).status;
    await page.getByLabel('Name').fill('of the spec');
    await page.getByLabel('Scope').selectOption('read');
    await page.getByRole('button', { name: 'Make key' }).click();
    const key = (await page.locator('pre').textContent())?.trim() ?? '';
    expect(await statusOf(key)).toBe(200);
    const row = page.getByRole('listitem').filter({ hasText: 'of the spec' });
    await row.getByRole('button').click();
    await row.getByRole('button', { name: 'Revoke for good?' }).click();
    await eventually(async () => expect(await row.textContent()).toContain('revoked'));
    expect(await statusOf(key)).toBe(401);
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.toContain(key);
  });

  it.each(['/', '/live', '/pipeline', '/settings'])('shows %s without an error in the console', async (path) => {
    errors.length = 0;
    await page.goto(`${doors.gateway}${path}`);
    await eventually(async () => expect(await page.getByTestId('live-state').getAttribute('data-state')).toBe('live'));
    expect(errors).toEqual([]);
  });
});
