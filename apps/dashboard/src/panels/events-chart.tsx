import type { SeriesDto } from '@analytics/dto';
import { ChartArea, Table2 } from 'lucide-react';
import { memo, useMemo } from 'react';
import { granularityFor, RANGES, type RangeName } from '../api/range.js';
import { ChartLegend } from '../charts/chart-legend.js';
import { metricLines, seriesFrame } from '../charts/series-frame.js';
import { SeriesTable } from '../charts/series-table.js';
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
const BUCKETS: Record<string, string> = { '10s': '10 seconds', '1m': 'minute', '5m': '5 minutes', '15m': '15 minutes', '1h': 'hour', '1d': 'day' };

/** The chosen number over the chosen range. */
export const EventsChart = memo(function EventsChart(props: EventsChartProps) {
  const { project, range, metric } = props;
  const { seconds, words } = RANGES[range];
  const granularity = granularityFor(seconds);
  const query = useLive({ query: 'timeseries', params: { project, byType: true }, window: { seconds, granularity } });
  const title = `${TITLES[metric]}${metric === 'rate' || metric === 'errorShare' ? '' : ` per ${BUCKETS[granularity]}`}`;
  return (
    <div className="p-4" style={{ minHeight: HEIGHT + 80 }}>
      <PanelContent title="The chart" query={query} skeleton={<div className="skeleton mt-10" style={{ height: HEIGHT }} />}>
        {(answer) => <Drawing {...props} answer={answer} title={`${title}, ${words}`} />}
      </PanelContent>
    </div>
  );
});

function Drawing({ answer, title, project, range, metric, hidden, asTable, onHidden, onTable }: EventsChartProps & { answer: SeriesDto; title: string }) {
  const lines = useMemo(() => metricLines(answer, metric), [answer, metric]);
  const out = useMemo(() => (lines.length > 1 ? hidden.split(',').filter(Boolean) : []), [hidden, lines.length]);
  const frame = useMemo(
    () =>
      seriesFrame(
        answer,
        lines.filter(({ name }) => !out.includes(name)),
        metric,
      ),
    [answer, lines, out, metric],
  );
  const toggle = (name: string) => onHidden((out.includes(name) ? out.filter((each) => each !== name) : [...out, name]).join(','));
  const empty = answer.series.every(({ values }) => values.every((value) => value === 0));
  const ViewIcon = asTable ? ChartArea : Table2;
  return (
    <>
      <header className="mb-2 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-1">
        <h2 className="text-[15px] font-semibold">{title}</h2>
        <div className="ml-auto flex items-center gap-2 max-sm:ml-0 max-sm:w-full max-sm:justify-between">
          {lines.length > 1 && <ChartLegend lines={lines} hidden={out} onToggle={toggle} />}
          <button
            type="button"
            className="control"
            aria-label={asTable ? 'Show as a chart' : 'Show as a table'}
            title={asTable ? 'Show as a chart' : 'Show as a table'}
            data-track="chart-view"
            onClick={() => onTable(!asTable)}
          >
            <ViewIcon aria-hidden className="size-4" />
          </button>
        </div>
      </header>
      {empty ? (
        <Nothing project={project} words={`No events in ${RANGES[range].words}.`} height={HEIGHT} />
      ) : asTable ? (
        <SeriesTable frame={frame} height={HEIGHT} caption={title} />
      ) : (
        <TimeChart kind="area" frame={frame} asOf={answer.asOf} height={HEIGHT} label={`${title}. Also shown as a table by the button above.`} testId="chart-events" />
      )}
    </>
  );
}
