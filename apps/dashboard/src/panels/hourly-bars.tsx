import type { SeriesDto } from '@analytics/dto';
import { memo, useMemo } from 'react';
import { seriesFrame, typeLines } from '../charts/series-frame.js';
import { TimeChart } from '../charts/time-chart.js';
import { useLive } from '../live/use-live.js';
import { Panel } from '../ui/panel.js';
import { Nothing } from './nothing.js';

const HEIGHT = 196;

/** The last 24 hours, one bar an hour. */
export const HourlyBars = memo(function HourlyBars({ project }: { project: string }) {
  const query = useLive({ query: 'hourly', params: { project } });
  return (
    <Panel
      title="Events per hour"
      note="last 24 hours, local time"
      query={query}
      className="lg:col-span-2"
      skeleton={<div className="skeleton" style={{ height: HEIGHT }} />}
    >
      {(answer) =>
        answer.series.every(({ values }) => values.every((value) => value === 0)) ? (
          <Nothing project={project} words="No events in the last 24 hours." height={HEIGHT} />
        ) : (
          <Bars answer={answer} />
        )
      }
    </Panel>
  );
});

function Bars({ answer }: { answer: SeriesDto }) {
  const frame = useMemo(() => seriesFrame(answer, typeLines(answer)), [answer]);
  return (
    <TimeChart
      kind="bars"
      frame={frame}
      asOf={answer.asOf}
      height={HEIGHT}
      label="Events per hour by type, last 24 hours"
      testId="chart-hourly"
    />
  );
}
