import type { CohortDto, RetentionPeriodDto } from '@analytics/dto';
import { useMemo } from 'react';
import { count, percent } from '../ui/format.js';
import { zonedDate, zonedWeekday } from '../ui/zoned-time.js';
import { averagePeriods, type AveragePeriod } from './retention-average.js';

interface RetentionGridProps {
  cohorts: readonly CohortDto[];
  interval: 'day' | 'week';
  /** users or sessions. */
  counted: string;
  show: 'shares' | 'counts';
  zone: string;
  /** The share that has the fullest colour. */
  most: number;
}

const CELL = 60;
const CURVE = 72;

/** Cohorts by the day or week they came, and how many of them came back so much later: the fuller the colour, the more. */
export function RetentionGrid({ cohorts, interval, counted, show, zone, most }: RetentionGridProps) {
  const averages = useMemo(() => averagePeriods(cohorts), [cohorts]);
  return (
    <div tabIndex={0} role="region" aria-label="Retention by cohort" className="relative -mx-4 overflow-x-auto px-4 pb-1">
      <table className="retention w-full border-separate border-spacing-[3px] text-[13px]" data-testid="retention">
        <caption className="sr-only">{`Of each ${interval}'s new ${counted}, the part that came back so many ${interval}s later`}</caption>
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="sticky left-0 z-10 w-27 min-w-27 bg-card text-left font-normal">
              Cohort
            </th>
            <th scope="col" className="w-16 min-w-16 pr-2 text-right font-normal first-letter:uppercase">
              {counted}
            </th>
            {averages.map(({ period }) => (
              <th key={period} scope="col" className="font-normal" style={{ minWidth: CELL }}>
                {period === 1 ? `1 ${interval}` : `${period} ${interval}s`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <CurveRow averages={averages} />
          <AverageRow cohorts={cohorts} averages={averages} />
          {cohorts.map((cohort) => (
            <CohortRow key={cohort.from} cohort={cohort} interval={interval} show={show} zone={zone} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The colour of a part of what has the fullest one, 0 to 1. */
export const shade = (part: number): string => `color-mix(in oklab, var(--heat) ${Math.round(part * 100)}%, var(--card))`;

function CohortRow({
  cohort,
  interval,
  show,
  zone,
  most,
}: { cohort: CohortDto } & Pick<RetentionGridProps, 'interval' | 'show' | 'zone' | 'most'>) {
  const { from, size, complete, periods } = cohort;
  return (
    <tr data-testid="cohort">
      <th scope="row" className="sticky left-0 z-10 h-9 bg-card text-left font-normal whitespace-nowrap">
        {interval === 'day' ? zonedWeekday(from, zone) : `from ${zonedDate(from, zone)}`}
        {!complete && (
          <span className="text-muted" title="This period is not whole in the range, or not over">
            {' '}
            *
          </span>
        )}
      </th>
      <td className="pr-2 text-right font-medium">{count(size)}</td>
      {periods.map((period) => (
        <PeriodCell key={period.period} period={period} size={size} interval={interval} show={show} most={most} />
      ))}
    </tr>
  );
}

interface PeriodCellProps {
  period: RetentionPeriodDto;
  size: number;
  interval: 'day' | 'week';
  show: 'shares' | 'counts';
  most: number;
}

function PeriodCell({ period, size, interval, show, most }: PeriodCellProps) {
  const { share, complete } = period;
  const later = `${period.period} ${interval}${period.period === 1 ? '' : 's'} later`;
  const words = `${count(period.count)} of ${count(size)} came back ${later}${complete ? '' : '; this period is not over'}`;
  return (
    <td
      title={words}
      data-complete={complete}
      className={`h-9 rounded-md text-center ${complete ? '' : 'hatched'} ${share === null ? 'text-muted' : ''}`}
      style={{ backgroundColor: share === null ? 'var(--raised)' : shade(share / most) }}
    >
      {share === null ? '–' : show === 'shares' ? percent(share) : count(period.count)}
      {!complete && <span className="sr-only"> so far</span>}
    </td>
  );
}

function AverageRow({ cohorts, averages }: { cohorts: readonly CohortDto[]; averages: readonly AveragePeriod[] }) {
  const members = cohorts.reduce((sum, { size }) => sum + size, 0);
  return (
    <tr data-testid="retention-average" className="font-semibold">
      <th scope="row" title="Of all cohorts together for which the period is over" className="sticky left-0 z-10 h-9 bg-card text-left">
        All cohorts
      </th>
      <td className="pr-2 text-right">{count(members)}</td>
      {averages.map(({ period, share, returned, members: whole }) => (
        <td
          key={period}
          className="rounded-md bg-raised text-center"
          title={share === null ? 'Not over for any cohort' : `${count(returned)} of ${count(whole)}`}
        >
          {share === null ? '–' : percent(share)}
        </td>
      ))}
    </tr>
  );
}

/** The average as a curve: each of its points stands over the column that it is of. */
function CurveRow({ averages }: { averages: readonly AveragePeriod[] }) {
  const known = averages.filter(({ share }) => share !== null);
  const most = Math.max(...known.map(({ share }) => share ?? 0), 0.01);
  if (known.length < 2) return null;
  const points = known.map(({ period, share }) => ({ x: period - 0.5, y: (CURVE - 12) * (1 - (share ?? 0) / most) + 6 }));
  const line = points.map(({ x, y }) => `${x},${y}`).join(' ');
  return (
    <tr aria-hidden>
      <td colSpan={2} className="sticky left-0 z-10 bg-card align-bottom text-xs text-muted">
        up to {percent(most)}
      </td>
      <td colSpan={averages.length} className="p-0">
        <svg viewBox={`0 0 ${averages.length} ${CURVE}`} preserveAspectRatio="none" className="block w-full" style={{ height: CURVE }}>
          <polygon points={`${points[0]?.x},${CURVE} ${line} ${points.at(-1)?.x},${CURVE}`} fill="var(--bar)" />
          <polyline points={line} fill="none" stroke="var(--accent)" strokeWidth={2} vectorEffect="non-scaling-stroke" />
        </svg>
      </td>
    </tr>
  );
}
