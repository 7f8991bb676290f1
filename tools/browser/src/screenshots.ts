// `npm run screenshots`: every page of the dashboard, light and dark, on a desk and on a phone, with a week of synthetic past.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PrivatePipeline } from '@analytics/start';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { furnish } from './furnish.js';
import { say, setStage, settled, signedIn, type StorageState } from './stage.js';

const USAGE = `npm run screenshots -- [options]
  --out DIR     where the pictures go (default .data/screenshots)
  --only A,B    only these pages`;

const root = join(import.meta.dirname, '../../..');
/** These two are in the README. */
const SHOWN = ['overview-desk-light.png', 'live-desk-dark.png'];

const PAGES: Readonly<Record<string, string>> = {
  'sign-in': '/sign-in',
  overview: '/?period=24h&compare=previous_period',
  live: '/live',
  events: '/events?period=24h',
  funnels: '/funnels?period=7d',
  retention: '/retention?period=7d',
  paths: '/paths?period=24h',
  pipeline: '/pipeline',
  projects: '/settings?tab=projects',
  keys: '/settings?tab=keys',
  people: '/settings?tab=people',
  sharing: '/settings?tab=sharing',
  account: '/settings?tab=account',
};
const SCREENS = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
} as const;
const THEMES = ['light', 'dark'] as const;

type Screen = keyof typeof SCREENS;
type Theme = (typeof THEMES)[number];

interface Studio {
  browser: Browser;
  pipeline: PrivatePipeline;
  session: StorageState;
  out: string;
}

/** Takes the pages on one screen, in one theme. */
async function shoot({ browser, pipeline, session, out }: Studio, screen: Screen, theme: Theme, pages: readonly string[]): Promise<void> {
  const looks = { ...SCREENS[screen], colorScheme: theme, reducedMotion: 'reduce' } as const;
  for (const name of pages) {
    const guest = name === 'sign-in';
    const context = await browser.newContext({ ...looks, ...(guest ? {} : { storageState: session }) });
    const page = await context.newPage();
    page.on('pageerror', (error) => say(`${name}: ${error.message}`));
    page.on('console', (message) => !guest && message.type() === 'error' && say(`${name}: ${message.text()}`));
    await page.goto(`${pipeline.gateway}${PAGES[name]}`);
    await (guest ? page.getByLabel('Password').waitFor() : settled(page));
    const file = `${name}-${screen}-${theme}.png`;
    // The list of events is as high as the window, which a picture of the whole page would make endless.
    await page.screenshot({ path: join(out, file), fullPage: name !== 'events' });
    if (SHOWN.includes(file)) await page.screenshot({ path: join(root, 'apps/dashboard/docs', file) });
    await context.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
  const out = values.out ?? join(root, '.data/screenshots');
  const pages = values.only?.split(',') ?? Object.keys(PAGES);
  const unknown = pages.find((name) => !Object.hasOwn(PAGES, name));
  if (unknown !== undefined) throw new Error(`there is no page ${unknown}; there are ${Object.keys(PAGES).join(', ')}\n${USAGE}`);
  mkdirSync(out, { recursive: true });
  const browser = await launchChromium();
  const pipeline = await setStage({ rate: 3, days: 8 });
  try {
    const session = await signedIn(browser, pipeline);
    await furnish(browser, pipeline, session);
    const studio = { browser, pipeline, session, out };
    for (const screen of Object.keys(SCREENS) as Screen[]) for (const theme of THEMES) await shoot(studio, screen, theme, pages);
    say(`${pages.length * 4} pictures are in ${out}`);
  } finally {
    await browser.close();
    await pipeline.stop();
  }
}

main().catch((error: unknown) => {
  say((error as Error).message);
  process.exit(1);
});
