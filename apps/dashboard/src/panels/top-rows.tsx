import type { TopRowDto } from '@analytics/dto';
import { memo } from 'react';
import { duration, percent, shortCount } from '../ui/format.js';

interface TopRowsProps {
  /** Heads the first column. */
  label: string;
  rows: readonly TopRowDto[];
  /** p50 and p95 beside the counts. */
  durations?: boolean;
}

/** A ranking: the longer the bar behind a row, the larger its count. */
export function TopRows({ label, rows, durations = false }: TopRowsProps) {
  const most = rows[0]?.events ?? 1;
  return (
    <table className="w-full table-fixed border-separate border-spacing-y-0.5 max-sm:text-[13px]">
      <thead>
        <tr className="text-xs text-muted">
          <th scope="col" className="pb-1 text-left font-normal">
            {label}
          </th>
          {durations && (
            <>
              <NumberHead text="p50" title="Half of the calls took no longer" />
              <NumberHead text="p95" title="95 of 100 calls took no longer" />
            </>
          )}
          <NumberHead text="Events" />
          {!durations && <NumberHead text="Share" />}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.value} row={row} width={row.events / most} durations={durations} />
        ))}
      </tbody>
    </table>
  );
}

const Row = memo(function Row({ row, width, durations }: { row: TopRowDto; width: number; durations: boolean }) {
  const { value, events, share, p50, p95 } = row;
  return (
    <tr>
      <th scope="row" className="relative h-8 p-0 text-left font-normal">
        <span aria-hidden className="absolute inset-y-0 left-0 rounded-md bg-bar" style={{ width: `${width * 100}%` }} />
        <span className="relative block truncate px-2.5" title={value}>
          {value}
        </span>
      </th>
      {durations && <td className="text-right text-muted">{p50 === undefined ? '–' : duration(p50)}</td>}
      {durations && <td className="text-right">{p95 === undefined ? '–' : duration(p95)}</td>}
      <td className="text-right font-medium">{shortCount(events)}</td>
      {!durations && <td className="text-right text-muted">{percent(share)}</td>}
    </tr>
  );
});

function NumberHead({ text, title }: { text: string; title?: string }) {
  return (
    <th scope="col" title={title} className="w-18 pb-1 text-right font-normal max-sm:w-16">
      {text}
    </th>
  );
}
