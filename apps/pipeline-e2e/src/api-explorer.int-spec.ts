import { launchChromium } from '@analytics/browser';
import type { Browser, Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { doors } from './pipeline.client.js';

interface Executed {
  route: string;
  /** The status that is shown; NaN: none, though it was waited for. */
  status: number;
}

/** Runs in the page: opens the route with this number and presses its own buttons, each as soon as it is there. */
async function execute(index: number): Promise<Executed> {
  const block = document.querySelectorAll('.opblock')[index]!;
  const until = async (selector: string): Promise<HTMLElement | null> => {
    const endsAt = performance.now() + 10_000;
    for (;;) {
      const found = block.querySelector<HTMLElement>(selector);
      if (found || performance.now() > endsAt) return found;
      await new Promise(requestAnimationFrame);
    }
  };
  const method = block.querySelector('.opblock-summary-method')?.textContent;
  const path = block.querySelector('.opblock-summary-path')?.getAttribute('data-path');
  const head = block.querySelector<HTMLElement>('.opblock-summary-control');
  head?.click();
  (await until('.try-out__btn'))?.click();
  (await until('.btn.execute'))?.click();
  const status = await until('.live-responses-table tbody .response-col_status');
  head?.click();
  return { route: `${method} ${path}`, status: Number.parseInt(status?.textContent ?? '', 10) };
}

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

  /** With a pointer, as a person would. */
  async function authorize(): Promise<void> {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const bearer = page.locator('.auth-container').filter({ hasText: /bearer/i });
    await bearer.locator('input').fill(doors.adminKey);
    await bearer.getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Close' }).first().click();
  }

  it('executes every route with the examples that it shows, after Authorize', async () => {
    await authorize();
    const answers: Executed[] = [];
    for (let index = 0; index < (await page.locator('.opblock').count()); index++) answers.push(await page.evaluate(execute, index));
    expect(answers.length).toBeGreaterThan(30);
    // 403 and 404 are answers too: a key has no session, and there is no event of the example's id. Nothing is left without an answer.
    const signIn = { route: 'POST /api/v1/session', status: 401 };
    expect(answers.filter(({ status }) => ![200, 201, 204, 403, 404, 409].includes(status))).toEqual([signIn]);
    const unanswered = answers.filter(({ route, status }) => status >= 400 && route.startsWith('GET') && !route.includes('{'));
    expect(unanswered).toEqual([]);
    // Some 50 routes.
  }, 180_000);
});
