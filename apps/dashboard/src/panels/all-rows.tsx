import type { TopDimension } from '@analytics/dto';
import { useState } from 'react';
import { RANGES, type RangeName } from '../api/range.js';
import { useLive } from '../live/use-live.js';
import { Modal } from '../ui/modal.js';
import { PanelContent, RowsSkeleton } from '../ui/panel.js';
import { DIMENSIONS } from './top-dimensions.js';
import { TopRows } from './top-rows.js';

/** As many as the API ranks at most. */
const LIMIT = 100;

interface AllRowsProps {
  project: string;
  range: RangeName;
  dimension: TopDimension;
  onClose: () => void;
}

/** A ranking as long as the API gives it, to be searched. */
export function AllRows({ project, range, dimension, onClose }: AllRowsProps) {
  const [search, setSearch] = useState('');
  const { seconds, words } = RANGES[range];
  const { label, one } = DIMENSIONS[dimension];
  const query = useLive({ query: 'top', params: { project, dimension, limit: LIMIT }, window: { seconds } });
  return (
    <Modal title={`${label} in ${words}`} onClose={onClose}>
      <input
        type="search"
        aria-label={`Search ${label.toLowerCase()}`}
        placeholder={`Search the first ${LIMIT}`}
        className="control mb-3 w-full shrink-0 justify-start px-3"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <div className="min-h-60 overflow-auto">
        <PanelContent title={label} query={query} skeleton={<RowsSkeleton rows={10} height={34} />}>
          {({ rows }) => {
            const found = rows.filter(({ value }) => value.toLowerCase().includes(search.trim().toLowerCase()));
            if (found.length === 0) return <p className="py-10 text-center text-muted">None of them contains “{search}”.</p>;
            return <TopRows label={one} rows={found} durations={dimension === 'endpoints'} />;
          }}
        </PanelContent>
      </div>
    </Modal>
  );
}
