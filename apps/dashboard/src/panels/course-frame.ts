import type { Answer } from '../api/questions.js';
import type { ChartFrame } from '../charts/chart-frame.js';
import { calendarDate, calendarDay, calendarMonth, clockMinute, clockTime } from '../ui/zone-time.js';
import { measured, METRICS, secondsPast, type OverviewMetric } from './overview-metrics.js';

type Series = Answer<'timeseries'>;
type Bucket = Series['buckets'][number];

/** A bucket by its start, as fine as it is wide. */
export function bucketWords(granularity: string, timeZone: string): (start: number) => string {
  const day = (at: number): string => calendarDay(at, timeZone);
  const words: Readonly<Record<string, (at: number) => string>> = {
    '1mo': (at) => calendarMonth(at, timeZone),
    '1w': (at) => `Week of ${calendarDate(at, timeZone)}`,
    '1d': day,
    '1s': (at) => `${day(at)} ${clockTime(at, timeZone)}`,
    '10s': (at) => `${day(at)} ${clockTime(at, timeZone)}`,
  };
  const chosen = words[granularity] ?? ((at: number) => `${day(at)} ${clockMinute(at, timeZone)}`);
  return (start) => chosen(start * 1000);
}

const startOf = ({ from }: Bucket): number => Date.parse(from) / 1000;

/** An answer about one metric as a chart of one line, with the comparison if there is one. */
export function courseFrame(answer: Series, metric: OverviewMetric, compared: boolean): ChartFrame {
  const { buckets, previous = [], asOf, query } = answer;
  const { label, exact, axis, colour } = METRICS[metric];
  const describeBucket = bucketWords(query.granularity ?? '', query.timeZone);
  const valueOf = ({ from, to, values }: Bucket): number | null => measured(metric, values[0], secondsPast(from, to, asOf));
  const [first, last] = [buckets[0], buckets.at(-1)];
  const grows = last && !last.complete && Date.parse(last.to) >= Date.parse(asOf) - 1000;
  return {
    buckets: buckets.map(startOf),
    // The first and the last one may be cut.
    granularitySeconds: Math.max(1, ...buckets.map(({ from, to }) => (Date.parse(to) - Date.parse(from)) / 1000)),
    lines: [{ name: metric, label, colour, values: buckets.map(valueOf) }],
    ...(compared && {
      before: {
        values: buckets.map((_, index) => (previous[index] ? valueOf(previous[index]) : null)),
        describeBucket: (index: number) => (previous[index] ? describeBucket(startOf(previous[index])) : 'Before'),
      },
    }),
    cut: first !== undefined && first !== last && !first.complete,
    unfinished: grows ? buckets.length - 1 : null,
    formatValue: exact,
    formatAxis: axis,
    describeBucket,
    timeZone: query.timeZone,
  };
}
