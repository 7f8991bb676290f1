import type { Answer } from '../api/questions.js';
import type { View } from '../routes/view.js';
import { percent } from '../ui/format.js';
import { zonedDate } from '../ui/zoned-time.js';
import { NothingHere } from './nothing.js';
import { RetentionGrid, shade } from './retention-grid.js';

/** The answer as a table, with what its signs mean. */
export function RetentionCohorts({ answer, show, view }: { answer: Answer<'retention'>; show: 'shares' | 'counts'; view: View }) {
  const { interval, by } = answer;
  const cohorts = sinceFirst(answer.cohorts);
  const most = Math.max(0.01, ...cohorts.flatMap(({ periods }) => periods.map(({ share }) => share ?? 0)));
  const counted = by === 'user' ? 'users' : 'sessions';
  if (cohorts.length === 0) return <NothingHere what="such first events" height={320} teaching />;
  return (
    <>
      {answer.cohorts.length < 2 && <TooShort interval={interval} view={view} />}
      <RetentionGrid cohorts={cohorts} interval={interval} counted={counted} show={show} zone={view.timeZone} most={most} />
      {answer.cohorts.length > 1 && (
        <Legend cohorts={cohorts} before={cohorts.length < answer.cohorts.length} most={most} interval={interval} zone={view.timeZone} />
      )}
    </>
  );
}

interface LegendProps {
  cohorts: Answer<'retention'>['cohorts'];
  /** The range begins before the first cohort. */
  before: boolean;
  most: number;
  interval: 'day' | 'week';
  zone: string;
}

function Legend({ cohorts, before, most, interval, zone }: LegendProps) {
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="flex overflow-hidden rounded-sm ring-1 ring-line">
          {[0, 0.25, 0.5, 0.75, 1].map((part) => (
            <span key={part} className="h-3 w-5" style={{ background: shade(part) }} />
          ))}
        </span>
        0 to {percent(most)}
      </span>
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="hatched h-3 w-5 rounded-sm bg-raised" /> not over yet, may still grow
      </span>
      {before && cohorts[0] && <span>nobody came before {zonedDate(cohorts[0].from, zone)}</span>}
      {cohorts.some(({ complete }) => !complete) && <span>* a {interval} that is not whole in this range, or not over</span>}
    </p>
  );
}

/** Without those from before the first event: they say nothing, and fill the screen. */
function sinceFirst(cohorts: Answer<'retention'>['cohorts']): Answer<'retention'>['cohorts'] {
  const first = cohorts.findIndex(({ size }) => size > 0);
  return first < 0 ? [] : cohorts.slice(first);
}

/** One cohort says nothing about coming back. */
function TooShort({ interval, view }: { interval: 'day' | 'week'; view: View }) {
  const periods = [
    ['last_7_days', 'Last 7 days'],
    ['last_30_days', 'Last 30 days'],
  ] as const;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-raised px-3 py-2">
      <p className="min-w-0 grow">The range holds a single {interval}, so nobody can have come back in another. Look at a longer one:</p>
      {periods.slice(interval === 'day' ? 0 : 1).map(([period, label]) => (
        <button
          key={period}
          type="button"
          className="control"
          data-track={`retention-${period}`}
          onClick={() => view.change({ period, from: undefined, to: undefined })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
