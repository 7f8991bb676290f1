import type { PipelineDto, QuantilesDto } from '@analytics/dto';
import { age, axisCount, count, duration, rate } from '../ui/format.js';

const QUANTILES = ['p50', 'p95', 'p99'] as const;
const TOOK = 'Hand-over to the answer of Redis, or read to commit of a batch; last minute';

interface Process {
  kind: 'producer' | 'stream-consumer';
  instance: string;
  reporting: boolean;
  at: string;
  /** Events per second. */
  flow: number;
  /** Events since it started. */
  total: number;
  /** Of publishing, or of storing a batch; ms, last minute. */
  took: QuantilesDto;
}

function processesOf({ producers, consumers }: PipelineDto): Process[] {
  return [
    ...producers.map((each) => ({
      ...each,
      kind: 'producer' as const,
      flow: each.acceptedRate,
      total: each.acceptedTotal,
      took: each.publishMs,
    })),
    ...consumers.map((each) => ({
      ...each,
      kind: 'stream-consumer' as const,
      flow: each.storedRate,
      total: each.storedTotal,
      took: each.batchMs,
    })),
  ];
}

/** Every process that reported lately; one that stopped looks so. */
export function PipelineProcesses({ pipeline }: { pipeline: PipelineDto }) {
  const { asOf } = pipeline;
  const rows = processesOf(pipeline);
  if (rows.length === 0) return <p className="py-8 text-center text-muted">No process has reported in the last minute.</p>;
  return (
    <table className="w-full text-right text-[13px]">
      <thead className="text-xs text-muted">
        <tr className="[&>th]:border-b [&>th]:border-line [&>th]:pb-1.5 [&>th]:font-normal">
          <th scope="col" className="text-left">
            Process
          </th>
          <th scope="col">Per second</th>
          <th scope="col">Total</th>
          {QUANTILES.map((name) => (
            <th key={name} scope="col" title={TOOK} className={name === 'p95' ? '' : 'max-sm:hidden'}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ProcessRow key={`${row.kind} ${row.instance}`} process={row} asOf={asOf} />
        ))}
      </tbody>
    </table>
  );
}

function ProcessRow({ process: { instance, kind, reporting, at, flow, total, took }, asOf }: { process: Process; asOf: string }) {
  return (
    <tr className={`border-b border-line last:border-0 [&>td]:pl-3 ${reporting ? '' : 'text-muted'}`}>
      <th scope="row" className="w-2/5 max-w-0 max-sm:w-1/2 py-2 text-left font-normal">
        <span className="flex items-center gap-2">
          <span aria-hidden className={`size-2 shrink-0 rounded-full ${reporting ? 'bg-good' : 'border border-warn'}`} />
          <span className="truncate" title={instance}>
            {kind} <span className="text-muted">{instance}</span>
          </span>
        </span>
      </th>
      {reporting ? (
        <>
          <td>{rate(flow)}</td>
          <td title={count(total)}>{axisCount(total)}</td>
          {QUANTILES.map((name) => (
            <td key={name} className={name === 'p95' ? '' : 'max-sm:hidden'}>
              {duration(took[name])}
            </td>
          ))}
        </>
      ) : (
        <td colSpan={5} className="text-warn">
          silent for {age(Date.parse(asOf) - Date.parse(at))}
        </td>
      )}
    </tr>
  );
}
