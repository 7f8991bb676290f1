import type { TopDimension } from '@analytics/dto';
import { memo } from 'react';
import { useLive } from '../live/use-live.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { DIMENSIONS } from './top-dimensions.js';
import { TopRows } from './top-rows.js';

const ROWS = 5;

/** A short ranking of the last hour. */
export const TopNow = memo(function TopNow({ project, dimension }: { project: string; dimension: TopDimension }) {
  const query = useLive({ query: 'top', params: { project, dimension, limit: ROWS } });
  const { label, one, empty } = DIMENSIONS[dimension];
  return (
    <Panel title={`Top ${label.toLowerCase()}`} note="last hour" query={query} skeleton={<RowsSkeleton rows={ROWS} height={38} />}>
      {({ rows }) =>
        rows.length === 0 ? (
          <p className="flex min-h-24 items-center justify-center text-muted">{empty} in the last hour.</p>
        ) : (
          <TopRows label={one} rows={rows} durations={dimension === 'endpoints'} />
        )
      }
    </Panel>
  );
});
