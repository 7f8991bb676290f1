import type { DeadLetterDto } from '@analytics/dto';
import { ChevronRight } from 'lucide-react';
import { timeOfDay } from '../ui/format.js';

/** The newest events that could not be stored, why, and what was received. */
export function DeadLetters({ letters }: { letters: readonly DeadLetterDto[] }) {
  if (letters.length === 0) return <p className="py-8 text-center text-muted">None. Everything that arrived could be stored.</p>;
  return (
    <ul className="-mx-4 -mb-4 border-t border-line">
      {letters.map((letter) => (
        <li key={letter.id} className="border-b border-line last:border-0">
          <DeadLetter letter={letter} />
        </li>
      ))}
    </ul>
  );
}

function DeadLetter({ letter: { deadAt, projectId, eventId, reason, payload, payloadEncoding } }: { letter: DeadLetterDto }) {
  return (
    <details className="group">
      <summary data-track="dead-letter" className="flex min-h-10 list-none items-center gap-3 px-4 py-2 text-[13px] hover:bg-raised">
        <time dateTime={deadAt} title={new Date(deadAt).toLocaleString()} className="shrink-0 text-muted">
          {timeOfDay(deadAt)}
        </time>
        <span className="min-w-0 grow truncate group-open:whitespace-normal">{reason}</span>
        {projectId && <span className="shrink-0 text-muted">{projectId}</span>}
        <ChevronRight aria-hidden className="size-4 shrink-0 text-muted group-open:rotate-90" />
      </summary>
      <div className="bg-raised px-4 py-3">
        <p className="mb-2 text-xs text-muted">
          {eventId ? `Event ${eventId}. ` : 'Without a readable event id. '}
          {payloadEncoding === 'base64' ? 'Received, in base64 because it is not valid UTF-8:' : 'Received:'}
        </p>
        <pre tabIndex={0} className="max-h-72 overflow-auto font-mono text-xs leading-5 break-all whitespace-pre-wrap">
          {payload}
        </pre>
      </div>
    </details>
  );
}
