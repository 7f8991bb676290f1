import type { Filter, NamedMetric } from '@analytics/dto/language';
import { axisCount, count, duration, percent, rate, shortCount } from '../ui/format.js';

/** The key numbers of the Overview; `rate` is the number of events by the time that it took. */
export const METRIC_NAMES = ['events', 'users', 'sessions', 'error_rate', 'p95_duration', 'rate'] as const;
export type OverviewMetric = (typeof METRIC_NAMES)[number];

interface MetricLook {
  label: string;
  /** Said after the label, in the chart's heading. */
  meaning: string;
  /** What is asked for. */
  ask: NamedMetric;
  /** As the key number shows it. */
  text: (value: number) => string;
  /** To the last digit. */
  exact: (value: number) => string;
  axis: (value: number) => string;
  /** More of it is worse. */
  bad?: boolean;
  /** CSS variable. */
  colour: string;
  /** Which of the view's events it is computed from. */
  behind: readonly Filter[];
}

export const METRICS: Record<OverviewMetric, MetricLook> = {
  events: {
    label: 'Events',
    meaning: 'stored',
    ask: 'events',
    text: shortCount,
    exact: count,
    axis: axisCount,
    colour: '--chart-page-view',
    behind: [],
  },
  users: {
    label: 'Users',
    meaning: 'distinct',
    ask: 'users',
    text: shortCount,
    exact: count,
    axis: axisCount,
    colour: '--chart-button-click',
    behind: [{ field: 'user', op: 'exists' }],
  },
  sessions: {
    label: 'Sessions',
    meaning: 'distinct',
    ask: 'sessions',
    text: shortCount,
    exact: count,
    axis: axisCount,
    colour: '--chart-custom-1',
    behind: [{ field: 'session', op: 'exists' }],
  },
  error_rate: {
    label: 'Error rate',
    meaning: 'errors by all events',
    ask: 'error_rate',
    text: percent,
    exact: percent,
    axis: percent,
    bad: true,
    colour: '--chart-error',
    behind: [{ field: 'type', op: 'is', value: 'error' }],
  },
  p95_duration: {
    label: 'p95 duration',
    meaning: '95 of 100 took no longer',
    ask: 'p95_duration',
    text: duration,
    exact: duration,
    axis: duration,
    bad: true,
    colour: '--chart-api-call',
    behind: [{ field: 'duration_ms', op: 'exists' }],
  },
  rate: {
    label: 'Events per second',
    meaning: 'mean',
    ask: 'events',
    text: rate,
    exact: rate,
    axis: rate,
    colour: '--chart-custom-2',
    behind: [],
  },
};

/** Everything that the key numbers are made of. */
export const ASKED: readonly NamedMetric[] = ['events', 'users', 'sessions', 'error_rate', 'p95_duration'];

/** Seconds of a stretch that are over. */
export const secondsPast = (from: string, to: string, asOf: string): number =>
  Math.max(1, (Math.min(Date.parse(to), Date.parse(asOf)) - Date.parse(from)) / 1000);

/** What a metric shows of a value that was answered for a stretch of this many seconds. */
export const measured = (metric: OverviewMetric, value: number | null | undefined, seconds: number): number | null =>
  value === null || value === undefined ? null : metric === 'rate' ? value / seconds : value;

/** 0.1 = a tenth more than before; null: there is nothing to compare with. */
export const relativeChange = (now: number | null, before: number | null): number | null =>
  now === null || before === null || before === 0 ? null : (now - before) / before;
