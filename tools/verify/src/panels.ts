import type { ChangeDto, PeriodTotalsDto, RecentEventsDto, SeriesDto, SummaryDto, TopDimension, TopDto } from '@analytics/dto';
import { Differences } from './difference.js';
import type { MixedStream, TrueEvent } from './mixed-stream.js';
import { countBy, distinctUsers, durationQuantile, ranked, VALUE_OF, within } from './truth.js';

const HOUR_SECONDS = 3600;
/** What the API promises of quantiles. */
const QUANTILE_ERROR = 0.02;

/** Asks the gateway's API. */
export type Ask = <T>(path: string, query?: Record<string, string | number | boolean>) => Promise<T>;

export async function compareSummary(ask: Ask, truth: readonly TrueEvent[]): Promise<Differences> {
  const panel = new Differences('summary');
  const { current, previous, change, byType } = await ask<SummaryDto>('/metrics/summary');
  const [now, before] = [expectedTotals(current, truth), expectedTotals(previous, truth)];
  for (const name of ['totalEvents', 'uniqueUsers', 'errors', 'eventsPerSecond'] satisfies (keyof PeriodTotalsDto & keyof ChangeDto)[]) {
    panel.near(`current.${name}`, current[name], now[name]);
    panel.near(`previous.${name}`, previous[name], before[name]);
    panel.near(`change.${name}`, change[name], before[name] === 0 ? null : (now[name] - before[name]) / before[name]);
  }
  const types = ranked(countBy(periodOf(current, truth), ({ event_type }) => event_type));
  panel.same(
    'byType',
    byType.map(({ eventType, events }) => [eventType, events]),
    types,
  );
  for (const [index, [type, events]] of types.entries()) panel.near(`share of ${type}`, byType[index]?.share, events / now.totalEvents);
  return panel;
}

const periodOf = ({ from, to }: PeriodTotalsDto, truth: readonly TrueEvent[]): TrueEvent[] =>
  within(truth, Date.parse(from), Date.parse(to));

function expectedTotals(
  period: PeriodTotalsDto,
  truth: readonly TrueEvent[],
): Record<'totalEvents' | 'uniqueUsers' | 'errors' | 'eventsPerSecond', number> {
  const events = periodOf(period, truth);
  return {
    totalEvents: events.length,
    uniqueUsers: distinctUsers(truth, Date.parse(period.from), Date.parse(period.to)),
    errors: events.filter(({ event_type }) => event_type === 'error').length,
    eventsPerSecond: events.length / HOUR_SECONDS,
  };
}

/** A series of any kind, bucket by bucket; every event of its range must be in it. */
export async function compareSeries(
  ask: Ask,
  truth: readonly TrueEvent[],
  { panel: name, path, query = {} }: { panel: string; path: string; query?: Record<string, string | boolean> },
): Promise<Differences> {
  const panel = new Differences(name);
  const { from, to, granularitySeconds, buckets, series } = await ask<SeriesDto>(path, query);
  const events = within(truth, Date.parse(from), Date.parse(to)).filter(
    ({ event_type }) => !query['eventType'] || event_type === query['eventType'],
  );
  const lineOf = ({ event_type }: TrueEvent): string => (query['byType'] === false ? String(query['eventType'] ?? 'all') : event_type);
  const bucketOf = ({ at }: TrueEvent): number => Math.floor(at / 1000 / granularitySeconds) * granularitySeconds;
  const expected = countBy(events, (event) => `${lineOf(event)} at ${new Date(bucketOf(event) * 1000).toISOString()}`);
  panel.equal('number of buckets', buckets.length, (Date.parse(to) - Date.parse(from)) / 1000 / granularitySeconds);
  for (const line of series) {
    for (const [index, bucket] of buckets.entries()) {
      const key = `${line.name} at ${new Date(bucket * 1000).toISOString()}`;
      panel.equal(key, line.values[index], expected.get(key) ?? 0);
      expected.delete(key);
    }
  }
  for (const [key, count] of expected) panel.equal(key, 0, count);
  return panel;
}

export async function compareTop(
  ask: Ask,
  truth: readonly TrueEvent[],
  dimension: TopDimension,
  range: Record<string, string>,
): Promise<Differences> {
  const panel = new Differences(`top ${dimension}${range['last'] ? ` over ${range['last']}` : ''}`);
  const { from, to, totalEvents, distinctValues, rows } = await ask<TopDto>('/metrics/top', { dimension, limit: 100, ...range });
  const events = within(truth, Date.parse(from), Date.parse(to));
  const expected = ranked(countBy(events, VALUE_OF[dimension]));
  const total = expected.reduce((sum, [, count]) => sum + count, 0);
  panel.equal('totalEvents', totalEvents, total);
  panel.equal('distinctValues', distinctValues, expected.length);
  panel.same(
    'rows',
    rows.map(({ value, events: count }) => [value, count]),
    expected.slice(0, 100),
  );
  for (const { value, events: count, share, p50, p95 } of rows) {
    panel.near(`share of ${value}`, share, count / total);
    if (dimension !== 'endpoints') continue;
    panel.near(`p50 of ${value}`, p50, durationQuantile(events, value, 0.5), QUANTILE_ERROR);
    panel.near(`p95 of ${value}`, p95, durationQuantile(events, value, 0.95), QUANTILE_ERROR);
  }
  return panel;
}

/** The newest events, field by field. Those of one request are accepted at once, so their order is not told. */
export async function compareRecent(ask: Ask, { requests, truth }: MixedStream, limit: number, eventType?: string): Promise<Differences> {
  const panel = new Differences(eventType ? `recent ${eventType} events` : 'recent events');
  const { events } = await ask<RecentEventsDto>('/events/recent', { limit, ...(eventType ? { eventType } : {}) });
  const wanted = truth.filter(({ event_type }) => !eventType || event_type === eventType);
  panel.equal('number of events', events.length, Math.min(limit, wanted.length));
  const byId = new Map(wanted.map((event) => [event.event_id, event]));
  for (const event of events) {
    const expected = byId.get(event.eventId);
    panel.equal(`${event.eventId} is there once`, byId.delete(event.eventId), true);
    if (!expected) continue;
    const { sender } = expected;
    const derived = {
      browser: VALUE_OF.browsers(expected) ?? null,
      os: VALUE_OF.systems(expected) ?? null,
      device: sender.device ?? null,
      country: sender.country ?? null,
    };
    panel.same(event.eventId, pick(event), { ...expectedFields(expected), ...derived });
  }
  // Whoever is not shown was not sent after somebody who is.
  const requestOf = new Map(requests.flatMap(({ events: sent }, index) => sent.map((event) => [idOf(event), index] as const)).reverse());
  const oldestShown = Math.min(...events.map(({ eventId }) => requestOf.get(eventId) ?? Infinity));
  for (const { event_id } of byId.values()) panel.equal(`${event_id} is not newer`, (requestOf.get(event_id) ?? 0) <= oldestShown, true);
  return panel;
}

const idOf = (event: unknown): string => (event as { event_id?: string } | null)?.event_id ?? '';

const expectedFields = ({ event_id, at, event_type, user_id, properties }: TrueEvent): object => ({
  eventId: event_id,
  timestamp: new Date(at).toISOString(),
  eventType: event_type,
  userId: user_id,
  properties,
});

const pick = ({
  eventId,
  timestamp,
  eventType,
  userId,
  properties,
  browser,
  os,
  device,
  country,
}: RecentEventsDto['events'][number]): object => ({
  ...{ eventId, timestamp, eventType, userId, properties, browser, os, device, country },
});
