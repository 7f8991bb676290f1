import type { ChartLine } from './stack.js';

/** What a chart shows at one moment. */
export interface ChartFrame {
  /** Start of each bucket, seconds since 1970. */
  buckets: readonly number[];
  granularitySeconds: number;
  /** Stacked, the first at the bottom. */
  lines: readonly ChartLine[];
  /** The same one line at an earlier time, bucket by bucket; drawn lighter, and not stacked. */
  before?: {
    values: readonly (number | null)[];
    describeBucket: (index: number) => string;
  };
  /** What the tooltip says of a bucket besides what is drawn. */
  notes?: (index: number) => readonly (readonly [label: string, value: string])[];
  /** The range begins within the first bucket, which shows only a part of it. Default false. */
  cut?: boolean;
  /** Index of the bucket that is still being filled; null: none. */
  unfinished: number | null;
  formatValue: (value: number) => string;
  /** Short, for the axis. */
  formatAxis: (value: number) => string;
  /** @param start seconds since 1970 */
  describeBucket: (start: number) => string;
  /** IANA name: whose clocks and calendar the time axis shows. Default: the browser's. */
  timeZone?: string;
}
