import type { Answer } from '../api/questions.js';
import type { ChartFrame } from '../charts/chart-frame.js';
import { axisCount, count } from '../ui/format.js';
import { bucketWords } from './course-frame.js';

type Series = Answer<'timeseries'>;

/** What is asked of each minute, and where each value stands in the answer. */
export const MINUTE_METRICS = 'users,events';

const MINUTES = 30;

/** The last 30 minutes of an answer. Its range moves with every ten seconds, so before them it may have part of one more. */
export const minutesOf = ({ buckets }: Series): Series['buckets'] => buckets.slice(-MINUTES);

/** The minutes of an answer as bars of users; the events of each stand in its tooltip. */
export function minutesFrame(answer: Series): ChartFrame {
  const { timeZone } = answer.query;
  const buckets = minutesOf(answer);
  return {
    buckets: buckets.map(({ from }) => Date.parse(from) / 1000),
    granularitySeconds: 60,
    lines: [{ name: 'users', label: 'Users', colour: '--chart-page-view', values: buckets.map(({ values }) => values[0] ?? 0) }],
    notes: (index) => [['Events', count(buckets[index]?.values[1] ?? 0)]],
    unfinished: buckets.at(-1)?.complete === false ? buckets.length - 1 : null,
    formatValue: count,
    formatAxis: axisCount,
    describeBucket: bucketWords('1m', timeZone),
    timeZone,
  };
}

/**
 * Events a second in the newest bucket that is over and wholly stored: one that is still being filled would always look too slow.
 * @returns null while there is none
 */
export function rateNow({ buckets, completeThrough, asOf }: Series): number | null {
  const stored = Date.parse(completeThrough ?? asOf);
  const newest = buckets.findLast(({ to, complete }) => complete && Date.parse(to) <= stored);
  if (!newest) return null;
  return (newest.values[0] ?? 0) / ((Date.parse(newest.to) - Date.parse(newest.from)) / 1000);
}
