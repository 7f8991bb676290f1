import type { ChartFrame } from './chart-frame.js';

/** The chart's numbers as a table, newest first. */
export function SeriesTable({ frame, height, caption }: { frame: ChartFrame; height: number; caption: string }) {
  const { buckets, lines, unfinished, describeBucket, formatValue } = frame;
  const indices = buckets.map((_, index) => index).reverse();
  return (
    <div className="overflow-auto" style={{ height }} tabIndex={0} role="region" aria-label={caption}>
      <table className="w-full border-collapse text-right">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-card">
          <tr className="text-muted">
            <th scope="col" className="border-b border-line py-1.5 pr-3 text-left font-medium">
              Time
            </th>
            {lines.map(({ name, label }) => (
              <th key={name} scope="col" className="border-b border-line px-3 py-1.5 font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {indices.map((index) => (
            <tr key={buckets[index]} className="border-b border-line last:border-0">
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
                {describeBucket(buckets[index] ?? 0)}
                {index === unfinished && <span className="text-muted"> so far</span>}
              </th>
              {lines.map(({ name, values }) => (
                <td key={name} className="px-3 py-1">
                  {formatValue(values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
