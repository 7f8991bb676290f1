import type { TopDimension, TopDto } from '@analytics/dto';
import { memo, useState } from 'react';
import { RANGES, type RangeName } from '../api/range.js';
import { useLive } from '../live/use-live.js';
import { count } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import { AllRows } from './all-rows.js';
import { DIMENSIONS } from './top-dimensions.js';
import { TopRows } from './top-rows.js';

interface TopListProps {
  project: string;
  range: RangeName;
  /** The rankings to choose from. */
  dimensions: readonly TopDimension[];
  dimension: TopDimension;
  onDimension: (dimension: TopDimension) => void;
}

const ROWS = 8;

/** The most frequent values of one dimension in the chosen range; a button opens all of them. */
export const TopList = memo(function TopList({ project, range, dimensions, dimension, onDimension }: TopListProps) {
  const [showingAll, setShowingAll] = useState(false);
  const { seconds, words } = RANGES[range];
  const query = useLive({ query: 'top', params: { project, dimension, limit: ROWS }, window: { seconds } });
  const { label } = DIMENSIONS[dimension];
  return (
    <Panel
      title={`Top ${label.toLowerCase()}`}
      query={query}
      skeleton={<RowsSkeleton rows={ROWS + 1} height={36} />}
      actions={
        <Segmented
          label={`Ranking ${dimensions.join(' or ')}`}
          value={dimension}
          onChange={onDimension}
          options={dimensions.map((value) => ({ value, label: DIMENSIONS[value].label }))}
        />
      }
    >
      {(answer) => (
        <>
          <Ranking answer={answer} dimension={dimension} words={words} />
          {answer.distinctValues > answer.rows.length && (
            <button
              type="button"
              data-track={`all-${dimension}`}
              className="mt-2 self-start rounded-md px-2.5 py-1 text-[13px] text-muted hover:bg-raised hover:text-ink"
              onClick={() => setShowingAll(true)}
            >
              All {count(answer.distinctValues)} {label.toLowerCase()}
            </button>
          )}
          {showingAll && <AllRows project={project} range={range} dimension={dimension} onClose={() => setShowingAll(false)} />}
        </>
      )}
    </Panel>
  );
});

function Ranking({ answer, dimension, words }: { answer: TopDto; dimension: TopDimension; words: string }) {
  const { one, empty } = DIMENSIONS[dimension];
  if (answer.rows.length === 0) {
    return (
      <p className="flex min-h-40 grow items-center justify-center text-muted">
        {empty} in {words}.
      </p>
    );
  }
  return <TopRows label={one} rows={answer.rows} durations={dimension === 'endpoints'} />;
}
