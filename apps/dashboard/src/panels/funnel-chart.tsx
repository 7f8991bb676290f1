import type { FunnelStepDto } from '@analytics/dto';
import type { Filter } from '@analytics/dto/language';
import { Fragment } from 'react';
import { count, percent } from '../ui/format.js';
import { stretch } from '../ui/stretch.js';
import { EventsLink } from './events-link.js';

interface FunnelChartProps {
  steps: readonly FunnelStepDto[];
  /** What is counted, in the plural: users or sessions. */
  counted: string;
  /** What the events of a step fulfil besides the view's filters, in the order of the steps. */
  filters: readonly (readonly Filter[])[];
  range: { from: string; to: string };
}

const shareWords = (share: number | null): string => (share === null ? '–' : percent(share));
const medianWords = (seconds: number | null): string => (seconds === null ? '–' : stretch(seconds));

/** A bar for each step, on the scale of the first; what left since the step before is hatched behind it. */
export function FunnelChart({ steps, counted, filters, range }: FunnelChartProps) {
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => {
        const { name, shareOfFirst, shareOfPrevious, dropOff, medianSeconds } = step;
        const before = steps[index - 1];
        return (
          <Fragment key={index}>
            {before && (
              <li className="flex flex-wrap items-center gap-x-3 py-2 pl-8 text-[13px] text-muted">
                <span>
                  <b className="font-medium text-ink">{shareWords(shareOfPrevious)}</b> go on
                </span>
                <span>{medianSeconds === null ? 'nobody yet' : `half of them within ${stretch(medianSeconds)}`}</span>
                <span className="ml-auto">
                  {count(dropOff)} {dropOff === 1 ? 'leaves' : 'leave'}
                </span>
              </li>
            )}
            <li data-testid="funnel-bar" data-value={step.count} className="flex items-start gap-3">
              <span className="grid size-5 shrink-0 place-items-center rounded-full bg-raised text-xs font-medium">{index + 1}</span>
              <div className="min-w-0 grow">
                <div className="mb-1 flex items-baseline gap-2">
                  <EventsLink
                    filters={filters[index] ?? []}
                    range={range}
                    title="See the events of this step"
                    className="min-w-0 truncate font-medium"
                  >
                    {name}
                  </EventsLink>
                  <span className="ml-auto shrink-0">
                    <b className="font-semibold">{count(step.count)}</b> <span className="text-muted max-sm:hidden">{counted}</span>
                  </span>
                  <span className="w-14 shrink-0 text-right text-muted">{shareWords(shareOfFirst)}</span>
                </div>
                <div aria-hidden className="relative h-8 overflow-hidden rounded-md bg-raised">
                  {before && (
                    <div className="hatched absolute inset-y-0 left-0" style={{ width: `${(before.shareOfFirst ?? 0) * 100}%` }} />
                  )}
                  <div
                    className="absolute inset-y-0 left-0 min-w-0.5 rounded-md bg-[var(--chart-page-view)]"
                    style={{ width: `${(shareOfFirst ?? 0) * 100}%` }}
                  />
                </div>
              </div>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

/** The same numbers as a table. */
export function FunnelTable({ steps, counted, filters, range }: FunnelChartProps) {
  const heads = [counted, 'of the first', 'of the one before', 'left', 'median time'];
  return (
    <div tabIndex={0} role="region" aria-label="Funnel as a table" className="overflow-x-auto">
      <table className="w-full min-w-[36rem] text-[13px]">
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="h-8 text-left font-normal">
              Step
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="text-right font-normal first-letter:uppercase">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => (
            <tr key={index} className="border-t border-line">
              <th scope="row" className="h-9 text-left font-medium">
                {index + 1}.{' '}
                <EventsLink filters={filters[index] ?? []} range={range} title="See the events of this step">
                  {step.name}
                </EventsLink>
              </th>
              <td className="text-right font-medium">{count(step.count)}</td>
              <td className="text-right">{shareWords(step.shareOfFirst)}</td>
              <td className="text-right">{index === 0 ? '–' : shareWords(step.shareOfPrevious)}</td>
              <td className="text-right">{index === 0 ? '–' : count(step.dropOff)}</td>
              <td className="text-right">{medianWords(step.medianSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
