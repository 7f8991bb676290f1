import type { PipelineDto } from '@analytics/dto';
import type { UseQueryResult } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useLive } from '../live/use-live.js';
import { DeadLetters } from '../panels/dead-letters.js';
import { Ledger } from '../panels/ledger.js';
import { pipelineFacts, type PipelineFacts } from '../panels/pipeline-facts.js';
import { PipelineHops } from '../panels/pipeline-hops.js';
import { PipelinePartitions } from '../panels/pipeline-partitions.js';
import { PipelineProcesses } from '../panels/pipeline-processes.js';
import { PipelineStations } from '../panels/pipeline-stations.js';
import { PipelineTotals } from '../panels/pipeline-totals.js';
import { PageHeading } from '../ui/page-heading.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { useProject } from './frame.js';
import type { PipelineSearch } from './search.js';

const route = getRouteApi('/pipeline');

export function PipelinePage() {
  const project = useProject();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: PipelineSearch) => void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
  const query = useLive({ query: 'pipeline', params: { project } });
  const facts = useMemo(() => query.data && pipelineFacts(query.data), [query.data]);
  return (
    <>
      <PageHeading title="Pipeline" note="The whole system, all projects" />
      <div className="grid grid-cols-1 gap-4">
        <Panel
          title="Event to pixel"
          note="rates of the last 10 seconds, times of the last minute"
          query={query}
          skeleton={<WaySkeleton />}
        >
          {(pipeline) =>
            facts && (
              <>
                <PipelineStations pipeline={pipeline} facts={facts} project={project} />
                <PipelineHops pipeline={pipeline} />
              </>
            )
          }
        </Panel>
        <Ledger project={project} />
        <Panel title="Totals" query={query} skeleton={<div className="skeleton h-20 max-lg:h-44" />}>
          {(pipeline) => facts && <PipelineTotals pipeline={pipeline} facts={facts} />}
        </Panel>
        <Reports query={query} facts={facts} />
        <DeadLetters project={project} search={search} onSearch={change} />
      </div>
    </>
  );
}

/** What the processes say of themselves. */
function Reports({ query, facts }: { query: UseQueryResult<PipelineDto, Error>; facts: PipelineFacts | undefined }) {
  const durability = facts?.durability.length ? `durability: ${facts.durability.join(', ')}` : undefined;
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Panel title="Processes" note={durability} query={query} skeleton={<RowsSkeleton rows={3} />}>
        {(pipeline) => <PipelineProcesses pipeline={pipeline} />}
      </Panel>
      <Panel title="Partitions" query={query} skeleton={<RowsSkeleton rows={5} />}>
        {({ consumers }) => <PipelinePartitions consumers={consumers} />}
      </Panel>
    </div>
  );
}

/** Seven stations, the hops between them and the whole. */
function WaySkeleton() {
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-1 gap-2 lg:grid-cols-7 lg:gap-14">
        {Array.from({ length: 7 }, (_, index) => (
          <div key={index} className="skeleton h-24 lg:h-36" />
        ))}
      </div>
      <div className="skeleton h-80 lg:h-52" />
    </div>
  );
}
