import { useMemo } from 'react';
import type { Answer } from '../api/questions.js';
import { useAnswer } from '../live/use-answer.js';
import { setParams, useView } from '../routes/view.js';
import { percent } from '../ui/format.js';

/** Calls by status class: `2xx` → 812. */
export type StatusCounts = ReadonlyMap<string, number>;

const COLOURS: Readonly<Record<string, string>> = {
  '1xx': '--muted',
  '2xx': '--good',
  '3xx': '--chart-custom-2',
  '4xx': '--warn',
  '5xx': '--bad',
};

/** How the calls of these endpoints ended. @param endpoints undefined: not asked yet */
export function useStatuses(endpoints: readonly string[] | undefined): ReadonlyMap<string, StatusCounts> {
  const { search } = useView();
  // Sorted, so that two rows that change places are no new question.
  const asked = endpoints?.length
    ? {
        ...setParams(search, [
          { field: 'type', op: 'is', value: 'api_call' },
          { field: 'endpoint', op: 'in', values: [...endpoints].sort() },
        ]),
        by: 'endpoint,status_class',
        limit: 100,
        includeMissing: false,
      }
    : undefined;
  const { data } = useAnswer('breakdown', asked);
  return useMemo(() => countsOf(data), [data]);
}

function countsOf(answer: Answer<'breakdown'> | undefined): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const { by, values } of answer?.rows ?? []) {
    const [endpoint, status] = by;
    if (!endpoint || !status) continue;
    const of = counts.get(endpoint) ?? new Map<string, number>();
    counts.set(endpoint, of.set(status, values[0] ?? 0));
  }
  return counts;
}

/** How the calls of one endpoint ended, as a bar of parts; the words are in its name. */
export function StatusClasses({ counts }: { counts: StatusCounts | undefined }) {
  if (!counts) return null;
  const parts = [...counts].sort(([a], [b]) => a.localeCompare(b));
  const all = parts.reduce((sum, [, value]) => sum + value, 0);
  const words = parts.map(([status, value]) => `${status} ${percent(value / all)}`).join(', ');
  return (
    <span role="img" aria-label={words} title={words} className="ml-auto flex h-1.5 w-13 gap-px overflow-hidden rounded-full">
      {parts.map(([status, value]) => (
        <span key={status} className="min-w-0.5" style={{ flexGrow: value / all, background: `var(${COLOURS[status]})` }} />
      ))}
    </span>
  );
}
