import { randomUUID } from 'node:crypto';
import type { CreatedKeyDto } from '@analytics/dto';
import { eventually } from '@analytics/testing';
import { asAdmin, doors, getJson, send } from './pipeline.client.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Of the collector's caller; the events have its browser, system and device. */
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';

type Event = Record<string, unknown>;

/** A project of its own, which nobody else sends to. */
export interface Shop {
  id: string;
  writeKey: string;
}

async function post<T>(route: string, body: unknown): Promise<T> {
  const headers = { ...asAdmin, 'content-type': 'application/json' };
  const reply = await fetch(`${doors.gateway}/api/v1/${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${route} was answered ${reply.status}: ${await reply.text()}`);
  return (await reply.json()) as T;
}

/** Makes a project, and a write key that the collector takes already. */
export async function openShop(id: string): Promise<Shop> {
  await post('projects', { id, name: `Shop ${id}` });
  const { key } = await post<CreatedKeyDto>(`projects/${id}/keys`, { scope: 'ingest', name: 'of the spec' });
  await eventually(async () => expect((await send([], key)).status).not.toBe(401));
  return { id, writeKey: key };
}

/** Makes a read-only link to a page of the shop. @returns its address. */
export async function shareLink({ id }: Shop, page: string, search: object): Promise<string> {
  const { token } = await post<{ token: string }>(`links?project=${id}`, { page, name: 'For the board', search: JSON.stringify(search) });
  return `/shared#${token}`;
}

/** Stores events, and returns when REST counts them. */
export async function store({ id, writeKey }: Shop, events: readonly Event[]): Promise<void> {
  const before = await stored(id);
  const { body } = await send(events, writeKey);
  expect(body.rejected).toBe(0);
  await eventually(async () => expect(await stored(id)).toBe(before + events.length));
}

const stored = async (project: string): Promise<number> =>
  (await getJson<{ totals: number[] }>(`${doors.gateway}/api/v1/totals?project=${project}&period=last_12_months&metrics=events`)).body.totals[0] ?? 0;

const session = (user: string): string => `3f0e7c1e-7a52-4d0e-9c59-${Buffer.from(user.padEnd(6, '_').slice(0, 6)).toString('hex')}`;

const at = (ageMs: number): { timestamp: string } => ({ timestamp: new Date(Date.now() - ageMs).toISOString() });

export const viewed = (user: string, path: string, ageMs: number, referrer?: string): Event => ({
  ...at(ageMs),
  event_id: randomUUID(),
  event_type: 'page_view',
  user_id: user,
  properties: {
    page_url: `https://shop.example${path}`,
    session_id: session(user),
    viewport_width: 1280,
    viewport_height: 720,
    ...(referrer && { referrer }),
  },
});

const clicked = (user: string, button: string, ageMs: number): Event => ({
  ...at(ageMs),
  event_type: 'button_click',
  user_id: user,
  properties: { button_id: button, button_text: 'Buy', page_url: 'https://shop.example/cart', session_id: session(user), click_x: 5, click_y: 6 },
});

const called = (user: string, endpoint: string, status: number, ms: number, ageMs: number): Event => ({
  ...at(ageMs),
  event_type: 'api_call',
  user_id: user,
  properties: { endpoint, method: 'GET', status_code: status, duration_ms: ms, user_agent: FIREFOX },
});

const failed = (user: string, type: string, ageMs: number): Event => ({
  ...at(ageMs),
  event_type: 'error',
  user_id: user,
  properties: { error_type: type, message: 'of the spec', page_url: 'https://shop.example/cart', browser: 'Firefox', os: 'Linux' },
});

/**
 * What a small shop has seen: in the last half hour, which no spec outlives, in the half hour before, and some of it yesterday, in the week, month and year.
 * Each page, button, endpoint and error has another count, so that no number can stand for another.
 */
export function shopEvents(): Event[] {
  const recent = (index: number): number => 2 * MINUTE_MS + index * 20_000;
  const visits = ['ann', 'bob', 'eve', 'joe'].flatMap((user, index) => [
    viewed(user, '/', recent(4 * index + 9), 'https://www.google.com/'),
    viewed(user, '/products/lamp', recent(4 * index + 7)),
    ...(index < 3 ? [viewed(user, '/cart', recent(4 * index + 5)), clicked(user, 'add-to-cart', recent(4 * index + 4))] : []),
    ...(index < 2 ? [viewed(user, '/checkout', recent(4 * index + 2)), clicked(user, 'pay', recent(4 * index + 1))] : []),
  ]);
  const calls = Array.from({ length: 9 }, (_, index) => called('ann', index < 5 ? '/api/cart' : '/api/pay', index % 4 === 3 ? 500 : 200, 20 + index * 30, recent(index)));
  const faults = [failed('bob', 'TypeError', recent(3)), failed('eve', 'TypeError', recent(8)), failed('eve', 'RangeError', recent(12))];
  const before = Array.from({ length: 7 }, (_, index) => viewed('old', '/products/lamp', 40 * MINUTE_MS + index * 30_000));
  const past = [1, 1, 1, 4, 4, 20, 60, 60].map((days, index) => viewed(`past${index}`, '/cart', days * DAY_MS + index * MINUTE_MS));
  return [...visits, ...calls, ...faults, ...before, ...past];
}
