import type { Answer } from '../api/questions.js';
import type { ChartFrame } from '../charts/chart-frame.js';
import { Change } from './change.js';
import { EventsLink } from './events-link.js';
import { METRICS, relativeChange, type OverviewMetric } from './overview-metrics.js';

interface CourseTableProps {
  answer: Answer<'timeseries'>;
  frame: ChartFrame;
  metric: OverviewMetric;
  /** CSS px. */
  height: number;
  caption: string;
}

/** The chart's numbers as a table, newest first; each leads to the events of its bucket. */
export function CourseTable({ answer, frame, metric, height, caption }: CourseTableProps) {
  const { before, lines, unfinished, describeBucket, formatValue } = frame;
  const { label, behind, bad } = METRICS[metric];
  const values = lines[0]?.values ?? [];
  const changeAt = (index: number): number | null => relativeChange(values[index] ?? null, before?.values[index] ?? null);
  const shown = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : formatValue(value));
  const rows = answer.buckets.map((bucket, index) => ({ bucket, index })).reverse();
  return (
    <div className="overflow-auto" style={{ height }} tabIndex={0} role="region" aria-label={caption}>
      <table className="w-full border-collapse text-right">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-[2] bg-card">
          <tr className="text-muted">
            {['Time', label, ...(before ? ['Before', 'Change'] : [])].map((head, column) => (
              <th key={head} scope="col" className={`border-b border-line px-3 py-1.5 font-medium ${column === 0 ? 'pl-0 text-left' : ''}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ bucket: { from, to }, index }) => (
            <tr key={from} className="border-b border-line last:border-0">
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
                {describeBucket(frame.buckets[index] ?? 0)}
                {index === unfinished && <span className="text-muted"> so far</span>}
              </th>
              <td className="px-3 py-1">
                <EventsLink filters={behind} range={{ from, to }}>
                  {shown(values[index])}
                </EventsLink>
              </td>
              {before && <td className="px-3 py-1 text-muted">{shown(before.values[index])}</td>}
              {before && (
                <td className="w-24 px-3 py-1">
                  <Change relative={changeAt(index)} bad={bad} title={before.describeBucket(index)} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
