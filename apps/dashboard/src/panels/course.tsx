import { ChartArea, Table2 } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import type { Answer } from '../api/questions.js';
import { isVisitor } from '../api/shared-link.js';
import { TimeChart } from '../charts/time-chart.js';
import { comparisonLabel, rangeLabel } from '../frame/periods.js';
import { useAnswer } from '../live/use-answer.js';
import { useView } from '../routes/view.js';
import { PanelContent } from '../ui/panel.js';
import { courseFrame } from './course-frame.js';
import { CourseTable } from './course-table.js';
import { EventsLink } from './events-link.js';
import { METRIC_NAMES, METRICS, type OverviewMetric } from './overview-metrics.js';
import { NothingHere } from './nothing.js';

const HEIGHT = 300;

interface CourseProps {
  metric: OverviewMetric;
  asTable: boolean;
  onTable: (asTable: boolean) => void;
}

/** The chosen number over the range, beside its comparison. A stretch of it can be dragged over to see only that. */
export function Course({ metric, asTable, onTable }: CourseProps) {
  const { search, params, comparison, timeZone } = useView();
  const { label, meaning, ask, behind } = METRICS[metric];
  const query = useAnswer('timeseries', { ...params, ...comparison, metrics: ask, granularity: search.granularity ?? 'auto' });
  const against = comparisonLabel(search, timeZone);
  return (
    <section aria-label={`${label} over time`} className="flex flex-col p-4" style={{ minHeight: HEIGHT + 72 }}>
      <header className="mb-2 flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1">
        <h2 className="text-[15px] font-semibold">{label}</h2>
        <p className="text-[13px] text-muted max-sm:sr-only">
          {meaning}
          {query.data?.query.granularity && `, by ${WIDTH_WORDS[query.data.query.granularity] ?? query.data.query.granularity}`}
        </p>
        <div className="ml-auto flex items-center gap-3 text-[13px]">
          {against && <Legend colour={METRICS[metric].colour} now={rangeLabel(search, timeZone)} before={against} />}
          {!isVisitor() && (
            <EventsLink filters={behind} className="px-1 text-muted hover:text-ink">
              See events
            </EventsLink>
          )}
          <ViewButton asTable={asTable} onTable={onTable} />
        </div>
      </header>
      <PanelContent title="The chart" query={query} skeleton={<div className="skeleton" style={{ height: HEIGHT }} />}>
        {(answer) => <Drawing answer={answer} metric={drawn(metric, answer)} compared={against !== undefined} asTable={asTable} />}
      </PanelContent>
    </section>
  );
}

/** While another metric is being asked for, the answer that is still there is drawn as what it is. */
const drawn = (metric: OverviewMetric, { query }: Answer<'timeseries'>): OverviewMetric =>
  METRICS[metric].ask === query.metrics[0] ? metric : (METRIC_NAMES.find((each) => each === query.metrics[0]) ?? metric);

const WIDTH_WORDS: Readonly<Record<string, string>> = {
  '1s': 'second',
  '10s': '10 seconds',
  '1m': 'minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '30m': '30 minutes',
  '1h': 'hour',
  '6h': '6 hours',
  '1d': 'day',
  '1w': 'week',
  '1mo': 'month',
};

/** @param at seconds since 1970 */
const instant = (at: number): string => new Date(at * 1000).toISOString();

interface DrawingProps {
  answer: Answer<'timeseries'>;
  metric: OverviewMetric;
  compared: boolean;
  asTable: boolean;
}

function Drawing({ answer, metric, compared, asTable }: DrawingProps) {
  const { change } = useView();
  const frame = useMemo(() => courseFrame(answer, metric, compared), [answer, metric, compared]);
  const zoom = useCallback(
    (from: number, to: number) =>
      change({ period: undefined, granularity: undefined, from: instant(from), to: instant(to) }),
    [change],
  );
  const caption = `${METRICS[metric].label} over time`;
  const empty = METRICS[metric].ask === 'events' && answer.buckets.every(({ values }) => !values[0]);
  if (empty) return <NothingHere what="events" height={HEIGHT} teaching />;
  if (asTable) return <CourseTable answer={answer} frame={frame} metric={metric} height={HEIGHT} caption={`${caption}, as a table`} />;
  return (
    <TimeChart
      kind="area"
      frame={frame}
      asOf={answer.asOf}
      height={HEIGHT}
      label={`${caption}. Also shown as a table by the button above.`}
      testId="chart-events"
      onZoom={zoom}
    />
  );
}

function Legend({ colour, now, before }: { colour: string; now: string; before: string }) {
  const entry = (name: string, line: string, dashed: boolean) => (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className={`w-4 border-t-2 ${dashed ? 'border-dashed' : ''}`} style={{ borderColor: `var(${line})` }} />
      {name}
    </span>
  );
  return (
    <div className="flex gap-3 text-muted max-sm:hidden">
      {entry(now, colour, false)}
      {entry(before, '--chart-before', true)}
    </div>
  );
}

function ViewButton({ asTable, onTable }: Pick<CourseProps, 'asTable' | 'onTable'>) {
  const Icon = asTable ? ChartArea : Table2;
  const words = asTable ? 'Show as a chart' : 'Show as a table';
  return (
    <button type="button" className="control" aria-label={words} title={words} data-track="chart-view" onClick={() => onTable(!asTable)}>
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
