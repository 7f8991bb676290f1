import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useCallback } from 'react';
import { Course } from '../panels/course.js';
import { KeyNumbers } from '../panels/key-numbers.js';
import { RANKING_GROUPS, type RankingGroup, type RankingName } from '../panels/rankings.js';
import { TopLists } from '../panels/top-lists.js';
import { WeekHeatmap } from '../panels/week-heatmap.js';
import { useProject } from './frame.js';
import type { OverviewSearch } from './search.js';

const RankingDialog = lazy(() => import('../panels/ranking-dialog.js'));
const route = getRouteApi('/');
const GROUPS = Object.keys(RANKING_GROUPS) as RankingGroup[];

/** Changes part of the address without moving the page. Defaults are left out of it. */
function useChangePage() {
  const navigate = route.useNavigate();
  return useCallback(
    (part: OverviewSearch) => void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
}

export function OverviewPage() {
  const { metric = 'events', view, heatmap, all, ...chosen } = route.useSearch();
  const project = useProject();
  const change = useChangePage();
  const choose = (group: RankingGroup, name: RankingName) => change({ [group]: name === RANKING_GROUPS[group][0] ? undefined : name });
  return (
    <>
      <h1 className="sr-only">Overview</h1>
      {/* Nothing of another project is left on screen while this one is asked for. */}
      <div key={project} className="grid grid-cols-1 gap-4">
        <section aria-label="Key numbers and their course" className="card overflow-hidden">
          <div className="border-b border-line">
            <KeyNumbers chosen={metric} onMetric={(name) => change({ metric: name === 'events' ? undefined : name })} />
          </div>
          <Course metric={metric} asTable={view === 'table'} onTable={(asTable) => change({ view: asTable ? 'table' : undefined })} />
        </section>
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
          {GROUPS.map((group) => (
            <TopLists
              key={group}
              names={RANKING_GROUPS[group]}
              chosen={chosen[group] ?? RANKING_GROUPS[group][0]}
              onChosen={(name) => choose(group, name)}
              onMore={(name) => change({ all: name })}
            />
          ))}
        </div>
        <WeekHeatmap numbers={heatmap === 'table'} onNumbers={(shown) => change({ heatmap: shown ? 'table' : undefined })} />
      </div>
      {all && (
        <Suspense>
          <RankingDialog name={all} onClose={() => change({ all: undefined })} />
        </Suspense>
      )}
    </>
  );
}
