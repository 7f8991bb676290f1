import type { SeriesDto } from '@analytics/dto';
import type { Metric } from '../routes/search.js';
import { compareTypes, typeColour, typeLabel } from '../ui/event-types.js';
import { axisCount, count, percent, rate } from '../ui/format.js';
import { unfinishedBucket, type ChartLine } from './stack.js';
import { describeBucket, type ChartFrame } from './chart-frame.js';

/** The lines of an answer by type, in their fixed order and colours. */
export function typeLines({ series }: SeriesDto): ChartLine[] {
  return [...series]
    .sort((a, b) => compareTypes(a.name, b.name))
    .map(({ name, values }) => ({ name, label: typeLabel(name), colour: typeColour(name), values }));
}

type Format = (value: number) => string;
const FORMATS: Record<Metric, [value: Format, axis: Format]> = {
  events: [count, axisCount],
  errors: [count, axisCount],
  rate: [rate, rate],
  errorShare: [percent, percent],
};

/** What a chart of one metric draws. Errors and their share are one line; the others are stacked by type. */
export function metricLines(answer: SeriesDto, metric: Metric): ChartLine[] {
  const lines = typeLines(answer);
  if (metric === 'events') return lines;
  if (metric === 'rate') return lines.map((line) => ({ ...line, values: line.values.map((value) => value / answer.granularitySeconds) }));
  const errors = lines.find(({ name }) => name === 'error')?.values ?? answer.buckets.map(() => 0);
  const line = { name: metric, label: metric === 'errors' ? 'Errors' : 'Error share', colour: '--chart-error' };
  if (metric === 'errors') return [{ ...line, values: errors }];
  const all = answer.buckets.map((_, index) => lines.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  return [{ ...line, values: errors.map((value, index) => (all[index] ? value / all[index] : 0)) }];
}

/** An answer as a chart of these lines. */
export function seriesFrame(answer: SeriesDto, lines: readonly ChartLine[], metric: Metric = 'events'): ChartFrame {
  const { buckets, granularitySeconds, asOf } = answer;
  const [formatValue, formatAxis] = FORMATS[metric];
  return {
    buckets,
    granularitySeconds,
    lines,
    unfinished: unfinishedBucket(buckets, granularitySeconds, asOf),
    formatValue,
    formatAxis,
    describeBucket: describeBucket(granularitySeconds),
  };
}
