import type { SeriesDto, SummaryDto } from '@analytics/dto';
import type { Metric } from '../routes/search.js';
import { percent, rate, shortCount } from '../ui/format.js';

/** One number of the last hour, ready to be shown. */
export interface KeyNumber {
  testId: string;
  label: string;
  value: number;
  text: string;
  /** Against the hour before, 0.1 = +10 %; null when there was nothing before. */
  relative: number | null;
  /** More of it is worse. */
  bad?: boolean;
  /** Set when its course over time is known, so that it can drive the chart. */
  metric?: Metric;
  course?: readonly number[];
  /** CSS variable. */
  colour: string;
}

const BLUE = '--chart-page-view';
const RED = '--chart-error';

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const relativeChange = (now: number, before: number): number | null => (before === 0 ? null : (now - before) / before);

/** Sums all lines, or one of them, per bucket. */
function course(hour: SeriesDto | undefined, type?: string): number[] {
  if (!hour) return [];
  const lines = hour.series.filter(({ name }) => !type || name === type);
  return hour.buckets.map((_, index) => lines.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
}

/** @param hour the last hour by type, for the courses; undefined while it loads */
export function keyNumbers(summary: SummaryDto, hour: SeriesDto | undefined): KeyNumber[] {
  const all = course(hour);
  return [...eventNumbers(summary, all), ...errorNumbers(summary, all, course(hour, 'error'))];
}

function eventNumbers({ current, change }: SummaryDto, all: readonly number[]): KeyNumber[] {
  const { totalEvents, uniqueUsers, eventsPerSecond } = current;
  const events = { label: 'Events', value: totalEvents, text: shortCount(totalEvents), relative: change.totalEvents };
  const users = { label: 'Unique users', value: uniqueUsers, text: shortCount(uniqueUsers), relative: change.uniqueUsers };
  const speed = { label: 'Events per second', value: eventsPerSecond, text: rate(eventsPerSecond), relative: change.eventsPerSecond };
  return [
    { ...events, testId: 'kpi-total', metric: 'events', course: all, colour: BLUE },
    { ...users, testId: 'kpi-users', colour: BLUE },
    { ...speed, testId: 'kpi-rate', metric: 'rate', course: all, colour: BLUE },
  ];
}

function errorNumbers({ current, previous, change }: SummaryDto, all: readonly number[], errors: readonly number[]): KeyNumber[] {
  const share = shareOf(current.errors, current.totalEvents);
  const before = shareOf(previous.errors, previous.totalEvents);
  const shares = errors.map((value, index) => shareOf(value, all[index] ?? 0));
  const count = { label: 'Errors', value: current.errors, text: shortCount(current.errors), relative: change.errors };
  const part = { label: 'Error share', value: share, text: percent(share), relative: relativeChange(share, before) };
  return [
    { ...count, testId: 'kpi-errors', bad: true, metric: 'errors', course: errors, colour: RED },
    { ...part, testId: 'kpi-error-share', bad: true, metric: 'errorShare', course: shares, colour: RED },
  ];
}
