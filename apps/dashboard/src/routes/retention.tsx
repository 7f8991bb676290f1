import type { Filter } from '@analytics/dto/language';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { FilterList } from '../frame/filter-list.js';
import { useAnswer } from '../live/use-answer.js';
import { RetentionCohorts } from '../panels/retention-cohorts.js';
import { PageHeading } from '../ui/page-heading.js';
import { Panel } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import type { RetentionSearch } from './explore-search.js';
import { useView } from './view.js';

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
            onChange={(filters) => change({ start: filled(filters) })}
          />
          <FilterChoice
            title="and come back to do"
            filters={back}
            label="Filters of the return"
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
          {(answer) => <RetentionCohorts answer={answer} show={show} view={view} />}
        </Panel>
      </div>
    </>
  );
}

interface FilterChoiceProps {
  title: string;
  label: string;
  filters: readonly Filter[] | undefined;
  onChange: (filters: Filter[]) => void;
}

function FilterChoice({ title, label, filters = [], onChange }: FilterChoiceProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h2 className="text-[13px]">
        <span className="text-muted">{title}</span> <b className="font-medium">{filters.length === 0 ? 'anything' : 'events where'}</b>
      </h2>
      <FilterList label={label} filters={filters} onChange={onChange} />
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
