import type { IngestedEvent } from '@analytics/events';
import type { FieldName } from './fields.js';
import type { Filter, FilterCondition, FilterValue } from './filter-sql.js';
import { wallClock } from './local-time.fixture.js';
import type { Metric, MetricValue } from './metrics.js';

/*
 * The query language over events in memory, written from its description and not from the engine: no SQL, no Temporal, no speed.
 */

/** An event's field as text; undefined: it lacks the field. @param zone whose clocks tell hours and days. */
export function textOf(event: IngestedEvent, field: FieldName, zone = 'UTC'): string | undefined {
  const { properties } = event;
  const text = (key: string): string | undefined => {
    const value = own(properties, key);
    return typeof value === 'string' ? value : undefined;
  };
  switch (field) {
    case 'type':
      return event.event_type;
    case 'user':
      return event.user_id;
    case 'page_path':
      return urlOf(text('page_url'))?.pathname;
    case 'page_host':
      return urlOf(text('page_url'))?.host;
    case 'referrer_host':
      return urlOf(text('referrer'))?.host;
    case 'button':
      return text('button_id');
    case 'method':
      return text('method');
    case 'error_type':
      return text('error_type');
    case 'endpoint': {
      const [method, endpoint] = [text('method'), text('endpoint')];
      return method === undefined || endpoint === undefined ? undefined : [...`${method} ${endpoint.split(/[?#]/)[0]}`].slice(0, 256).join('');
    }
    case 'session': {
      const session = text('session_id');
      return session !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(session) ? session.toLowerCase() : undefined;
    }
    case 'browser':
    case 'os':
      return event[field] ?? (event.event_type === 'error' ? text(field) : undefined);
    case 'device':
    case 'country':
      return event[field];
    case 'status_class': {
      const code = numberOf(event, 'status_code');
      return code !== undefined && code >= 100 && code < 600 ? `${Math.floor(code / 100)}xx` : undefined;
    }
    case 'status_code':
    case 'duration_ms':
    case 'hour_of_day':
    case 'day_of_week': {
      const number = numberOf(event, field, zone);
      return number === undefined ? undefined : String(number);
    }
    default: {
      const value = own(properties, field.slice('properties.'.length));
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    }
  }
}

export function numberOf(event: IngestedEvent, field: FieldName, zone = 'UTC'): number | undefined {
  if (field === 'hour_of_day') return localOf(event, zone).getUTCHours();
  if (field === 'day_of_week') return localOf(event, zone).getUTCDay() || 7;
  const value = own(event.properties, field.replace(/^properties\./, ''));
  return typeof value === 'number' ? value : undefined;
}

const localOf = (event: IngestedEvent, zone: string): Date => new Date(wallClock(Date.parse(event.timestamp), zone));
const own = (object: Record<string, unknown>, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);
const urlOf = (text: string | undefined): URL | undefined => (text !== undefined && URL.canParse(text) ? new URL(text) : undefined);

export function matches(event: IngestedEvent, filter: Filter, zone = 'UTC'): boolean {
  if ('and' in filter) return filter.and.every((each) => matches(event, each, zone));
  if ('or' in filter) return filter.or.some((each) => matches(event, each, zone));
  if ('not' in filter) return !matches(event, filter.not, zone);
  return fulfils(event, filter, zone);
}

function fulfils(event: IngestedEvent, condition: FilterCondition, zone: string): boolean {
  const { field, op } = condition;
  const text = textOf(event, field, zone);
  switch (op) {
    case 'is':
      return equals(event, field, condition.value, zone);
    case 'is_not':
      return !equals(event, field, condition.value, zone);
    case 'in':
      return condition.values.some((value) => equals(event, field, value, zone));
    case 'not_in':
      return !condition.values.some((value) => equals(event, field, value, zone));
    case 'contains':
      return text !== undefined && text.toLowerCase().includes(condition.value.toLowerCase());
    case 'not_contains':
      return !(text !== undefined && text.toLowerCase().includes(condition.value.toLowerCase()));
    case 'starts_with':
      return text !== undefined && text.startsWith(condition.value);
    case 'exists':
      return (text !== undefined) === (condition.value ?? true);
    default: {
      const number = numberOf(event, field, zone);
      if (number === undefined) return false;
      const bound = Number(condition.value);
      return { gt: number > bound, lt: number < bound, gte: number >= bound, lte: number <= bound }[op];
    }
  }
}

function equals(event: IngestedEvent, field: FieldName, value: FilterValue, zone: string): boolean {
  const always = field === 'status_code' || field === 'duration_ms' || field === 'hour_of_day' || field === 'day_of_week';
  const numeric = always || (field.startsWith('properties.') && typeof value === 'number');
  return numeric ? numberOf(event, field, zone) === Number(value) : textOf(event, field, zone) === String(value);
}

export function measure(events: readonly IngestedEvent[], metric: Metric, zone = 'UTC'): MetricValue {
  if ('aggregate' in metric) return aggregate(events.flatMap((event) => numberOf(event, metric.field, zone) ?? []), metric.aggregate);
  const sessions = new Map<string, number[]>();
  for (const event of events) {
    const session = textOf(event, 'session');
    if (session !== undefined) sessions.set(session, [...(sessions.get(session) ?? []), Date.parse(event.timestamp)]);
  }
  const visits = [...sessions.values()];
  const ratio = (part: number, whole: number): MetricValue => (whole === 0 ? null : part / whole);
  switch (metric.name) {
    case 'events':
      return events.length;
    case 'users':
      return new Set(events.map(({ user_id }) => user_id)).size;
    case 'sessions':
      return visits.length;
    case 'events_per_session':
      return ratio(sum(visits.map((times) => times.length)), visits.length);
    case 'session_duration':
      return ratio(sum(visits.map((times) => Math.max(...times) - Math.min(...times))) / 1000, visits.length);
    case 'bounce_rate':
      return ratio(visits.filter((times) => times.length === 1).length, visits.length);
    case 'error_rate':
      return ratio(events.filter(({ event_type }) => event_type === 'error').length, events.length);
    default:
      return aggregate(
        events.flatMap((event) => numberOf(event, 'duration_ms') ?? []),
        metric.name.slice(0, 3) as 'avg' | 'p50' | 'p75' | 'p95' | 'p99',
      );
  }
}

function aggregate(numbers: number[], by: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'p50' | 'p75' | 'p95' | 'p99'): MetricValue {
  const sorted = numbers.toSorted((a, b) => a - b);
  if (by === 'count') return sorted.length;
  if (by === 'sum') return sum(sorted);
  if (sorted.length === 0) return null;
  if (by === 'avg') return sum(sorted) / sorted.length;
  if (by === 'min') return sorted[0]!;
  if (by === 'max') return sorted.at(-1)!;
  const place = (Number(by.slice(1)) / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (place - Math.floor(place)) * (above - below);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
