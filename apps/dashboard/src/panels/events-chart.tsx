import type { SeriesDto } from '@analytics/dto';
import { ChartArea, Table2 } from 'lucide-react';
import { memo, useMemo } from 'react';
import { granularityFor, RANGES, type RangeName } from '../api/range.js';
import { ChartLegend } from '../charts/chart-legend.js';
import { metricLines, seriesFrame } from '../charts/series-frame.js';
import { SeriesTable } from '../charts/series-table.js';
import type { ChartLine } from '../charts/stack.js';
import { TimeChart } from '../charts/time-chart.js';
import { useLive } from '../live/use-live.js';
import type { Metric } from '../routes/search.js';
import { PanelContent } from '../ui/panel.js';
import { Nothing } from './nothing.js';

export interface EventsChartProps {
  project: string;
  range: RangeName;
  metric: Metric;
  hidden: string;
  asTable: boolean;
  onHidden: (hidden: string) => void;
  onTable: (asTable: boolean) => void;
}

const HEIGHT = 300;
const TITLES: Record<Metric, string> = { events: 'Events', rate: 'Events per second', errors: 'Errors', errorShare: 'Error share' };
const BUCKETS: Record<string, string> = {
  '10s': '10 seconds',
  '1m': 'minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': 'hour',
  '1d': 'day',
};

/** The chosen number over the chosen range. */
export const EventsChart = memo(function EventsChart(props: EventsChartProps) {
  const { project, range, metric } = props;
  const { seconds, words } = RANGES[range];
  const granularity = granularityFor(seconds);
  const query = useLive({ query: 'timeseries', params: { project, byType: true }, window: { seconds, granularity } });
  const per = metric === 'rate' || metric === 'errorShare' ? 'mean of' : 'per';
  const note = `${per} ${BUCKETS[granularity]}, ${words.replace(/^the /, '')}`;
  return (
    <div className="flex flex-col p-4" style={{ minHeight: HEIGHT + 72 }}>
      <PanelContent title="The chart" query={query} skeleton={<div className="skeleton mt-10" style={{ height: HEIGHT }} />}>
        {(answer) => <Drawing {...props} answer={answer} note={note} />}
      </PanelContent>
    </div>
  );
});

function Drawing(props: EventsChartProps & { answer: SeriesDto; note: string }) {
  const { answer, note, project, range, metric, hidden, asTable } = props;
  const lines = useMemo(() => metricLines(answer, metric), [answer, metric]);
  const out = useMemo(() => (lines.length > 1 ? hidden.split(',').filter(Boolean) : []), [hidden, lines.length]);
  const frame = useMemo(() => {
    const shown = lines.filter(({ name }) => !out.includes(name));
    return seriesFrame(answer, shown, metric);
  }, [answer, lines, out, metric]);
  const title = `${TITLES[metric]} ${note}`;
  const empty = answer.series.every(({ values }) => values.every((value) => value === 0));
  const label = `${title}. Also shown as a table by the button above.`;
  return (
    <>
      <Header {...props} lines={lines} out={out} />
      {empty ? (
        <Nothing project={project} words={`No events in ${RANGES[range].words}.`} height={HEIGHT} teaching />
      ) : asTable ? (
        <SeriesTable frame={frame} height={HEIGHT} caption={title} />
      ) : (
        <TimeChart kind="area" frame={frame} asOf={answer.asOf} height={HEIGHT} label={label} testId="chart-events" />
      )}
    </>
  );
}

interface HeaderProps extends EventsChartProps {
  note: string;
  lines: readonly ChartLine[];
  /** Names of the lines that are taken out. */
  out: readonly string[];
}

function Header({ metric, note, lines, out, onHidden, asTable, onTable }: HeaderProps) {
  const toggle = (name: string) => onHidden((out.includes(name) ? out.filter((each) => each !== name) : [...out, name]).join(','));
  return (
    <header className="mb-2 flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1">
      <h2 className="text-[15px] font-semibold">{TITLES[metric]}</h2>
      <span className="text-[13px] text-muted">{note}</span>
      <div className="ml-auto max-md:order-last max-md:-ml-2 max-md:w-full">
        {lines.length > 1 && <ChartLegend lines={lines} hidden={out} onToggle={toggle} />}
      </div>
      <ViewButton asTable={asTable} onTable={onTable} />
    </header>
  );
}

function ViewButton({ asTable, onTable }: Pick<EventsChartProps, 'asTable' | 'onTable'>) {
  const Icon = asTable ? ChartArea : Table2;
  const words = asTable ? 'Show as a chart' : 'Show as a table';
  return (
    <button
      type="button"
      className="control max-md:ml-auto"
      aria-label={words}
      title={words}
      data-track="chart-view"
      onClick={() => onTable(!asTable)}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
