import type { PipelineDto } from '@analytics/dto';
import { count } from '../ui/format.js';
import type { PipelineFacts } from './pipeline-facts.js';

/** What went in and what came of it. Stored and dead count from the beginning, the others since their process started. */
export function PipelineTotals({ pipeline, facts }: { pipeline: PipelineDto; facts: PipelineFacts }) {
  const totals = [
    { name: 'Accepted', note: 'since the producer started', value: facts.acceptedTotal, testId: 'total-accepted' },
    { name: 'Refused', note: 'since the producer started', value: facts.rejectedTotal, testId: 'total-rejected' },
    { name: 'Stored', note: 'since the beginning', value: pipeline.storedTotal, testId: 'total-stored' },
    { name: 'Skipped', note: 'came again after it was stored', value: facts.skippedTotal, testId: 'total-skipped' },
    { name: 'Dead letters', note: 'since the beginning', value: pipeline.deadTotal, testId: 'total-dead' },
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
      {totals.map(({ name, note, value, testId }) => (
        <div key={name}>
          <dt className="text-[13px] text-muted">{name}</dt>
          <dd data-testid={testId} data-value={value} className="text-xl font-semibold tracking-tight">
            {count(value)}
          </dd>
          <dd className="text-xs text-muted">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
