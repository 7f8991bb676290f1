import { existsSync } from 'node:fs';
import { eventually } from '@analytics/testing';
import { chromium, type Browser, type Page } from 'playwright-core';
import { doors, summary } from './pipeline.client.js';

const CHROMIUM = [process.env['CHROMIUM_PATH'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== '' && existsSync(path),
);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

if (!CHROMIUM) process.stderr.write('no Chromium was found (CHROMIUM_PATH names one): the browser specs are skipped\n');
const inBrowser = CHROMIUM ? describe : describe.skip;

inBrowser('the dashboard in a real browser', () => {
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: FLAGS });
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

  it.each(['/', '/live', '/pipeline'])('shows %s without an error in the console', async (path) => {
    errors.length = 0;
    await page.goto(`${doors.gateway}${path}`);
    await eventually(async () => expect(await page.getByTestId('live-state').getAttribute('data-state')).toBe('live'));
    expect(errors).toEqual([]);
  });
});
