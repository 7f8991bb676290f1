import { memo } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { useLive } from '../live/use-live.js';
import type { Metric } from '../routes/search.js';
import { change, count } from '../ui/format.js';
import { PanelContent } from '../ui/panel.js';
import { keyNumbers, type KeyNumber } from './key-number-values.js';

interface KeyNumbersProps {
  project: string;
  metric: Metric;
  onMetric: (metric: Metric) => void;
}

const GRID = 'grid grid-cols-2 sm:grid-cols-6 lg:grid-cols-5';

/** The last hour in five numbers, against the hour before. Those with a course over time choose what the chart shows. */
export const KeyNumbers = memo(function KeyNumbers({ project, metric, onMetric }: KeyNumbersProps) {
  const summary = useLive({ query: 'summary', params: { project } });
  const hour = useLive({ query: 'timeseries', params: { project, byType: true }, window: { seconds: 3600, granularity: '1m' } });
  return (
    <PanelContent title="The key numbers" query={summary} skeleton={<KeyNumbersSkeleton />}>
      {(data) => (
        <div className={GRID}>
          {keyNumbers(data, hour.data).map((each) => (
            <Tile key={each.testId} number={each} chosen={each.metric === metric} onMetric={onMetric} />
          ))}
        </div>
      )}
    </PanelContent>
  );
});

/** Two, two and one on a phone; three and two on a tablet; five on a desk. */
const TILE =
  'flex min-w-0 flex-col gap-1 border-b border-line px-4 pt-3 pb-3 text-left max-sm:odd:border-r max-sm:last:col-span-2 max-sm:last:border-r-0 ' +
  'sm:col-span-2 sm:not-last:border-r sm:max-lg:nth-[3]:border-r-0 sm:max-lg:nth-[n+4]:col-span-3 lg:col-span-1 lg:border-b-0';

function Tile({ number, chosen, onMetric }: { number: KeyNumber; chosen: boolean; onMetric: (metric: Metric) => void }) {
  const { metric, label, testId } = number;
  if (!metric) {
    return (
      <div className={TILE} title="Distinct users of the last hour; their course over time is not kept">
        <TileContent number={number} />
      </div>
    );
  }
  return (
    <button
      type="button"
      aria-pressed={chosen}
      data-track={testId}
      title={`${metric === 'rate' ? 'Mean of the hour. ' : ''}Show ${label.toLowerCase()} in the chart`}
      onClick={() => onMetric(metric)}
      className={`${TILE} relative hover:bg-raised ${chosen ? 'bg-accent-soft shadow-[inset_0_2px_0_var(--accent)] hover:bg-accent-soft' : ''}`}
    >
      <TileContent number={number} />
    </button>
  );
}

function TileContent({ number }: { number: KeyNumber }) {
  const { label, value, text, testId, relative, bad = false, course: values, colour } = number;
  return (
    <>
      <span className="truncate text-[13px] text-muted">{label}</span>
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span data-testid={testId} data-value={value} title={count(value)} className="text-2xl font-semibold tracking-tight">
          {text}
        </span>
        <Change value={value} relative={relative} bad={bad} />
      </span>
      {values ? (
        <Sparkline values={values} colour={colour} />
      ) : (
        <span className="flex h-6.5 items-end text-xs text-muted">in the last hour</span>
      )}
    </>
  );
}

function Change({ value, relative, bad }: { value: number; relative: number | null; bad: boolean }) {
  if (relative === null && value === 0) return null;
  if (relative === null)
    return (
      <span className="text-xs text-muted" title="Nothing in the hour before">
        new
      </span>
    );
  const level = Math.abs(relative) < 0.0005;
  const colour = level ? 'text-muted' : relative > 0 === bad ? 'text-bad' : 'text-good';
  return (
    <span className={`text-xs font-medium ${colour}`} title="Against the hour before">
      {change(relative)}
    </span>
  );
}

function KeyNumbersSkeleton() {
  return (
    <div className={GRID}>
      {Array.from({ length: 5 }, (_, index) => (
        <div key={index} className={TILE}>
          <div className="skeleton h-4.5 w-20" />
          <div className="skeleton mt-1 h-7 w-28" />
          <div className="skeleton mt-1 h-6.5" />
        </div>
      ))}
    </div>
  );
}
