import { setInterval } from 'node:timers/promises';
import fc from 'fast-check';
import type { IngestedEvent } from '@analytics/events';
import type { LiveQuestionName } from '@analytics/dto';
import { apiCall, pageView, type EventStore } from '../gateway.fixture.js';

export interface AskedQuestion {
  question: LiveQuestionName;
  params: Record<string, unknown>;
}

const HOUR_MS = 3_600_000;
const PAGES = ['/a', '/b', '/c', '/cart'];
const SESSIONS = Array.from({ length: 12 }, (_, index) => `0190f3a2-0000-7000-8000-${String(index).padStart(12, '0')}`);
const METRICS = ['events', 'users', 'sessions', 'bounce_rate', 'error_rate', 'avg_duration', 'p95_duration', 'session_duration'];
const FIELDS = ['type', 'page_path', 'browser', 'country', 'user', 'endpoint', 'status_code'];

const is = (field: string, value: string): object => ({ field, op: 'is', value });
const pageIs = fc.constantFrom(...PAGES).map((page) => is('page_path', page));

/** Up to 60 hours ago, or just now. */
const ages = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 * HOUR_MS }));

/** Of now, or late. */
const randomEvent = fc.record({
  age: ages,
  user: fc.constantFrom('ann', 'bob', 'eve', 'joe'),
  session: fc.constantFrom(...SESSIONS),
  page: fc.constantFrom(...PAGES),
  isCall: fc.boolean(),
  // Sums of quarters are exact, in whatever order they are added.
  quarters: fc.integer({ min: 1, max: 4000 }),
  browser: fc.constantFrom('Firefox', 'Chrome'),
  country: fc.constantFrom('CH', 'DE', 'FR'),
});

type RandomEvent = typeof randomEvent extends fc.Arbitrary<infer T> ? T : never;

function eventOf({ age, user, session, page, isCall, quarters, browser, country }: RandomEvent): IngestedEvent {
  const timestamp = new Date(Date.now() - age).toISOString();
  const event = isCall ? apiCall(quarters / 4, { user_id: user }) : pageView({ user_id: user });
  const properties = { ...event.properties, session_id: session, ...(isCall ? {} : { page_url: `https://shop.example${page}` }) };
  return { ...event, timestamp, browser, country, properties };
}

const COMMITS_PER_SECOND = 10;

interface Traffic {
  perSecond: number;
  seconds: number;
  seed: number;
  enough?: () => boolean;
}

/** Stores random events, late ones among them, at a steady pace and tells of every commit, until that many seconds are over or it is `enough`. */
export async function traffic(store: EventStore, { perSecond, seconds, seed, enough = () => false }: Traffic): Promise<void> {
  const size = Math.ceil(perSecond / COMMITS_PER_SECOND);
  const ticks = setInterval(1000 / COMMITS_PER_SECOND)[Symbol.asyncIterator]();
  for (let commit = 0; commit < seconds * COMMITS_PER_SECOND && !enough(); commit++) {
    // One that came while the last commit was still being stored is caught up with.
    await ticks.next();
    const events = fc.sample(randomEvent, { numRuns: size, seed: seed + commit }).map(eventOf);
    await store.store(events);
    await store.tell(events);
  }
  await ticks.return?.();
}

/** Ranges that end before now, and some that follow the clock. */
function ranges(now: number): fc.Arbitrary<object> {
  const at = (ms: number): string => new Date(ms).toISOString();
  const fixed = fc.record({ end: fc.integer({ min: 0, max: 40 * HOUR_MS }), length: fc.integer({ min: HOUR_MS, max: 30 * HOUR_MS }) });
  return fc.oneof(
    fixed.map(({ end, length }) => ({ from: at(now - end - length), to: at(now - end) })),
    fixed.map(({ length }) => ({ from: at(now - length), to: at(now + HOUR_MS) })),
    fc.constantFrom('1h', '36h', '3d').map((period) => ({ period })),
  );
}

/** Questions in the whole of the query language. @param now the present, ms since 1970. */
export function randomQuestions(now: number): fc.Arbitrary<AskedQuestion> {
  const others = fc.constantFrom(is('browser', 'Firefox'), is('type', 'api_call'), { field: 'country', op: 'in', values: ['CH', 'DE'] });
  const filters = fc.option(fc.oneof(pageIs, others), { nil: undefined });
  const timeZone = fc.constantFrom('UTC', 'Europe/Berlin');
  const base = fc.record({ range: ranges(now), filters, timeZone }).map(({ range, ...rest }) => ({ ...rest, ...range }));
  const metrics = fc.uniqueArray(fc.constantFrom(...METRICS), { minLength: 1, maxLength: 3 });
  const compare = fc.option(fc.constantFrom('previous_period', 'same_weekday'), { nil: undefined });
  const asked = (question: LiveQuestionName, more: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<AskedQuestion> =>
    fc
      .tuple(base, fc.record(more))
      .map(([shared, own]) => ({ question, params: withoutUndefined({ project: 'demo', ...shared, ...own }) }));
  const nothing = fc.constant(undefined);
  const by = fc.uniqueArray(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 2 });
  const steps = fc.tuple(pageIs, pageIs).map((pages) => pages.map((filter) => ({ filters: filter })));
  return fc.oneof(
    { weight: 2, arbitrary: asked('totals', { metrics, compare }) },
    { weight: 4, arbitrary: asked('timeseries', { metrics, compare, granularity: fc.constantFrom('auto', '5m', '1h', '1d') }) },
    { weight: 3, arbitrary: asked('breakdown', { metrics, compare, by, limit: fc.constantFrom(2, 10) }) },
    { weight: 1, arbitrary: asked('events', { limit: fc.constantFrom(5, 50) }) },
    { weight: 1, arbitrary: asked('values', { field: fc.constantFrom('page_path', 'user') }) },
    { weight: 1, arbitrary: asked('heatmap', { metrics, period: fc.constant('3d'), from: nothing, to: nothing }) },
    { weight: 1, arbitrary: asked('funnel', { steps, window: fc.constant('1h') }) },
    { weight: 1, arbitrary: asked('retention', {}) },
    { weight: 1, arbitrary: asked('paths', { anchor: fc.constantFrom(...PAGES) }) },
  );
}

const withoutUndefined = (params: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));

/** The same question as REST takes it. */
export const routeOf = ({ question, params }: AskedQuestion): string => {
  const texts = Object.entries(params).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : Array.isArray(value) && typeof value[0] === 'string' ? value.join(',') : JSON.stringify(value),
  ]);
  return `${question}?${new URLSearchParams(texts).toString()}`;
};
