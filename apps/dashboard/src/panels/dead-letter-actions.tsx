import type { DeadLetterActionDto, DeadLetterDto } from '@analytics/dto';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCcw, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { answered, api } from '../api/gateway-client.js';
import { useIsAdmin } from '../api/session.js';
import { momentOf } from '../ui/format.js';

type Action = 'replay' | 'discard';
export type Outcome = DeadLetterActionDto;

const lower = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

/** What an action came to, for the reader. */
export function outcomeWords({ result, reason }: Outcome): string {
  if (result === 'replayed') return 'Stored, under the event id that it has. The ledger counts it as replayed.';
  if (result === 'discarded') return 'Discarded. It stays readable under “Discarded”.';
  if (result === 'already') return `Nothing to do: ${reason ? lower(reason) : 'it was replayed or discarded before'}.`;
  return `It still cannot be stored: ${reason ?? 'its payload is not a valid event'}`;
}

interface DeadLetterActionsProps {
  letter: DeadLetterDto;
  /** Of the last action on this letter. */
  outcome: Outcome | undefined;
  onOutcome: (outcome: Outcome) => void;
}

/** Store it after all, or give it up; what came of it stands in the same place. */
export function DeadLetterActions({ letter, outcome, onOutcome }: DeadLetterActionsProps) {
  const client = useQueryClient();
  const isAdmin = useIsAdmin();
  const place = useRef<HTMLDivElement>(null);
  const { mutate, isPending, error } = useMutation<Outcome, Error, Action>({
    mutationFn: (action) => answered(api.POST(`/api/v1/dead-letters/{id}/${action}`, { params: { path: { id: letter.id } } })),
    onSuccess: (answer) => {
      onOutcome(answer);
      // The pressed button may be gone: the focus goes to what came of it, so that the keyboard stays where it was.
      place.current?.focus({ preventScroll: true });
      void client.invalidateQueries({ queryKey: ['live', 'deadLetters'] });
    },
  });
  const done = letter.state !== 'dead' || (outcome !== undefined && outcome.result !== 'invalid');
  const failed = error !== null || outcome?.result === 'invalid';
  const waiting = isAdmin ? '' : 'It waits for the decision of an administrator.';
  const words = outcome ? outcomeWords(outcome) : letter.state === 'dead' ? waiting : settledWords(letter);
  return (
    <div ref={place} tabIndex={-1} role="group" aria-label="Decision" className="flex min-h-8.5 flex-wrap items-center gap-x-3 gap-y-2">
      {!done && isAdmin && <Buttons busy={isPending} onAction={(action) => !isPending && mutate(action)} />}
      <p role="status" className={`min-w-0 grow text-[13px] break-words ${failed ? 'text-warn' : 'text-muted'}`}>
        {isPending ? 'Working on it …' : error ? failureWords(error) : words}
      </p>
    </div>
  );
}

const failureWords = ({ message }: Error): string => `It could not be done: ${message.replace(/\.$/, '')}. It is safe to press again.`;

const settledWords = ({ state, resolvedAt }: DeadLetterDto): string =>
  `${state === 'replayed' ? 'Replayed' : 'Discarded'}${resolvedAt ? `, ${momentOf(Date.parse(resolvedAt))}` : ''}.`;

function Buttons({ busy, onAction }: { busy: boolean; onAction: (action: Action) => void }) {
  // Discarding cannot be taken back, so it is asked for twice; leaving the button takes the first press back.
  const [sure, setSure] = useState(false);
  return (
    <>
      <button type="button" className="control" aria-disabled={busy} data-track="dead-letter-replay" onClick={() => onAction('replay')}>
        <RotateCcw aria-hidden className="size-3.5" /> Replay
      </button>
      <button
        type="button"
        className={`control ${sure ? 'border-bad! text-bad!' : ''}`}
        aria-disabled={busy}
        data-track="dead-letter-discard"
        onBlur={() => setSure(false)}
        onClick={() => (sure ? onAction('discard') : setSure(true))}
      >
        <Trash2 aria-hidden className="size-3.5" /> {sure ? 'Discard for good?' : 'Discard'}
      </button>
    </>
  );
}
