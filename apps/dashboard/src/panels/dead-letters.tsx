import type { DeadLetterDto, DeadLettersDto } from '@analytics/dto';
import { useState } from 'react';
import { useLive } from '../live/use-live.js';
import type { LetterState, PipelineSearch } from '../routes/search.js';
import { count } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import type { Outcome } from './dead-letter-actions.js';
import { DeadLetterRow } from './dead-letter-row.js';

/** The newest so many, then as many as the API gives at most. */
const FEW = 20;
const MANY = 200;
const STATES: readonly { value: LetterState; label: string; title: string }[] = [
  { value: 'dead', label: 'Waiting', title: 'Nothing was done about them yet' },
  { value: 'replayed', label: 'Replayed', title: 'Stored after all' },
  { value: 'discarded', label: 'Discarded', title: 'Given up' },
  { value: 'all', label: 'All', title: 'In any state' },
];

interface DeadLettersProps {
  project: string;
  search: PipelineSearch;
  onSearch: (part: PipelineSearch) => void;
}

/** What could not be stored and why; each can be read, stored after all, or given up. */
export function DeadLetters({ project, search, onSearch }: DeadLettersProps) {
  const { letters: state = 'dead', reason, of } = search;
  const [limit, setLimit] = useState(FEW);
  const params = { ...(of && { project }), ...(state !== 'all' && { state }), ...(reason && { reason }), limit };
  const query = useLive({ query: 'deadLetters', params });
  const filter = JSON.stringify([of && project, state, reason]);
  return (
    <Panel
      title="Dead letters"
      note={query.data ? `${count(query.data.total)} ${wordsOf(state)}` : undefined}
      query={query}
      skeleton={<RowsSkeleton rows={3} height={40} />}
      actions={<Filters project={project} search={search} answer={query.data} onSearch={onSearch} />}
    >
      {(answer) => (
        <Letters
          key={filter}
          answer={answer}
          state={state}
          more={limit < MANY && answer.rows.length === limit}
          onMore={() => setLimit(MANY)}
          onClear={reason || of ? () => onSearch({ reason: undefined, of: undefined }) : undefined}
        />
      )}
    </Panel>
  );
}

const wordsOf = (state: LetterState): string => (state === 'dead' ? 'waiting' : state === 'all' ? 'in all' : state);

/** What the API takes as a reason, of a reason that may be longer or have line breaks. */
const searchable = (reason: string): string => reason.slice(0, 200).split(/\p{Cc}/u, 1)[0] ?? '';

function Filters({ project, search, answer, onSearch }: DeadLettersProps & { answer: DeadLettersDto | undefined }) {
  const { letters: state = 'dead', reason = '', of } = search;
  const reasons = new Map((answer?.byReason ?? []).map((each) => [searchable(each.reason), each.count]));
  if (reason && !reasons.has(reason)) reasons.set(reason, 0);
  return (
    <>
      <Segmented label="State" options={STATES} value={state} onChange={(chosen) => onSearch({ letters: chosen === 'dead' ? undefined : chosen })} />
      <select
        aria-label="Reason"
        id="dead-letters-reason"
        className="control w-44 pr-1"
        value={reason}
        onChange={({ target }) => onSearch({ reason: target.value || undefined })}
      >
        <option value="">All reasons</option>
        {[...reasons].map(([text, letters]) => (
          <option key={text} value={text}>
            {letters > 0 ? `${count(letters)} × ${text}` : text}
          </option>
        ))}
      </select>
      <select
        aria-label="Of which project"
        id="dead-letters-project"
        className="control max-w-44 pr-1"
        value={of ?? ''}
        onChange={({ target }) => onSearch({ of: target.value === 'project' ? 'project' : undefined })}
      >
        <option value="">All projects</option>
        <option value="project">Only {project}</option>
      </select>
    </>
  );
}

interface LettersProps {
  answer: DeadLettersDto;
  state: LetterState;
  more: boolean;
  onMore: () => void;
  /** Takes the filters away; none are set without it. */
  onClear?: () => void;
}

interface Settled {
  letter: DeadLetterDto;
  outcome: Outcome;
}

function Letters({ answer, state, more, onMore, onClear }: LettersProps) {
  const [open, setOpen] = useState<number | null>(null);
  // A letter that was acted on stays in its place with what came of it, though it may no longer be among those asked for.
  const [settled, setSettled] = useState<ReadonlyMap<number, Settled>>(new Map());
  const listed = new Map([...[...settled.values()].map(({ letter }) => letter), ...answer.rows].map((letter) => [letter.id, letter]));
  const rows = [...listed.values()].sort((a, b) => b.id - a.id);
  if (rows.length === 0) return <None state={state} onClear={onClear} />;
  return (
    <div className="-mx-4 -mb-4">
      <ul className="border-t border-line">
        {rows.map((letter) => (
          <DeadLetterRow
            key={letter.id}
            letter={letter}
            open={open === letter.id}
            onToggle={() => setOpen(open === letter.id ? null : letter.id)}
            outcome={settled.get(letter.id)?.outcome}
            onOutcome={(outcome) => setSettled(new Map(settled).set(letter.id, { letter, outcome }))}
          />
        ))}
      </ul>
      {more && (
        <button type="button" data-track="dead-letters-more" className="h-10 w-full border-t border-line text-accent" onClick={onMore}>
          Show up to {MANY}
        </button>
      )}
      {rows.length >= MANY && <p className="border-t border-line p-3 text-center text-muted">The newest {MANY}. A reason narrows the list.</p>}
    </div>
  );
}

const NONE: Record<LetterState, string> = {
  dead: 'None waits for a decision.',
  replayed: 'None was replayed.',
  discarded: 'None was discarded.',
  all: 'None. Everything that arrived could be stored.',
};

function None({ state, onClear }: { state: LetterState; onClear?: () => void }) {
  if (!onClear) return <p className="py-8 text-center text-muted">{NONE[state]}</p>;
  return (
    <div className="flex flex-col items-center gap-3 py-8 text-muted">
      <p>None {state === 'all' ? '' : wordsOf(state)} that fits these filters.</p>
      <button type="button" data-track="dead-letters-clear" className="control" onClick={onClear}>
        Show all reasons and projects
      </button>
    </div>
  );
}
