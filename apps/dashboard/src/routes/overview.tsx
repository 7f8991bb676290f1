import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { DEFAULT_RANGE, RANGES, type RangeName } from '../api/range.js';
import { EventsChart } from '../panels/events-chart.js';
import { HourlyBars } from '../panels/hourly-bars.js';
import { KeyNumbers } from '../panels/key-numbers.js';
import { TopList } from '../panels/top-list.js';
import { TypeShare } from '../panels/type-share.js';
import { PageHeading } from '../ui/page-heading.js';
import { Segmented } from '../ui/segmented.js';
import { useProject } from './frame.js';
import { TOP_GROUPS, type Metric, type OverviewSearch, type TopGroup } from './search.js';

const route = getRouteApi('/');
const RANGE_OPTIONS = (Object.keys(RANGES) as RangeName[]).map((value) => ({
  value,
  label: RANGES[value].label,
  title: RANGES[value].words,
}));
const GROUPS = Object.keys(TOP_GROUPS) as TopGroup[];

/** Changes part of the address without moving the page. Defaults are left out of it. */
function useChangeView() {
  const navigate = route.useNavigate();
  return useCallback(
    (part: OverviewSearch) => void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
}

export function OverviewPage() {
  const project = useProject();
  const { range = DEFAULT_RANGE, ...search } = route.useSearch();
  const change = useChangeView();
  const chooseRange = (chosen: RangeName) => change({ range: chosen === DEFAULT_RANGE ? undefined : chosen });
  return (
    <>
      <PageHeading title="Overview" note="Last hour, against the hour before">
        <Segmented label="Range" className="max-sm:w-full" options={RANGE_OPTIONS} value={range} onChange={chooseRange} />
      </PageHeading>
      <div className="grid grid-cols-1 gap-4">
        <Course project={project} range={range} search={search} change={change} />
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-3">
          <TypeShare project={project} />
          <HourlyBars project={project} />
        </div>
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
          {GROUPS.map((group) => (
            <TopGroupList key={group} project={project} range={range} group={group} chosen={search[group]} change={change} />
          ))}
        </div>
      </div>
    </>
  );
}

interface CourseProps {
  project: string;
  range: RangeName;
  search: OverviewSearch;
  change: (part: OverviewSearch) => void;
}

/** The key numbers, and the course of the chosen one below them. */
function Course({ project, range, search: { metric = 'events', hide = '', view }, change }: CourseProps) {
  const chooseMetric = useCallback((chosen: Metric) => change({ metric: chosen === 'events' ? undefined : chosen }), [change]);
  const chooseHidden = useCallback((hidden: string) => change({ hide: hidden || undefined }), [change]);
  const chooseTable = useCallback((asTable: boolean) => change({ view: asTable ? 'table' : undefined }), [change]);
  const chart = { project, range, metric, hidden: hide, asTable: view === 'table', onHidden: chooseHidden, onTable: chooseTable };
  return (
    <section aria-label="Key numbers and their course" className="card overflow-hidden">
      <div className="lg:border-b lg:border-line">
        <KeyNumbers project={project} metric={metric} onMetric={chooseMetric} />
      </div>
      <EventsChart {...chart} />
    </section>
  );
}

interface TopGroupListProps {
  project: string;
  range: RangeName;
  group: TopGroup;
  chosen: OverviewSearch[TopGroup];
  change: (part: OverviewSearch) => void;
}

function TopGroupList({ project, range, group, chosen, change }: TopGroupListProps) {
  const choose = useCallback((dimension: OverviewSearch[TopGroup]) => change({ [group]: dimension }), [change, group]);
  const dimensions = TOP_GROUPS[group];
  return <TopList project={project} range={range} dimensions={dimensions} dimension={chosen ?? dimensions[0]} onDimension={choose} />;
}
