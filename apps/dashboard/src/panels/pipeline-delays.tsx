import type { QuantilesDto } from '@analytics/dto';
import { duration } from '../ui/format.js';
import type { PipelineFacts } from './pipeline-facts.js';

const QUANTILES = ['p50', 'p95', 'p99'] as const;

/** How long each step takes, last minute. */
export function PipelineDelays({ facts }: { facts: PipelineFacts }) {
  const steps: [name: string, note: string, quantiles: QuantilesDto | null][] = [
    ['Freshness', 'accepted to stored', facts.freshnessMs],
    ['Batch', 'read to commit', facts.batchMs],
    ['Publish', 'hand-over to the answer of Redis', facts.publishMs],
  ];
  const longest = Math.max(1, ...steps.map(([, , quantiles]) => quantiles?.p99 ?? 0));
  return (
    <div className="flex grow flex-col justify-between gap-5">
      {steps.map(([name, note, quantiles]) => (
        <div key={name}>
          <h3 className="mb-1.5">
            <span className="font-medium">{name}</span> <span className="text-[13px] text-muted">{note}</span>
          </h3>
          {quantiles ? (
            <Quantiles quantiles={quantiles} longest={longest} />
          ) : (
            <p className="text-[13px] text-muted">No process reports it.</p>
          )}
        </div>
      ))}
    </div>
  );
}

function Quantiles({ quantiles, longest }: { quantiles: QuantilesDto; longest: number }) {
  return (
    <dl className="grid gap-1 text-[13px]">
      {QUANTILES.map((name) => (
        <div key={name} className="grid grid-cols-[2.2rem_1fr_4.5rem] items-center gap-2">
          <dt className="text-muted">{name}</dt>
          <dd aria-hidden className="h-2 overflow-hidden rounded-full bg-raised">
            <div
              className="h-full rounded-full bg-(--chart-page-view)"
              style={{
                width: `${Math.max(0.5, (quantiles[name] / longest) * 100)}%`,
                opacity: name === 'p50' ? 1 : name === 'p95' ? 0.75 : 0.5,
              }}
            />
          </dd>
          <dd data-testid={`quantile-${name}`} className="text-right font-medium">
            {duration(quantiles[name])}
          </dd>
        </div>
      ))}
    </dl>
  );
}
