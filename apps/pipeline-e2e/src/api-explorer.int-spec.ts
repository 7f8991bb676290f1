import { launchChromium } from '@analytics/browser';
import type { Browser, Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { doors } from './pipeline.client.js';

inBrowser('the API explorer', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${doors.gateway}/api/docs`);
    await page.locator('.opblock').first().waitFor();
  });
  afterAll(() => browser.close());

  /** Presses what a person would press. @returns the status that is shown. */
  async function execute(index: number): Promise<{ route: string; status: number }> {
    const block = page.locator('.opblock').nth(index);
    const route = `${await block.locator('.opblock-summary-method').textContent()} ${await block.locator('.opblock-summary-path').getAttribute('data-path')}`;
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Try it out' }).click();
    await block.getByRole('button', { name: 'Execute' }).click();
    const status = block.locator('.live-responses-table tbody .response-col_status').first();
    await status.waitFor({ timeout: 10_000 }).catch((cause: unknown) => {
      throw new Error(`${route} was not answered; has each of its parameters an example?`, { cause });
    });
    const shown = Number.parseInt((await status.textContent()) ?? '', 10);
    await block.locator('.opblock-summary-control').click();
    return { route, status: shown };
  }

  it('executes every route with the examples that it shows, after Authorize', async () => {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const bearer = page.locator('.auth-container').filter({ hasText: /bearer/i });
    await bearer.locator('input').fill(doors.adminKey);
    await bearer.getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Close' }).first().click();
    const answers: { route: string; status: number }[] = [];
    for (let index = 0; index < (await page.locator('.opblock').count()); index++) answers.push(await execute(index));
    expect(answers.length).toBeGreaterThan(30);
    // 403 and 404 are answers too: a key has no session, and there is no event of the example's id. Nothing is left without an answer.
    const signIn = { route: 'POST /api/v1/session', status: 401 };
    expect(answers.filter(({ status }) => ![200, 201, 204, 403, 404, 409].includes(status))).toEqual([signIn]);
    const unanswered = answers.filter(({ route, status }) => status >= 400 && route.startsWith('GET') && !route.includes('{'));
    expect(unanswered).toEqual([]);
    // Some 60 routes, each pressed as a person would.
  }, 180_000);
});
