import type { SeriesDto } from '@analytics/dto';
import { compareTypes, typeColour, typeLabel } from '../ui/event-types.js';
import { axisCount, count, timeOfDay } from '../ui/format.js';
import { unfinishedBucket, type ChartLine } from './stack.js';
import type { ChartFrame } from './chart-frame.js';

/** The lines of an answer by type, in their fixed order and colours. */
export function typeLines({ series }: SeriesDto): ChartLine[] {
  return [...series]
    .sort((a, b) => compareTypes(a.name, b.name))
    .map(({ name, values }) => ({ name, label: typeLabel(name), colour: typeColour(name), values }));
}

/** Seconds below the minute: what the live chart of ten seconds a bar needs. */
const describeBucket = (start: number): string => timeOfDay(start * 1000);

/** An answer as a stacked chart of these lines. */
export function seriesFrame(answer: SeriesDto, lines: readonly ChartLine[]): ChartFrame {
  const { buckets, granularitySeconds, asOf } = answer;
  return {
    buckets,
    granularitySeconds,
    lines,
    unfinished: unfinishedBucket(buckets, granularitySeconds, asOf),
    formatValue: count,
    formatAxis: axisCount,
    describeBucket,
  };
}
