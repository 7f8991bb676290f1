import { ListTree } from 'lucide-react';
import { useMemo } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { comparisonLabel } from '../frame/periods.js';
import { useAnswer } from '../live/use-answer.js';
import type { Answer } from '../api/questions.js';
import { isVisitor } from '../api/shared-link.js';
import { useView } from '../routes/view.js';
import { PanelContent } from '../ui/panel.js';
import { Announcement } from '../ui/announcement.js';
import { Change } from './change.js';
import { EventsLink } from './events-link.js';
import { ASKED, measured, METRIC_NAMES, METRICS, relativeChange, secondsPast, type OverviewMetric } from './overview-metrics.js';

const QUESTION = { metrics: ASKED.join(',') };
const GRID = 'grid grid-cols-2 gap-px bg-line sm:grid-cols-3 lg:grid-cols-6';

interface KeyNumbersProps {
  chosen: OverviewMetric;
  onMetric: (metric: OverviewMetric) => void;
}

/** The view in six numbers, each with its course and its change against the comparison; without one, against the time directly before. */
export function KeyNumbers({ chosen, onMetric }: KeyNumbersProps) {
  const { search, params, comparison, timeZone } = useView();
  const against = comparisonLabel(search, timeZone);
  const totals = useAnswer('totals', { ...params, ...QUESTION, ...(against ? comparison : { compare: 'previous_period' }) });
  const courses = useAnswer('timeseries', { ...params, ...QUESTION, granularity: search.granularity ?? 'auto' });
  return (
    <PanelContent title="The key numbers" query={totals} skeleton={<KeyNumbersSkeleton />}>
      {(answer) => (
        <div className={GRID}>
          {METRIC_NAMES.map((metric) => (
            <Tile
              key={metric}
              metric={metric}
              answer={answer}
              courses={courses.data}
              against={against ?? 'Previous period'}
              chosen={metric === chosen}
              onMetric={onMetric}
            />
          ))}
          <Announcement words={`${METRICS.events.exact(answer.totals[0] ?? 0)} events`} />
        </div>
      )}
    </PanelContent>
  );
}

interface TileProps {
  metric: OverviewMetric;
  answer: Answer<'totals'>;
  courses: Answer<'timeseries'> | undefined;
  against: string;
  chosen: boolean;
  onMetric: (metric: OverviewMetric) => void;
}

function Tile({ metric, answer, courses, against, chosen, onMetric }: TileProps) {
  const { text, exact, bad = false, colour } = METRICS[metric];
  const { value, before, estimated } = keyNumber(metric, answer);
  const course = useCourse(courses, metric);
  const look = chosen ? 'bg-accent-soft shadow-[inset_0_2px_0_var(--accent)]' : 'bg-card hover:bg-raised';
  return (
    <div className={`group relative flex min-w-0 flex-col gap-1 px-4 py-3 ${look}`}>
      <TileHead metric={metric} chosen={chosen} onMetric={onMetric} />
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span
          data-testid={`kpi-${metric}`}
          data-value={value ?? ''}
          title={value === null ? 'Nothing to compute it from' : `${estimated ? 'About ' : ''}${exact(value)}`}
          className="text-2xl font-semibold tracking-tight"
        >
          {estimated && <span className="font-normal text-muted">≈</span>}
          {value === null ? '–' : text(value)}
        </span>
        <Change relative={relativeChange(value, before)} bad={bad} title={`${against}: ${before === null ? 'nothing' : exact(before)}`} />
      </div>
      <Sparkline values={course} colour={colour} />
    </div>
  );
}

/** All of the tile chooses the metric, but for the link to its events. */
function TileHead({ metric, chosen, onMetric }: Pick<TileProps, 'metric' | 'chosen' | 'onMetric'>) {
  const { label, behind } = METRICS[metric];
  return (
    <div className="flex items-center">
      <button
        type="button"
        aria-pressed={chosen}
        data-track={`kpi-${metric}`}
        title={`Show ${label.toLowerCase()} in the chart`}
        onClick={() => onMetric(metric)}
        className="min-w-0 truncate rounded text-left text-[13px] text-muted after:absolute after:inset-0"
      >
        {label}
      </button>
      {!isVisitor() && (
        <EventsLink filters={behind} label={`The events behind ${label.toLowerCase()}`} className={BEHIND}>
          <ListTree aria-hidden className="size-3.5" />
        </EventsLink>
      )}
    </div>
  );
}

/** Shown to who points at the tile or reaches it by keyboard; always where nothing points. */
const BEHIND =
  'z-[1] -my-1 -mr-2 ml-auto flex size-7 items-center justify-center text-muted opacity-0 hover:text-ink ' +
  'group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100';

function keyNumber(metric: OverviewMetric, { query, asOf, totals, previous, errors }: Answer<'totals'>) {
  const index = ASKED.indexOf(METRICS[metric].ask);
  const { compare } = query;
  return {
    value: measured(metric, totals[index], secondsPast(query.from, query.to, asOf)),
    before: compare ? measured(metric, previous?.[index], secondsPast(compare.from, compare.to, asOf)) : null,
    estimated: (errors?.[index] ?? 0) > 0,
  };
}

/** The finished buckets of a metric: the one that is still being filled would always look like a fall. */
function useCourse(courses: Answer<'timeseries'> | undefined, metric: OverviewMetric): (number | null)[] {
  return useMemo(() => {
    const index = ASKED.indexOf(METRICS[metric].ask);
    const finished = courses?.buckets.filter(({ complete }) => complete) ?? [];
    return finished.map(({ from, to, values }) => measured(metric, values[index], (Date.parse(to) - Date.parse(from)) / 1000));
  }, [courses, metric]);
}

function KeyNumbersSkeleton() {
  return (
    <div className={GRID}>
      {METRIC_NAMES.map((metric) => (
        <div key={metric} className="flex h-[110px] flex-col justify-between bg-card px-4 py-3">
          <div className="skeleton h-4 w-16" />
          <div className="skeleton h-7 w-24" />
          <div className="skeleton h-6" />
        </div>
      ))}
    </div>
  );
}
