import { useAnswer } from '../live/use-answer.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { RankingRows } from './ranking-rows.js';
import { RANKINGS, rankingMetrics, type RankingName } from './rankings.js';

const ROWS = 5;
const RANGE = { period: '1h' };

/** A short ranking of the last hour. */
export function TopNow({ project, name }: { project: string; name: RankingName }) {
  const { label, field, of, what } = RANKINGS[name];
  const filters = of.length > 0 ? { filters: JSON.stringify(of) } : {};
  const asked = { by: field, metrics: rankingMetrics(name), limit: ROWS, includeMissing: false };
  const query = useAnswer('breakdown', { project, ...RANGE, ...filters, ...asked });
  return (
    <Panel title={`Top ${label.toLowerCase()}`} note="last hour" query={query} skeleton={<RowsSkeleton rows={ROWS} height={38} />}>
      {(answer) =>
        answer.rows.length === 0 ? (
          <p className="flex min-h-24 items-center justify-center text-muted">No {what} in the last hour.</p>
        ) : (
          <RankingRows name={name} answer={answer} range={RANGE} />
        )
      }
    </Panel>
  );
}
