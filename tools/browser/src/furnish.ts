import { STREAM } from '@analytics/events';
import type { PrivatePipeline } from '@analytics/start';
import { Redis } from 'ioredis';
import type { Browser } from 'playwright-core';
import type { StorageState } from './stage.js';

const NEXT_YEAR = `${new Date().getFullYear() + 1}-12-31T23:59:59Z`;
const LAST_WEEK = JSON.stringify({ period: 'last_7_days', compare: 'previous_period' });

/** What has gathered in the settings after a while: path and body of what is made. */
const FURNITURE: readonly (readonly [path: string, body: object])[] = [
  ['projects', { id: 'app', name: 'Mobile app' }],
  ['projects/demo/keys', { scope: 'ingest', name: 'Web shop' }],
  ['projects/demo/keys', { scope: 'read', name: 'Grafana', expiresAt: NEXT_YEAR }],
  ['people', { name: 'Ada Lovelace', email: 'ada@example.com', role: 'admin' }],
  ['people', { name: 'Alan Turing', email: 'alan@example.com', role: 'viewer' }],
  ['views?project=demo', { name: 'Last week against the one before', page: 'overview', search: LAST_WEEK, forEveryone: true }],
  ['views?project=demo', { name: 'From product to order', page: 'funnels', search: JSON.stringify({ period: 'last_30_days' }) }],
  ['links?project=demo', { name: 'For the board', page: 'overview', search: LAST_WEEK, expiresAt: NEXT_YEAR }],
];

/** Entries of the stream that somebody else's program wrote: they become dead letters. */
const STRANGERS: readonly (readonly string[])[] = [
  ['event', '{"event_type":"page_view","user_id":"u-17"}'],
  ['payload', '{"type":"checkout","cart":["sku-118","sku-204"]'],
];

/** Fills the settings and the list of dead letters, so that their pictures show rows. */
export async function furnish(browser: Browser, { gateway, redisUrl }: PrivatePipeline, storageState: StorageState): Promise<void> {
  const redis = new Redis(redisUrl);
  for (const fields of STRANGERS) await redis.xadd(`${STREAM}:{0}`, '*', ...fields);
  await redis.quit();
  const context = await browser.newContext({ storageState });
  for (const [path, data] of FURNITURE) {
    const reply = await context.request.post(`${gateway}/api/v1/${path}`, { data });
    if (!reply.ok()) throw new Error(`${path} was answered ${reply.status()}: ${await reply.text()}`);
  }
  await context.close();
}
