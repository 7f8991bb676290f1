import { Tabs } from '@base-ui/react/tabs';
import { ArrowUpRight } from 'lucide-react';
import type { Answer } from '../api/questions.js';
import { useAnswer } from '../live/use-answer.js';
import { setParams, useView } from '../routes/view.js';
import { count } from '../ui/format.js';
import { PanelContent, RowsSkeleton } from '../ui/panel.js';
import { NothingHere } from './nothing.js';
import { RankingRows } from './ranking-rows.js';
import { RANKINGS, rankingMetrics, type RankingName } from './rankings.js';
import { useStatuses } from './status-classes.js';

const ROWS = 8;

interface TopListsProps {
  /** The lists of this card. */
  names: readonly RankingName[];
  chosen: RankingName;
  onChosen: (name: RankingName) => void;
  /** The whole of a list is wanted. */
  onMore: (name: RankingName) => void;
}

/** One card with a few rankings, one of them shown. */
export function TopLists({ names, chosen, onChosen, onMore }: TopListsProps) {
  return (
    <Tabs.Root
      value={chosen}
      onValueChange={(name: RankingName) => onChosen(name)}
      render={<section aria-label={names.map((name) => RANKINGS[name].label).join(', ')} />}
      className="card flex min-w-0 flex-col p-4"
    >
      <Tabs.List className="-mx-2 mb-2 flex gap-1 overflow-x-auto">
        {names.map((name) => (
          <Tabs.Tab
            key={name}
            value={name}
            data-track={`top-${name}`}
            className="h-8 rounded-lg px-2 whitespace-nowrap text-muted hover:text-ink data-active:font-semibold data-active:text-ink"
          >
            {RANKINGS[name].label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {names.map((name) => (
        <Tabs.Panel key={name} value={name} tabIndex={-1} className="flex grow flex-col outline-none">
          <Ranking name={name} onMore={() => onMore(name)} />
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}

function Ranking({ name, onMore }: { name: RankingName; onMore: () => void }) {
  const { search, comparison } = useView();
  const { label, field, of } = RANKINGS[name];
  const params = { ...setParams(search, of), ...comparison, by: field, metrics: rankingMetrics(name), limit: ROWS, includeMissing: false };
  const query = useAnswer('breakdown', params);
  return (
    <PanelContent title={label} query={query} skeleton={<RowsSkeleton rows={ROWS + 1} height={36} />}>
      {(answer) => <Answered name={name} answer={answer} onMore={onMore} />}
    </PanelContent>
  );
}

function Answered({ name, answer, onMore }: { name: RankingName; answer: Answer<'breakdown'>; onMore: () => void }) {
  const { addFilter } = useView();
  const { label, what } = RANKINGS[name];
  const statuses = useStatuses(name === 'endpoints' ? answer.rows.map(({ by }) => by[0] ?? '') : undefined);
  if (answer.rows.length === 0) return <NothingHere what={what} height={304} />;
  return (
    <>
      <RankingRows name={name} answer={answer} statuses={name === 'endpoints' ? statuses : undefined} onFilter={addFilter} />
      {answer.distinctValues > answer.rows.length && (
        <button
          type="button"
          data-track={`more-${name}`}
          className="mt-auto flex items-center gap-1 self-start rounded-md px-2.5 pt-2 text-[13px] text-muted hover:text-ink"
          onClick={onMore}
        >
          All {count(answer.distinctValues)} {label.toLowerCase()} <ArrowUpRight aria-hidden className="size-3.5" />
        </button>
      )}
    </>
  );
}
