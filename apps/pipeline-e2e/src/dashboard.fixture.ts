import { launchChromium } from '@analytics/browser';
import { eventually } from '@analytics/testing';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { asAdmin, doors } from './pipeline.client.js';

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** On the clocks of UTC. */
const LOOKS: BrowserContextOptions = { viewport: DESK, reducedMotion: 'reduce', timezoneId: 'UTC' };

/** One Chromium and one signed-in person, who looks at the dashboard through as many windows as a spec needs; they share what is cached. */
export class Dashboard {
  /** What any window wrote to its console as an error, and what it threw. */
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly person: BrowserContext,
  ) {}

  static async open(): Promise<Dashboard> {
    const browser = await launchChromium();
    const person = await browser.newContext(LOOKS);
    const reply = await person.request.post(`${doors.gateway}/api/v1/session`, { data: doors.admin });
    if (!reply.ok()) throw new Error(`signing in was answered ${reply.status()}`);
    return new Dashboard(browser, person);
  }

  /** Loads an address of the dashboard, in a window of its own or anew in one that there is. */
  async visit(address: string, into?: Page): Promise<Page> {
    const page = into ?? (await this.window(this.person));
    await page.goto(`${doors.gateway}${address}`, { waitUntil: 'commit' });
    return page;
  }

  /** An empty window of somebody who is not signed in; nothing is cached there. */
  async guest(): Promise<Page> {
    return this.window(await this.browser.newContext(LOOKS));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private async window(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && this.errors.push(`${page.url()}: ${message.text()}`));
    page.on('pageerror', (error) => this.errors.push(`${page.url()}: ${error.message}`));
    return page;
  }
}

export const liveState = (page: Page): Promise<string | null> => page.getByTestId('live-state').getAttribute('data-state');

/** Until the page says that it is live, and no panel is still loading. */
export async function untilLive(page: Page): Promise<void> {
  await eventually(async () => {
    expect(await page.getByRole('status', { name: /is loading$/ }).count()).toBe(0);
    expect(await liveState(page)).toBe('live');
  });
}

/** A key number of the Overview, to the last digit; `null`: there is nothing to compute it from. */
export async function keyNumber(page: Page, metric: string): Promise<number | null> {
  const value = await page.getByTestId(`kpi-${metric}`).getAttribute('data-value', { timeout: 5_000 });
  return value === null || value === '' ? null : Number(value);
}

const METRICS = ['events', 'users', 'sessions', 'error_rate', 'p95_duration'];

/** The key numbers that the page shows, and the total of its chart, which is not there when there is nothing to draw. */
export async function shownNumbers(page: Page): Promise<(number | null)[]> {
  const numbers = await Promise.all(METRICS.map((metric) => keyNumber(page, metric)));
  const chart = page.getByTestId('chart-events');
  return [...numbers, (await chart.count()) === 0 ? 0 : Number(await chart.getAttribute('data-total', { timeout: 5_000 }))];
}

/** The same numbers by REST: asked with nothing but what the address of the page says. */
export async function numbersOfAddress(page: Page): Promise<(number | null)[]> {
  const address = new URL(page.url()).searchParams;
  const asked = new URLSearchParams({ metrics: METRICS.join(','), timeZone: address.get('zone') ?? 'UTC' });
  if (!address.has('from')) asked.set('period', address.get('period') ?? '30m');
  for (const name of ['project', 'from', 'to', 'filters']) if (address.has(name)) asked.set(name, address.get(name)!);
  const reply = await fetch(`${doors.gateway}/api/v1/totals?${asked.toString()}`, { headers: asAdmin });
  const body = (await reply.json()) as { totals: (number | null)[] };
  if (!reply.ok) throw new Error(`${asked.toString()} was answered ${reply.status}: ${JSON.stringify(body)}`);
  return [...body.totals, body.totals[0]!];
}

/** Until the page shows what REST answers to its address. @returns the numbers. */
export const untilRight = (page: Page): Promise<(number | null)[]> =>
  eventually(async () => {
    const numbers = await numbersOfAddress(page);
    expect({ address: page.url(), numbers: await shownNumbers(page) }).toEqual({ address: page.url(), numbers });
    return numbers;
  });
