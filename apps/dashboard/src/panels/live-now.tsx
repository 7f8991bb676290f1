import type { SeriesDto } from '@analytics/dto';
import { memo, useMemo, type ReactNode } from 'react';
import { seriesFrame, typeLines } from '../charts/series-frame.js';
import { drawnTotal } from '../charts/stack.js';
import { TimeChart } from '../charts/time-chart.js';
import { useLive } from '../live/use-live.js';
import { Announcement } from '../ui/announcement.js';
import { count, rate } from '../ui/format.js';
import { PanelContent } from '../ui/panel.js';
import { Nothing } from './nothing.js';

const HEIGHT = 210;

/** The last five minutes: how many events, how fast, and in which ten seconds. */
export const LiveNow = memo(function LiveNow({ project }: { project: string }) {
  const query = useLive({ query: 'realtime', params: { project } });
  return (
    <section aria-label="Events in the last 5 minutes" className="card min-h-[17rem] p-5">
      <PanelContent title="The last 5 minutes" query={query} skeleton={<LiveSkeleton />}>
        {(answer) => <Now answer={answer} project={project} />}
      </PanelContent>
    </section>
  );
});

/** Events a second in the newest finished bucket; the unfinished one would always look too slow. */
function rateNow({ buckets, series, granularitySeconds, asOf }: SeriesDto): number {
  const now = Date.parse(asOf) / 1000;
  const index = buckets.findLastIndex((start) => start + granularitySeconds <= now);
  return series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0) / granularitySeconds;
}

function Now({ answer, project }: { answer: SeriesDto; project: string }) {
  const frame = useMemo(() => seriesFrame(answer, typeLines(answer)), [answer]);
  const total = drawnTotal(frame.lines);
  return (
    <div className="grid grid-cols-1 items-end gap-x-8 gap-y-4 lg:grid-cols-[auto_1fr]">
      <div className="flex min-w-56 flex-col gap-4 self-center">
        <BigNumber label="Events in the last 5 minutes">
          <span data-testid="live-total" data-value={total} className="text-6xl font-semibold tracking-tighter sm:text-7xl">
            {count(total)}
          </span>
        </BigNumber>
        <BigNumber label="Events per second now">
          <span className="text-2xl font-semibold tracking-tight">{rate(rateNow(answer))}</span>
        </BigNumber>
        <Announcement words={`${count(total)} events in the last 5 minutes`} />
      </div>
      {total === 0 ? (
        <Nothing project={project} words="No events in the last 5 minutes." height={HEIGHT} />
      ) : (
        <TimeChart
          kind="bars"
          frame={frame}
          asOf={answer.asOf}
          height={HEIGHT}
          label="Events per 10 seconds by type, last 5 minutes"
          testId="chart-realtime"
        />
      )}
    </div>
  );
}

function BigNumber({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex flex-col">
      <span className="text-muted">{label}</span>
      <span className="leading-none">{children}</span>
    </div>
  );
}

function LiveSkeleton() {
  return (
    <div className="grid items-end gap-8 lg:grid-cols-[14rem_1fr]">
      <div className="flex flex-col gap-4 self-center">
        <div className="skeleton h-20" />
        <div className="skeleton h-10 w-28" />
      </div>
      <div className="skeleton" style={{ height: HEIGHT }} />
    </div>
  );
}
