import type { FilterCondition } from '@analytics/dto/language';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useDeferredValue, useRef, useState } from 'react';
import { rangeLabel } from '../frame/periods.js';
import { useAnswer } from '../live/use-answer.js';
import { setParams, useView } from '../routes/view.js';
import { count } from '../ui/format.js';
import { Modal } from '../ui/modal.js';
import { PanelContent, RowsSkeleton } from '../ui/panel.js';
import { RankingRows } from './ranking-rows.js';
import { RANKINGS, rankingMetrics, type RankingName } from './rankings.js';

const PAGE = 50;
/** As far as the API pages. */
const FARTHEST = 10_000;

/** The whole of a ranking, page by page, to be searched. */
export default function RankingDialog({ name, onClose }: { name: RankingName; onClose: () => void }) {
  const { search, timeZone, addFilter } = useView();
  const { label } = RANKINGS[name];
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [page, setPage] = useState(0);
  const wanted = useDeferredValue(typed.trim());
  const type = (text: string) => {
    setTyped(text);
    setPage(0);
  };
  const filter = (condition: FilterCondition) => {
    onClose();
    addFilter(condition);
  };
  return (
    <Modal title={`${label}, ${rangeLabel(search, timeZone)}`} onClose={onClose} initialFocus={field}>
      <input
        ref={field}
        type="search"
        aria-label={`Search ${label.toLowerCase()}`}
        placeholder={`Search ${label.toLowerCase()}`}
        className="field mb-3 shrink-0"
        value={typed}
        onChange={({ target }) => type(target.value)}
      />
      <RankingPage name={name} wanted={wanted} page={page} onPage={setPage} onFilter={filter} />
    </Modal>
  );
}

interface RankingPageProps {
  name: RankingName;
  /** Only values that contain this. */
  wanted: string;
  page: number;
  onPage: (page: number) => void;
  onFilter: (filter: FilterCondition) => void;
}

function RankingPage({ name, wanted, page, onPage, onFilter }: RankingPageProps) {
  const { search, comparison } = useView();
  const { label, field, of } = RANKINGS[name];
  const filters = wanted === '' ? of : [...of, { field, op: 'contains', value: wanted } as const];
  const query = useAnswer('breakdown', {
    ...setParams(search, filters),
    ...comparison,
    by: field,
    metrics: rankingMetrics(name),
    limit: PAGE,
    offset: page * PAGE,
    includeMissing: false,
  });
  return (
    <>
      <div className="h-120 min-h-0 overflow-y-auto" tabIndex={0} role="region" aria-label={label}>
        <PanelContent title={label} query={query} skeleton={<RowsSkeleton rows={13} height={36} />}>
          {(answer) =>
            answer.rows.length > 0 ? (
              <RankingRows name={name} answer={answer} onFilter={onFilter} />
            ) : (
              <p className="py-16 text-center text-muted">{wanted ? `None of them contains “${wanted}”.` : 'There are none.'}</p>
            )
          }
        </PanelContent>
      </div>
      <Pages page={page} all={query.data?.distinctValues ?? 0} onPage={onPage} />
    </>
  );
}

function Pages({ page, all, onPage }: { page: number; all: number; onPage: (page: number) => void }) {
  const last = Math.min(Math.ceil(all / PAGE) - 1, FARTHEST / PAGE);
  if (last <= 0) return null;
  const button = (label: string, to: number, Icon: typeof ChevronLeft) => (
    <button
      type="button"
      aria-label={label}
      className="control aria-disabled:opacity-40"
      data-track="ranking-page"
      aria-disabled={to < 0 || to > last}
      onClick={() => to >= 0 && to <= last && onPage(to)}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
  return (
    <div className="mt-3 flex items-center justify-end gap-2 text-[13px] text-muted">
      <span className="mr-auto">
        {count(page * PAGE + 1)} – {count(Math.min(all, (page + 1) * PAGE))} of {count(all)}
      </span>
      {button('Previous page', page - 1, ChevronLeft)}
      {button('Next page', page + 1, ChevronRight)}
    </div>
  );
}
