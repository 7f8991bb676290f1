import { useAnswer } from '../live/use-answer.js';
import { recentParams, useView } from '../routes/view.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { RankingRows } from './ranking-rows.js';
import { RANKINGS, rankingMetrics, type RankingName } from './rankings.js';

const ROWS = 5;
const PERIOD = '30m';

/** A short ranking of the last 30 minutes. A count leads to its events, a name shows only what has it. */
export function TopNow({ name }: { name: RankingName }) {
  const { search, filters, addFilter } = useView();
  const { label, field, of, what } = RANKINGS[name];
  const asked = { by: field, metrics: rankingMetrics(name), limit: ROWS, includeMissing: false };
  const query = useAnswer('breakdown', { ...recentParams(search, PERIOD, of), ...asked });
  return (
    <Panel title={`Top ${label.toLowerCase()} now`} note="last 30 minutes" query={query} skeleton={<RowsSkeleton rows={ROWS + 1} height={34} />}>
      {(answer) =>
        answer.rows.length === 0 ? (
          <p className="flex min-h-24 items-center justify-center text-muted">
            No {what} in the last 30 minutes{filters.length > 0 && ' pass the filters'}.
          </p>
        ) : (
          <RankingRows name={name} answer={answer} range={{ period: PERIOD }} onFilter={addFilter} />
        )
      }
    </Panel>
  );
}
