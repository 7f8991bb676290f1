import { fieldKind, FIELD_NAMES, type FieldName, type FilterCondition } from '@analytics/dto/language';
import { useState, type FormEvent } from 'react';
import { Choice, Field } from '../ui/field.js';
import { conditionOf, operatorsOf, takesNumber, takesText, takesValues, type DraftOperator, type FilterDraft } from './filter-condition.js';
import { fieldLabel, OPERATOR_LABELS } from './filter-words.js';
import { FilterValues } from './filter-values.js';

const PROPERTY = 'properties.';
const EMPTY: FilterDraft = { field: 'page_path', op: 'is', values: [], text: '' };
const wordsOf = (op: DraftOperator): string => (op === 'unset' ? 'is not set' : OPERATOR_LABELS[op]);

interface FilterBuilderProps {
  /** The filter to be changed; omitted, a new one is made. */
  draft?: FilterDraft;
  onDone: (condition: FilterCondition) => void;
}

/** Makes one condition: a field, how it is compared, and with what. */
export default function FilterBuilder({ draft: given = EMPTY, onDone }: FilterBuilderProps) {
  const [draft, setDraft] = useState(given);
  const condition = conditionOf(draft);
  const change = (part: Partial<FilterDraft>) => setDraft((before) => ({ ...before, ...part }));
  const chooseField = (field: FieldName) => {
    const op = operatorsOf(field).includes(draft.op) ? draft.op : 'is';
    setDraft({ field, op, values: [], text: '' });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (condition) onDone(condition);
  };
  return (
    <form onSubmit={submit} className="flex w-[min(26rem,calc(100vw-1.5rem))] flex-col gap-3 p-4">
      <div className="grid grid-cols-2 gap-3">
        <FieldChoice field={draft.field} onField={chooseField} />
        <Choice label="Comparison" value={draft.op} onChange={({ target }) => change({ op: target.value as DraftOperator, text: '' })}>
          {operatorsOf(draft.field).map((op) => (
            <option key={op} value={op}>
              {wordsOf(op)}
            </option>
          ))}
        </Choice>
      </div>
      {draft.field.startsWith(PROPERTY) && <PropertyName field={draft.field} onField={chooseField} />}
      <Operand draft={draft} onChange={change} />
      <button type="submit" className="control control-main aria-disabled:opacity-50" aria-disabled={!condition} data-track="filter-apply">
        {given === EMPTY ? 'Add filter' : 'Change filter'}
      </button>
    </form>
  );
}

/** With what the field is compared, where that takes anything. */
function Operand({ draft: { field, op, values, text }, onChange }: { draft: FilterDraft; onChange: (part: Partial<FilterDraft>) => void }) {
  if (takesValues(op)) {
    if (fieldKind(field) === undefined) return null;
    return <FilterValues key={field} field={field} chosen={values} onChosen={(chosen) => onChange({ values: chosen })} />;
  }
  if (!takesText(op)) return null;
  return (
    <Field
      label="Value"
      type={takesNumber(op) ? 'number' : 'text'}
      step="any"
      maxLength={1024}
      autoComplete="off"
      autoFocus
      value={text}
      onChange={({ target }) => onChange({ text: target.value })}
    />
  );
}

function FieldChoice({ field, onField }: { field: FieldName; onField: (field: FieldName) => void }) {
  return (
    <Choice
      label="Field"
      value={field.startsWith(PROPERTY) ? PROPERTY : field}
      onChange={({ target }) => onField(target.value as FieldName)}
    >
      {FIELD_NAMES.map((name) => (
        <option key={name} value={name}>
          {fieldLabel(name)}
        </option>
      ))}
      <option value={PROPERTY}>Property …</option>
    </Choice>
  );
}

function PropertyName({ field, onField }: { field: FieldName; onField: (field: FieldName) => void }) {
  return (
    <Field
      label="Name of the property"
      placeholder="plan"
      maxLength={128}
      autoComplete="off"
      autoFocus
      value={field.slice(PROPERTY.length)}
      onChange={({ target }) => onField(`${PROPERTY}${target.value}` as FieldName)}
    />
  );
}
