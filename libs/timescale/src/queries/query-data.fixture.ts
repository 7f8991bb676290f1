import { TrafficModel, type IngestedEvent } from '@analytics/events';
import { Random } from './random.fixture.js';

export const PROJECT = 'shop';
/** Clocks change around these instants: Lord Howe, Berlin, New York; back, forth. */
export const CLOCK_CHANGES = [
  '2025-10-04T15:30:00Z',
  '2025-10-26T01:00:00Z',
  '2025-11-02T06:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-03-29T01:00:00Z',
  '2026-04-04T15:00:00Z',
].map((text) => Date.parse(text));
/** The simulated traffic, an hour and a half around a change of Berlin's clocks. */
export const TRAFFIC = { from: Date.parse('2026-03-29T00:00:00Z'), to: Date.parse('2026-03-29T02:00:00Z') };

const HOUR_MS = 3_600_000;
const SESSIONS = Array.from({ length: 40 }, (_, index) => `0190f3a2-0000-7000-8000-${String(index).padStart(12, '0')}`);

/** Keys and values that are only data, whatever they look like. */
export const ODD_KEYS = ['plan', 'amount', '__proto__', 'constructor', 'a.b', 'größe', "it's", 'x"y', '%', '', '$1'];
export const ODD_TEXTS = ['pro', 'Pro', 'free', '', 'Ärger', 'ÄRGER', '日本', '🙂', '%', '_', "'; --", '100', 'true', '\\', '=x', 'null'];

/** About 5,000 events: simulated traffic, and odd custom events around changes of clocks. */
export function queryEvents(seed: number): IngestedEvent[] {
  const random = new Random(seed);
  return [...traffic(seed), ...Array.from({ length: 2000 }, (_, index) => customEvent(random, index))];
}

function traffic(seed: number): IngestedEvent[] {
  const model = new TrafficModel({ seed, startAt: TRAFFIC.from, eventsPerSecond: 0.42, dayCurve: false, users: 30 });
  return model.advanceTo(TRAFFIC.to).map(({ context, ...event }) => ({
    ...event,
    // Sums of quarters are exact, so two ways of adding them up rank equal cells equally.
    properties: 'duration_ms' in event.properties ? { ...event.properties, duration_ms: Math.ceil(Number(event.properties['duration_ms']) * 4) / 4 } : event.properties,
    ...context,
    project_id: PROJECT,
    received_at: event.timestamp,
  }));
}

function customEvent(random: Random, index: number): IngestedEvent {
  const around = random.pick(CLOCK_CHANGES) + (random.chance(0.7) ? random.between(-4, 4) * HOUR_MS : random.between(-40, 40) * HOUR_MS);
  // Many events in the very same millisecond, and some at the edges of hours.
  const time = random.chance(0.2) ? around : around + random.between(-HOUR_MS, HOUR_MS);
  const late = random.chance(0.3) ? random.between(0, 90 * 24 * HOUR_MS) : 0;
  return {
    event_id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    project_id: random.chance(0.95) ? PROJECT : 'blog',
    timestamp: new Date(time).toISOString(),
    received_at: new Date(time + late).toISOString(),
    event_type: random.pick(['signed_up', 'purchase', 'error', 'page_view', 'api_call', 'constructor']),
    user_id: random.pick(['ann', 'bob', 'Zoë', '__proto__', 'user_001', 'user_002']),
    // Such an event comes from JSON, which makes `__proto__` a key like any other.
    properties: JSON.parse(`{${propertiesText(random)}}`) as Record<string, unknown>,
    ...(random.chance(0.5) ? { browser: random.pick(['Firefox', 'Chrome', '']), country: random.pick(['CH', 'DE']) } : {}),
    ...(random.chance(0.5) ? { os: 'Linux', device: random.pick(['desktop', 'mobile']) } : {}),
  };
}

function propertiesText(random: Random): string {
  const text = (value: unknown): string => JSON.stringify(value);
  const some = (part: number, name: string, value: () => unknown): string[] => (random.chance(part) ? [`${text(name)}:${text(value())}`] : []);
  return [
    ...some(0.6, 'session_id', () => (random.chance(0.9) ? random.pick(SESSIONS) : random.pick(['no uuid', 7, null, SESSIONS[3]!.toUpperCase()]))),
    ...some(0.3, 'page_url', () => random.pick(['https://shop.example/a?x=1', 'https://shop.example:8080/ä', 'no url', 'mailto:a@b.c', 5])),
    ...some(0.2, 'referrer', () => random.pick(['https://search.example/', 'android-app://x', '', {}])),
    ...some(0.3, 'duration_ms', () => random.pick([1, 2.5, 100, 100, 1999.75, -4, 0, '100', null, true])),
    ...some(0.3, 'status_code', () => random.pick([200, 201, 404, 500, 599, 600, 99, 0, '404', 404.5])),
    ...some(0.3, 'endpoint', () => random.pick(['/api/cart?id=1', '/api/cart#top', '/x', '', 'e'.repeat(300), 3])),
    ...some(0.3, 'method', () => random.pick(['GET', 'POST', '', 1])),
    ...some(0.2, 'button_id', () => random.pick(['buy', '', 'Buy', 4])),
    ...some(0.2, 'error_type', () => random.pick(['TypeError', 'constructor', null])),
    ...ODD_KEYS.flatMap((key) => some(0.3, key, () => propertyValue(random))),
  ].join(',');
}

const propertyValue = (random: Random): unknown =>
  random.chance(0.4)
    ? random.pick(ODD_TEXTS)
    : random.pick<unknown>([0, 1, 1, 2, 3, 10, 100, -7, 2.5, 1e6, true, false, null, {}, { a: 1 }, [], [1], 'x'.repeat(50)]);
