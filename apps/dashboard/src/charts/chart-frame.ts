import { dayOf, minuteOfDay, timeOfDay } from '../ui/format.js';
import type { ChartLine } from './stack.js';

/** What a chart shows at one moment. */
export interface ChartFrame {
  /** Start of each bucket, seconds since 1970. */
  buckets: readonly number[];
  granularitySeconds: number;
  /** Stacked, the first at the bottom. */
  lines: readonly ChartLine[];
  /** Index of the bucket that is still being filled; null: none. */
  unfinished: number | null;
  formatValue: (value: number) => string;
  /** Short, for the axis. */
  formatAxis: (value: number) => string;
  describeBucket: (start: number) => string;
}

const DAY = 86_400;

/** "Mon 23 Nov 14:00" above the hour scale, seconds below the minute. */
export function describeBucket(granularitySeconds: number): (start: number) => string {
  return (start) => {
    const at = start * 1000;
    if (granularitySeconds >= DAY) return dayOf(at);
    if (granularitySeconds >= 3600) return `${dayOf(at)} ${minuteOfDay(at)}`;
    return granularitySeconds < 60 ? timeOfDay(at) : minuteOfDay(at);
  };
}
