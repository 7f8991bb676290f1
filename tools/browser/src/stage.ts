import { startPrivatePipeline, type PrivatePipeline } from '@analytics/start';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const DAY_MS = 86_400_000;
const PATIENCE_MS = 600_000;

export const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

export type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface StageOptions {
  /** Synthetic events per second, now and in the past. */
  rate: number;
  /** How long the past is; 0: none. */
  days: number;
}

/** The whole system with a past, and with traffic as long as it runs. Waits until the past is stored and counted. */
export async function setStage({ rate, days }: StageOptions): Promise<PrivatePipeline> {
  say(days > 0 ? `starting, and making up ${days} days of ${rate} events/s …` : 'starting …');
  const pipeline = await startPrivatePipeline({
    args: ['--rate', String(rate), '--history', String(days), '--seed', '7'],
    env: { TRAFFIC_USERS: '200000', BURST_MULTIPLIER: '3' },
  });
  try {
    await until('the past is stored', async () => {
      const { behind_ms } = (await get(pipeline, `${pipeline.collector}/v1/traffic`)) as { behind_ms: number };
      return behind_ms < 1000;
    });
    if (days > 0) await until('the past is counted', async () => {
      const question = `period=${days - 1}d&metrics=events&explain=true`;
      const { explain } = (await get(pipeline, `${pipeline.gateway}/api/v1/totals?${question}`)) as { explain?: { eventSeconds?: number } };
      return (explain?.eventSeconds ?? DAY_MS) < 3600;
    });
    return pipeline;
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
}

/** Signs in as the administrator, once for all contexts: sign-ins are counted. @returns what a new context begins with. */
export async function signedIn(browser: Browser, { gateway, admin }: PrivatePipeline): Promise<StorageState> {
  const context = await browser.newContext();
  await context.request.post(`${gateway}/api/v1/session`, { data: admin });
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Until the page is live, knows how old the newest event is, and nothing on it is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const state = document.querySelector<HTMLElement>('[data-testid="live-state"]');
      const loading = document.querySelector('[role="status"][aria-label$="is loading"]');
      return state?.dataset['state'] === 'live' && !state.innerText.includes('…') && !loading;
    },
    undefined,
    { timeout: 30_000 },
  );
  await page.waitForTimeout(700);
}

async function get({ adminKey }: PrivatePipeline, url: string): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${adminKey}` } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const startedAt = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedAt > PATIENCE_MS) throw new Error(`${what}: not within ${PATIENCE_MS / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  say(`${what} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
}
