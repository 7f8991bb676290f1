import { getRouteApi } from '@tanstack/react-router';
import { Hourglass } from 'lucide-react';
import { useCallback } from 'react';
import type { Answer } from '../api/questions.js';
import { useAnswer } from '../live/use-answer.js';
import { FunnelChart, FunnelTable } from '../panels/funnel-chart.js';
import { FunnelEditor } from '../panels/funnel-editor.js';
import { defaultSteps, stepsParam } from '../panels/funnel-steps.js';
import { NothingHere } from '../panels/nothing.js';
import { count, percent } from '../ui/format.js';
import { PageHeading } from '../ui/page-heading.js';
import { Panel } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import { windowWords } from '../ui/stretch.js';
import type { FunnelStep, FunnelsSearch } from './explore-search.js';
import { useView } from './view.js';

const route = getRouteApi('/funnels');
const DEFAULT_WINDOW = '1h';
const WINDOWS = ['5m', '30m', '1h', '6h', '1d', '7d', '30d'];

const BY_OPTIONS = [
  { value: 'user', label: 'Users' },
  { value: 'session', label: 'Sessions' },
] as const;
const VIEW_OPTIONS = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
] as const;

export function FunnelsPage() {
  const view = useView();
  const { steps = defaultSteps(view.project), window = DEFAULT_WINDOW, by = 'session', view: shown = 'chart' } = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: FunnelsSearch) => void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
  const query = useAnswer('funnel', { ...view.params, steps: stepsParam(steps), window, by });
  return (
    <>
      <PageHeading title="Funnels" note="How many get from step to step, and where they leave" />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[24rem_minmax(0,1fr)]">
        <section aria-label="Steps" className="card p-4">
          <header className="mb-3 flex min-h-8 items-center">
            <h2 className="text-[15px] font-semibold">Steps</h2>
            <WindowChoice window={window} onChange={(value) => change({ window: value === DEFAULT_WINDOW ? undefined : value })} />
          </header>
          <FunnelEditor key={view.project} steps={steps} onChange={(next) => change({ steps: next })} />
        </section>
        <Panel
          title="Conversion"
          query={query}
          skeleton={<ChartSkeleton steps={steps.length} />}
          actions={
            <>
              <Segmented
                label="Count"
                options={BY_OPTIONS}
                value={by}
                onChange={(value) => change({ by: value === 'session' ? undefined : value })}
              />
              <Segmented
                label="Conversion as"
                options={VIEW_OPTIONS}
                value={shown}
                onChange={(value) => change({ view: value === 'chart' ? undefined : value })}
              />
            </>
          }
        >
          {(answer) => <Conversion answer={answer} asked={steps} shown={shown} />}
        </Panel>
      </div>
    </>
  );
}

function WindowChoice({ window, onChange }: { window: string; onChange: (window: string) => void }) {
  return (
    <label className="ml-auto flex items-center gap-2 text-[13px] text-muted">
      all within
      <select className="control pr-1 text-ink" value={window} onChange={({ target }) => onChange(target.value)}>
        {[...new Set([...WINDOWS, window])].map((each) => (
          <option key={each} value={each}>
            {windowWords(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ConversionProps {
  answer: Answer<'funnel'>;
  asked: readonly FunnelStep[];
  shown: 'chart' | 'table';
}

function Conversion({ answer, asked, shown }: ConversionProps) {
  const { steps, by, complete, query } = answer;
  const counted = by === 'user' ? 'users' : 'sessions';
  const first = steps[0]?.count ?? 0;
  const last = steps.at(-1);
  if (first === 0) return <NothingHere what="events of the first step" height={320} teaching />;
  const shownSteps = {
    steps,
    counted,
    filters: asked.map(({ filters = [] }) => filters),
    range: { from: query.from, to: query.to },
  };
  return (
    <>
      <div className="mb-5 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <strong data-testid="funnel-conversion" className="text-3xl font-semibold tracking-tight">
          {last?.shareOfFirst == null ? '–' : percent(last.shareOfFirst)}
        </strong>
        <span className="text-muted">
          {count(last?.count ?? 0)} of {count(first)} {counted} get through within {windowWords(answer.window)}
        </span>
        {!complete && (
          <span
            className="flex items-center gap-1.5 rounded-full bg-raised px-2.5 py-0.5 text-xs text-warn"
            title="The window of attempts that began late in the range is still open"
          >
            <Hourglass aria-hidden className="size-3" /> some are still on their way
          </span>
        )}
      </div>
      {shown === 'table' ? <FunnelTable {...shownSteps} /> : <FunnelChart {...shownSteps} />}
    </>
  );
}

function ChartSkeleton({ steps }: { steps: number }) {
  return (
    <div className="flex flex-col gap-9">
      <div className="skeleton h-9 w-72 max-w-full" />
      {Array.from({ length: steps }, (_, index) => (
        <div key={index} className="skeleton h-12" style={{ width: `${100 - index * (70 / steps)}%` }} />
      ))}
    </div>
  );
}
