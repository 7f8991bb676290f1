import type { DeadLetterDto } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { answered, api } from '../api/gateway-client.js';
import { momentOf } from '../ui/format.js';
import { DeadLetterActions, type Outcome } from './dead-letter-actions.js';
import { readablePayload } from './payload.js';

interface DeadLetterRowProps {
  letter: DeadLetterDto;
  open: boolean;
  onToggle: () => void;
  outcome: Outcome | undefined;
  onOutcome: (outcome: Outcome) => void;
}

/** One dead letter in a line; opened, what was received and what can be done about it. */
export function DeadLetterRow({ letter, open, onToggle, outcome, onOutcome }: DeadLetterRowProps) {
  const { id, deadAt, projectId, reason, state } = letter;
  return (
    <li data-testid="dead-letter" data-id={id} data-state={state} className="border-b border-line last:border-0">
      <button
        type="button"
        aria-expanded={open}
        data-track="dead-letter"
        onClick={onToggle}
        className="flex min-h-10 w-full items-center gap-3 px-4 py-2 text-left text-[13px] hover:bg-raised"
      >
        <time dateTime={deadAt} title={new Date(deadAt).toLocaleString()} className="shrink-0 text-muted">
          {momentOf(Date.parse(deadAt))}
        </time>
        <span className={`min-w-0 grow ${open ? 'break-words' : 'truncate'}`}>{reason}</span>
        {state !== 'dead' && <span className="shrink-0 rounded-full bg-raised px-2 text-xs text-muted">{state}</span>}
        <span className="shrink-0 text-muted max-sm:hidden">{projectId ?? 'no project'}</span>
        <ChevronRight aria-hidden className={`size-4 shrink-0 text-muted ${open ? 'rotate-90' : ''}`} />
      </button>
      {open && (
        <div className="grid gap-3 bg-raised px-4 py-3">
          <DeadLetterActions letter={letter} outcome={outcome} onOutcome={onOutcome} />
          <Received letter={letter} />
        </div>
      )}
    </li>
  );
}

function Received({ letter }: { letter: DeadLetterDto }) {
  const { id, eventId, stream, partition, entryId, itemIndex, payloadComplete } = letter;
  const { data = letter, error } = useQuery({
    queryKey: ['dead-letter', id],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/dead-letters/{id}', { params: { path: { id } }, signal })),
    enabled: !payloadComplete,
    staleTime: Infinity,
  });
  const { form, text, cut } = readablePayload(data);
  const place = `${stream}:{${partition}} ${entryId}${itemIndex === null ? '' : `, item ${itemIndex}`}`;
  return (
    <div className="min-w-0">
      <p className="mb-2 text-xs break-words text-muted">
        {eventId ? `Event ${eventId}` : 'Without a readable event id'}, received in {place}, as {form}
        {(cut || !data.payloadComplete) && ' (its beginning)'}
        {error && `. The rest could not be loaded: ${error.message}`}
      </p>
      <pre
        tabIndex={0}
        aria-label="Payload"
        className={`max-h-72 overflow-auto rounded-lg border border-line bg-card p-3 font-mono text-xs leading-5 ${
          form === 'bytes' ? '' : 'break-all whitespace-pre-wrap'
        }`}
      >
        {text}
      </pre>
    </div>
  );
}
