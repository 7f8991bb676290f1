import { launchChromium } from '@analytics/browser';
import type { Browser, Page } from 'playwright-core';
import { inBrowser } from './browser.fixture.js';
import { doors } from './pipeline.client.js';

interface Executed {
  route: string;
  /** The status that is shown; NaN: none, though it was waited for. */
  status: number;
}

/** Runs in the page: opens the group with this number alone, and presses the own buttons of each of its routes as soon as they are there. */
async function executeGroup(index: number): Promise<Executed[]> {
  const until = async (within: Element, selector: string): Promise<HTMLElement | null> => {
    const endsAt = performance.now() + 10_000;
    for (;;) {
      const found = within.querySelector<HTMLElement>(selector);
      if (found || performance.now() > endsAt) return found;
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const execute = async (block: Element): Promise<Executed> => {
    const method = block.querySelector('.opblock-summary-method')?.textContent;
    const path = block.querySelector('.opblock-summary-path')?.getAttribute('data-path');
    const head = block.querySelector<HTMLElement>('.opblock-summary-control');
    head?.click();
    (await until(block, '.try-out__btn'))?.click();
    (await until(block, '.btn.execute'))?.click();
    const status = await until(block, '.live-responses-table tbody .response-col_status');
    head?.click();
    return { route: `${method} ${path}`, status: Number.parseInt(status?.textContent ?? '', 10) };
  };
  const group = document.querySelectorAll('.opblock-tag-section')[index]!;
  const head = group.querySelector<HTMLElement>('.opblock-tag');
  head?.click();
  await until(group, '.opblock');
  const executed: Executed[] = [];
  for (const block of group.querySelectorAll('.opblock')) executed.push(await execute(block));
  head?.click();
  return executed;
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
    const routes = await page.locator('.opblock').count();
    // With all groups open, each press would draw all routes again.
    await page.locator('.opblock-tag').evaluateAll((heads: HTMLElement[]) => heads.forEach((head) => head.click()));
    const answers: Executed[] = [];
    for (let group = 0; group < (await page.locator('.opblock-tag-section').count()); group++) answers.push(...(await page.evaluate(executeGroup, group)));
    expect(routes).toBeGreaterThan(30);
    expect(answers).toHaveLength(routes);
    // 403 and 404 are answers too: a key has no session, and there is no event of the example's id. Nothing is left without an answer.
    const signIn = { route: 'POST /api/v1/session', status: 401 };
    expect(answers.filter(({ status }) => ![200, 201, 204, 403, 404, 409].includes(status))).toEqual([signIn]);
    const unanswered = answers.filter(({ route, status }) => status >= 400 && route.startsWith('GET') && !route.includes('{'));
    expect(unanswered).toEqual([]);
  }, 180_000);
});
