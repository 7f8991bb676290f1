// `npm run bench:dashboard`: what the dashboard costs a browser, measured in a real Chromium; the figures go into its README.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PrivatePipeline } from '@analytics/start';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { measurePainted } from './painted.js';
import { say, setStage, settled, signedIn, type StorageState } from './stage.js';

const README = join(import.meta.dirname, '../../../apps/dashboard/README.md');
const LOADS = 5;
const WATCH_MS = 10_000;
const PROBE_SECONDS = 60;
/** Ten times the default traffic. */
const BURST_RATE = 280;
/** 1,800 buckets in the chart, and a new one each second. */
const LONG_CHART = '/?period=30m&granularity=1s';

interface Loaded {
  /** Gzipped bytes of all scripts that the first page takes. */
  scripts: number;
  /** From navigation to the first key number on the screen, ms. */
  usefulMs: number;
}

/** Runs in the page before anything else: notes when the first key number has been painted. */
function watchFirstNumber(): void {
  const look = (): void => {
    if (!document.querySelector('[data-testid^="kpi-"][data-value]')) return void requestAnimationFrame(look);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => Object.assign(window, { usefulMs: performance.now() });
    channel.port2.postMessage(null);
  };
  requestAnimationFrame(look);
}

/** Runs in the page: what the main thread and the screen do for a while. */
async function watchFrames(ms: number): Promise<{ longTasks: number[]; frames: number }> {
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  let frames = 0;
  const endsAt = performance.now() + ms;
  await new Promise<void>((resolve) => {
    const frame = (): void => {
      frames++;
      if (performance.now() < endsAt) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
  observer.disconnect();
  return { longTasks, frames };
}

class Lab {
  constructor(
    private readonly browser: Browser,
    private readonly pipeline: PrivatePipeline,
    private readonly session: StorageState,
  ) {}

  /** A first visit: nothing is cached. */
  async load(): Promise<Loaded> {
    return this.with(async (page) => {
      const sizes: Promise<number>[] = [];
      page.on('response', (response) => {
        if (response.request().resourceType() === 'script' && !response.url().endsWith('/tracker.js')) sizes.push(response.body().then((body) => gzipSync(body).length));
      });
      await page.addInitScript(watchFirstNumber);
      await page.goto(this.pipeline.gateway);
      const usefulMs = await page.waitForFunction(() => (window as unknown as { usefulMs?: number }).usefulMs).then((handle) => handle.jsonValue());
      return { usefulMs: usefulMs!, scripts: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) };
    });
  }

  /** @returns the longest task (0: none above 50 ms) and frames a second. */
  async watch(address: string): Promise<{ longest: number; framesPerSecond: number }> {
    return this.with(async (page) => {
      await page.goto(`${this.pipeline.gateway}${address}`);
      await settled(page);
      const { longTasks, frames } = await page.evaluate(watchFrames, WATCH_MS);
      return { longest: Math.max(0, ...longTasks), framesPerSecond: frames / (WATCH_MS / 1000) };
    });
  }

  private async with<T>(work: (page: Page) => Promise<T>): Promise<T> {
    const context = await this.browser.newContext({ storageState: this.session, viewport: { width: 1440, height: 900 } });
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  }
}

const ranked = (values: number[], share: number): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? NaN;
const ms = (value: number): string => `${Math.round(value)} ms`;

async function measure(lab: Lab, pipeline: PrivatePipeline): Promise<string[][]> {
  say(`${LOADS} first visits …`);
  const loads: Loaded[] = [];
  for (let load = 0; load < LOADS; load++) loads.push(await lab.load());
  const useful = loads.map(({ usefulMs }) => usefulMs);
  const rows = [
    ['JavaScript of the first page, gzipped', `${Math.round(Math.max(...loads.map(({ scripts }) => scripts)) / 1024)} KiB`, 'at most 250 KB'],
    [`navigation to the first key number on the screen, median (longest) of ${LOADS}`, `${ms(ranked(useful, 0.5))} (${ms(Math.max(...useful))})`, 'below 1 s'],
  ];
  for (const [name, address] of [['Overview', '/'], ['Overview with 1,800 buckets', LONG_CHART], ['Live', '/live']] as const) {
    say(`${name}: ${WATCH_MS / 1000} s of live updates …`);
    const { longest, framesPerSecond } = await lab.watch(address);
    rows.push([`${name}, ${WATCH_MS / 1000} s of updates: longest task above 50 ms`, longest === 0 ? 'none' : ms(longest), 'none']);
    rows.push([`${name}: frames a second`, framesPerSecond.toFixed(0), '60']);
  }
  say(`${PROBE_SECONDS} s of probes …`);
  const painted = (await measurePainted(pipeline, PROBE_SECONDS)) ?? [];
  rows.push([`accepted to painted, p95 / p99 of ${painted.length} probes, beside ${BURST_RATE} events/s`, `${ms(ranked(painted, 0.95))} / ${ms(ranked(painted, 0.99))}`, 'below 1 s / 2 s']);
  return rows;
}

function writeReadme(rows: string[][]): void {
  const [begin, end] = ['<!-- figures -->', '<!-- /figures -->'];
  const text = readFileSync(README, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${README} has no place for the figures`);
  const table = [['what', 'measured', 'wanted'], ['---', '---', '---'], ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  writeFileSync(README, `${text.slice(0, from)}${begin}\n${table}\n\n*${new Date().toISOString().slice(0, 10)}, two cores for everything, the browser included.*\n${text.slice(to)}`);
}

async function main(): Promise<void> {
  const browser = await launchChromium();
  const pipeline = await setStage({ rate: BURST_RATE, days: 0 });
  try {
    const rows = await measure(new Lab(browser, pipeline, await signedIn(browser, pipeline)), pipeline);
    for (const [what, measured] of rows) say(`${what}: ${measured}`);
    writeReadme(rows);
  } finally {
    await browser.close();
    await pipeline.stop();
  }
}

main().catch((error: unknown) => {
  say((error as Error).message);
  process.exit(1);
});
