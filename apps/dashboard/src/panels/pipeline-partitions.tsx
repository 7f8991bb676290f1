import type { PipelineDto } from '@analytics/dto';
import { count, duration } from '../ui/format.js';
import { partitionRows, type PartitionRow as Row } from './pipeline-facts.js';

const HEADS = [
  ['State', 'What the consumer does with it'],
  ['Time lag', 'Age of the first entry that is not committed'],
  ['Waiting', 'Entries that are not committed'],
  ['Pending', 'Entries delivered and not acknowledged'],
] as const;

/** The partitions of the stream and how far each is read. */
export function PipelinePartitions({ consumers }: Pick<PipelineDto, 'consumers'>) {
  const rows = partitionRows(consumers).sort((a, b) => a.partition - b.partition || Number(b.reporting) - Number(a.reporting));
  if (rows.length === 0) return <p className="py-8 text-center text-muted">No consumer has reported its partitions.</p>;
  return (
    <div className="-mx-4 overflow-x-auto px-4" tabIndex={0} role="region" aria-label="Table of partitions">
      <table className="w-full min-w-96 text-right text-[13px]">
        <thead className="text-xs text-muted">
          <tr className="[&>th]:border-b [&>th]:border-line [&>th]:pb-1.5 [&>th]:pl-3 [&>th]:font-normal">
            <th scope="col" className="!pl-0 text-left">
              Partition
            </th>
            {HEADS.map(([name, title]) => (
              <th key={name} scope="col" title={title}>
                {name}
              </th>
            ))}
            <th scope="col" className="max-xl:hidden">
              Last committed
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <PartitionRow key={`${row.instance} ${row.partition}`} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PartitionRow({ row }: { row: Row }) {
  const { partition, state, timeLagMs, entryLag, pending, lastId, instance, reporting } = row;
  return (
    <tr title={instance} className={`border-b border-line last:border-0 [&>td]:pl-3 ${reporting ? '' : 'text-muted'}`}>
      <th scope="row" className="py-2 text-left font-medium">
        {partition}
      </th>
      <td className={reporting ? '' : 'text-warn'}>{reporting ? state : 'silent'}</td>
      <td>{duration(timeLagMs)}</td>
      <td>{count(entryLag)}</td>
      <td>{count(pending)}</td>
      <td className="font-mono text-xs max-xl:hidden">{lastId}</td>
    </tr>
  );
}
