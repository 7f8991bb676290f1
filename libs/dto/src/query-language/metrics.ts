import { fieldKind, type FieldName } from './fields.js';

/** Metrics with a name of their own: what each one means. "Events" are those that the question asks about; null: nothing to compute it from. */
export const METRICS = {
  events: 'Number of events',
  users: 'Distinct `user_id`s',
  sessions: 'Distinct `session_id`s; events without one do not count',
  events_per_session: 'Events that have a session, by sessions; null without any',
  session_duration: 'Mean time between the first and the last event of a session that the question sees, seconds; null without any session',
  bounce_rate: 'Part of the sessions of which the question sees exactly one event, 0 to 1; null without any session',
  error_rate: 'Events of type `error` by all events, 0 to 1; null without any event',
  avg_duration: 'Mean of `duration_ms`, milliseconds; null without any. So are the next four',
  p50_duration: 'Median of `duration_ms`',
  p75_duration: '75th percentile of `duration_ms`',
  p95_duration: '95th percentile of `duration_ms`',
  p99_duration: '99th percentile of `duration_ms`',
} as const;

/** What can be computed of the numbers of `properties.<key>`, `duration_ms` or `status_code`, such as `p95(properties.amount)`. */
export const AGGREGATES = {
  count: 'How many events have a number there',
  sum: 'Sum of the numbers; 0 without any',
  avg: 'Mean of the numbers; null without any. So are the next ones',
  min: 'Least number',
  max: 'Greatest number',
  p50: 'Median, between two numbers when it falls there',
  p75: '75th percentile',
  p95: '95th percentile',
  p99: '99th percentile',
} as const;

export type NamedMetric = keyof typeof METRICS;
export type Aggregate = keyof typeof AGGREGATES;
export type Metric = { name: NamedMetric } | { aggregate: Aggregate; field: FieldName };

/** A question has at most this many. */
export const MOST_METRICS = 10;

/** What is told to be allowed where a metric is wrong. */
export const ALLOWED_METRICS: readonly string[] = [
  ...Object.keys(METRICS),
  ...Object.keys(AGGREGATES).map((name) => `${name}(properties.<key>|duration_ms|status_code)`),
];

const AGGREGATE = /^([a-z0-9]+)\((.*)\)$/su;

/** A metric by its text, such as `users` or `sum(properties.amount)`; undefined: there is no such metric. */
export function parseMetric(text: unknown): Metric | undefined {
  if (typeof text !== 'string') return undefined;
  if (Object.hasOwn(METRICS, text)) return { name: text as NamedMetric };
  const [, aggregate, field] = AGGREGATE.exec(text) ?? [];
  const kind = fieldKind(field);
  if (aggregate === undefined || !Object.hasOwn(AGGREGATES, aggregate) || kind === undefined || kind === 'text') return undefined;
  return { aggregate: aggregate as Aggregate, field: field as FieldName };
}

const meanings = (of: Readonly<Record<string, string>>): string => Object.entries(of).map(([name, meaning]) => `\`${name}\` ${meaning}`).join('; ');

export const METRIC_LIST = `${meanings(METRICS)}. Of the numbers of \`properties.<key>\`, \`duration_ms\` or \`status_code\`, written \`sum(properties.amount)\`: ${meanings(AGGREGATES)}`;
