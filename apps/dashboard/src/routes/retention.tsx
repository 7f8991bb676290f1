import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Filter } from '@analytics/dto/language';
import type { Answer } from '../api/questions.js';
import { useAnswer } from '../live/use-answer.js';
import { Nothing } from '../panels/nothing.js';
import { RetentionGrid, shade } from '../panels/retention-grid.js';
import { FilterFields } from '../ui/filter-fields.js';
import { percent } from '../ui/format.js';
import { PageHeading } from '../ui/page-heading.js';
import { Panel } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import { zonedDate } from '../ui/zoned-time.js';
import type { RetentionSearch } from './explore-search.js';
import { useView, type View } from './view.js';

const route = getRouteApi('/retention');
const INTERVALS = [
  { value: 'day', label: 'Days' },
  { value: 'week', label: 'Weeks' },
] as const;
const COUNTED = [
  { value: 'user', label: 'Users' },
  { value: 'session', label: 'Sessions' },
] as const;
const SHOWN = [
  { value: 'shares', label: '%', title: 'Shares of the cohort' },
  { value: 'counts', label: '123', title: 'Counts' },
] as const;

const param = (filters: readonly Filter[] | undefined): string | undefined =>
  filters && filters.length > 0 ? JSON.stringify(filters) : undefined;

export function RetentionPage() {
  const view = useView();
  const { start, return: back, by = 'user', interval = 'day', show = 'shares' } = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: RetentionSearch) => void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
  const query = useAnswer('retention', {
    ...view.params,
    by,
    interval,
    ...(start && { start: param(start) }),
    ...(back && { return: param(back) }),
  });
  const filled = (filters: Filter[]) => (filters.length > 0 ? filters : undefined);
  return (
    <>
      <PageHeading title="Retention" note="Who comes back, and for how long" />
      <div className="grid grid-cols-1 gap-4">
        <section aria-label="Which events" className="card grid grid-cols-1 gap-x-8 gap-y-3 p-4 md:grid-cols-2">
          <FilterChoice
            title="They first do"
            filters={start}
            label="Filters of the first event"
            view={view}
            onChange={(filters) => change({ start: filled(filters) })}
          />
          <FilterChoice
            title="and come back to do"
            filters={back}
            label="Filters of the return"
            view={view}
            onChange={(filters) => change({ return: filled(filters) })}
          />
        </section>
        <Panel
          title="Cohorts"
          note={interval === 'day' ? 'by the day of their first event' : 'by the week of their first event'}
          query={query}
          skeleton={<GridSkeleton />}
          actions={
            <>
              <Segmented
                label="Count"
                options={COUNTED}
                value={by}
                onChange={(value) => change({ by: value === 'user' ? undefined : value })}
              />
              <Segmented
                label="Cohorts by"
                options={INTERVALS}
                value={interval}
                onChange={(value) => change({ interval: value === 'day' ? undefined : value })}
              />
              <Segmented
                label="Show"
                options={SHOWN}
                value={show}
                onChange={(value) => change({ show: value === 'shares' ? undefined : value })}
              />
            </>
          }
        >
          {(answer) => <Cohorts answer={answer} show={show} view={view} />}
        </Panel>
      </div>
    </>
  );
}

interface FilterChoiceProps {
  title: string;
  label: string;
  filters: readonly Filter[] | undefined;
  view: View;
  onChange: (filters: Filter[]) => void;
}

function FilterChoice({ title, label, filters = [], view, onChange }: FilterChoiceProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h2 className="text-[13px]">
        <span className="text-muted">{title}</span> <b className="font-medium">{filters.length === 0 ? 'anything' : 'events where'}</b>
      </h2>
      <FilterFields label={label} filters={filters} among={view.params} onChange={onChange} />
    </div>
  );
}

function Cohorts({ answer, show, view }: { answer: Answer<'retention'>; show: 'shares' | 'counts'; view: View }) {
  const { interval, by } = answer;
  const cohorts = sinceFirst(answer.cohorts);
  const most = Math.max(0.01, ...cohorts.flatMap(({ periods }) => periods.map(({ share }) => share ?? 0)));
  const counted = by === 'user' ? 'users' : 'sessions';
  if (cohorts.length === 0) {
    const filtered = view.filters.length > 0;
    return (
      <Nothing
        project={view.project}
        words={`No event of this range ${filtered ? 'fits both the filters and the first event' : 'is such a first event'}.`}
        height={320}
        teaching
        onClear={filtered ? () => view.change({ filters: undefined }) : undefined}
      />
    );
  }
  return (
    <>
      {answer.cohorts.length < 2 && <TooShort interval={interval} view={view} />}
      <RetentionGrid cohorts={cohorts} interval={interval} counted={counted} show={show} zone={view.timeZone} most={most} />
      {answer.cohorts.length > 1 && (
        <Legend cohorts={cohorts} before={cohorts.length < answer.cohorts.length} most={most} interval={interval} zone={view.timeZone} />
      )}
    </>
  );
}

interface LegendProps {
  cohorts: Answer<'retention'>['cohorts'];
  /** The range begins before the first cohort. */
  before: boolean;
  most: number;
  interval: 'day' | 'week';
  zone: string;
}

function Legend({ cohorts, before, most, interval, zone }: LegendProps) {
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="flex overflow-hidden rounded-sm">
          {[0, 0.25, 0.5, 0.75, 1].map((part) => (
            <span key={part} className="h-3 w-5" style={{ background: shade(part) }} />
          ))}
        </span>
        0 to {percent(most)}
      </span>
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="hatched h-3 w-5 rounded-sm bg-raised" /> not over yet, may still grow
      </span>
      {before && cohorts[0] && <span>nobody came before {zonedDate(cohorts[0].from, zone)}</span>}
      {cohorts.some(({ complete }) => !complete) && <span>* a {interval} that is not whole in this range, or not over</span>}
    </p>
  );
}

/** Without those from before the first event: they say nothing, and fill the screen. */
function sinceFirst(cohorts: Answer<'retention'>['cohorts']): Answer<'retention'>['cohorts'] {
  const first = cohorts.findIndex(({ size }) => size > 0);
  return first < 0 ? [] : cohorts.slice(first);
}

/** One cohort says nothing about coming back. */
function TooShort({ interval, view }: { interval: 'day' | 'week'; view: View }) {
  const periods = [
    ['last_7_days', 'Last 7 days'],
    ['last_30_days', 'Last 30 days'],
  ] as const;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-raised px-3 py-2">
      <p className="min-w-0 grow">The range holds a single {interval}, so nobody can have come back in another. Look at a longer one:</p>
      {periods.slice(interval === 'day' ? 0 : 1).map(([period, label]) => (
        <button
          key={period}
          type="button"
          className="control"
          data-track={`retention-${period}`}
          onClick={() => view.change({ period, from: undefined, to: undefined })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function GridSkeleton() {
  return (
    <div className="flex flex-col gap-1">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className="skeleton h-9" style={{ width: `${100 - index * 9}%` }} />
      ))}
    </div>
  );
}
