import { FIELD_NAMES, type Filter } from '@analytics/dto/language';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useSuggestedValues } from '../api/suggested-values.js';
import type { SetParams } from '../routes/view.js';
import {
  changedDraft,
  draftOf,
  fieldMeant,
  fieldText,
  filterOf,
  isList,
  newDraft,
  operatorsOf,
  type FilterDraft,
} from './filter-drafts.js';
import { fieldLabel, filterWords, OPERATOR_WORDS, type Operator } from './filter-words.js';
import { SuggestInput, type Suggestion } from './suggest-input.js';

interface FilterFieldsProps {
  /** Names the group, such as `Filters of step 2`. */
  label: string;
  /** All must be fulfilled. */
  filters: readonly Filter[];
  /** Called with all that are complete, whenever one of them changes. */
  onChange: (filters: Filter[]) => void;
  /** Values are suggested from these events. */
  among: SetParams;
  /** Text of the button that adds a condition. */
  addLabel?: string;
}

const FIELD_SUGGESTIONS: readonly Suggestion[] = FIELD_NAMES.map((name) => ({ value: fieldLabel(name), note: name }));

const keyOf = (filters: readonly Filter[]): string => JSON.stringify(filters);

/** Conditions to be written: field, operator, value. One that is not complete yet stays here and is not told. */
export function FilterFields({ label, filters, onChange, among, addLabel = 'Filter' }: FilterFieldsProps) {
  const [drafts, setDrafts] = useState(() => filters.map(draftOf));
  const [told, setTold] = useState(() => keyOf(filters));
  // Back, or a chip elsewhere, changed them.
  if (keyOf(filters) !== told) {
    setTold(keyOf(filters));
    setDrafts(filters.map(draftOf));
  }
  const take = (next: readonly FilterDraft[]) => {
    setDrafts([...next]);
    const complete = next.map(filterOf).filter((each) => each !== undefined);
    if (keyOf(complete) === told) return;
    setTold(keyOf(complete));
    onChange(complete);
  };
  return (
    <div role="group" aria-label={label} className="@container flex min-w-0 flex-col gap-1.5">
      {drafts.map((draft, index) => (
        <FilterRow
          key={draft.key}
          name={`${label}, condition ${index + 1}`}
          draft={draft}
          among={among}
          onChange={(changed) => take(drafts.map((each) => (each.key === draft.key ? changed : each)))}
          onRemove={() => take(drafts.filter(({ key }) => key !== draft.key))}
        />
      ))}
      <button
        type="button"
        data-track="filter-add"
        className="flex h-8 items-center gap-1 self-start rounded-md px-2 text-[13px] text-accent hover:bg-raised"
        onClick={() => take([...drafts, newDraft()])}
      >
        <Plus aria-hidden className="size-3.5" /> {addLabel}
      </button>
    </div>
  );
}

interface FilterRowProps {
  name: string;
  draft: FilterDraft;
  among: SetParams;
  onChange: (draft: FilterDraft) => void;
  onRemove: () => void;
}

function FilterRow({ name, draft, among, onChange, onRemove }: FilterRowProps) {
  const { field, op, nested } = draft;
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const fields = FIELD_SUGGESTIONS.filter(({ value, note }) => `${value} ${note}`.toLowerCase().includes(wanted));
  return (
    <div className="flex min-w-0 items-start gap-1.5">
      {nested ? (
        <p className="flex min-h-9 min-w-0 grow items-center rounded-lg bg-raised px-2.5 text-[13px] break-words">{filterWords(nested)}</p>
      ) : (
        <div className="grid min-w-0 grow grid-cols-[minmax(6rem,4fr)_minmax(5.5rem,3fr)] gap-1.5 @md:grid-cols-[minmax(6rem,4fr)_minmax(5.5rem,3fr)_minmax(7rem,6fr)]">
          <SuggestInput
            label={`${name}: field`}
            value={fieldText(field)}
            placeholder="Field, or properties.…"
            suggestions={fields}
            onSearch={setSearch}
            onCommit={(text) => onChange(changedDraft(draft, { field: fieldMeant(text) ?? '' }))}
          />
          <select
            aria-label={`${name}: operator`}
            className="field px-1.5"
            value={op}
            onChange={({ target }) => onChange(changedDraft(draft, { op: target.value as Operator }))}
          >
            {operatorsOf(field).map((each) => (
              <option key={each} value={each}>
                {OPERATOR_WORDS[each]}
              </option>
            ))}
          </select>
          <div className="min-w-0 col-span-2 @md:col-span-1">
            <ValueBox name={name} draft={draft} among={among} onChange={onChange} />
          </div>
        </div>
      )}
      <button
        type="button"
        aria-label={`Remove ${name}`}
        data-track="filter-remove"
        className="control h-9 border-transparent text-muted"
        onClick={onRemove}
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}

function ValueBox({ name, draft, among, onChange }: Omit<FilterRowProps, 'onRemove'>) {
  const { field, op, value, values } = draft;
  const { suggestions, search } = useSuggestedValues(field, among);
  const label = `${name}: value`;
  if (op === 'exists') {
    return (
      <select
        aria-label={label}
        className="field px-1.5"
        value={value}
        onChange={({ target }) => onChange({ ...draft, value: target.value })}
      >
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>
    );
  }
  const box = { label, suggestions, onSearch: search, placeholder: field === '' ? 'First choose a field' : 'Value' };
  if (!isList(op)) return <SuggestInput {...box} value={value} onCommit={(text) => onChange({ ...draft, value: text })} />;
  return (
    <div className="flex flex-col gap-1.5">
      {values.length > 0 && (
        <ul className="flex flex-wrap gap-1">
          {values.map((each) => (
            <li key={each} className="flex min-w-0 items-center gap-1 rounded-md bg-raised pl-2 text-[13px]">
              <span className="min-w-0 truncate">{each}</span>
              <button
                type="button"
                aria-label={`Take out ${each}`}
                className="grid size-6 place-items-center text-muted hover:text-ink"
                onClick={() => onChange({ ...draft, values: values.filter((other) => other !== each) })}
              >
                <X aria-hidden className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <SuggestInput {...box} collecting value="" onCommit={(text) => onChange({ ...draft, values: [...new Set([...values, text])] })} />
    </div>
  );
}
