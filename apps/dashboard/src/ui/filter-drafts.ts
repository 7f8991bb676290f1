import { FIELD_NAMES, fieldKind, filterFault, type Filter, type FilterCondition } from '@analytics/dto/language';
import { FIELD_LABELS, fieldLabel, type Operator } from './filter-words.js';

/** A condition while it is being written: it may lack a field or a value. */
export interface FilterDraft {
  /** Stays the same while the draft changes. */
  key: number;
  field: string;
  op: Operator;
  /** The value, as typed; `true` or `false` for `exists`. */
  value: string;
  /** For `in` and `not_in`. */
  values: readonly string[];
  /** A filter that is not a single condition (it came with the address): it can be removed, not edited. */
  nested?: Filter;
}

const EQUAL: readonly Operator[] = ['is', 'is_not', 'in', 'not_in'];
const TEXTUAL: readonly Operator[] = ['contains', 'not_contains', 'starts_with'];
const NUMERIC: readonly Operator[] = ['gt', 'gte', 'lt', 'lte'];

/** What can be asked of a field; the gateway refuses the rest. */
export function operatorsOf(field: string): readonly Operator[] {
  const kind = fieldKind(field);
  return [...EQUAL, ...(kind === 'number' ? [] : TEXTUAL), ...(kind === 'text' ? [] : NUMERIC), 'exists'];
}

export const isList = (op: Operator): boolean => op === 'in' || op === 'not_in';

let lastKey = 0;
export const newDraft = (field = ''): FilterDraft => ({ key: ++lastKey, field, op: 'is', value: '', values: [] });

export function draftOf(filter: Filter): FilterDraft {
  const draft = newDraft();
  if (!('op' in filter)) return { ...draft, nested: filter };
  const { field, op } = filter;
  if ('values' in filter) return { ...draft, field, op, values: filter.values.map(String) };
  return { ...draft, field, op, value: String(filter.value ?? true) };
}

/** The filter that a draft says; undefined: it does not say one yet. */
export function filterOf({ field, op, value, values, nested }: FilterDraft): Filter | undefined {
  if (nested) return nested;
  const condition = {
    field,
    op,
    ...(isList(op) ? { values } : op === 'exists' ? { value: value !== 'false' } : { value: value.trim() }),
  } as FilterCondition;
  const empty = op !== 'exists' && !isList(op) && value.trim() === '';
  return empty || filterFault(condition) !== undefined ? undefined : condition;
}

/** Takes another field or operator; what does not fit it any more is emptied. */
export function changedDraft(draft: FilterDraft, part: Partial<Pick<FilterDraft, 'field' | 'op'>>): FilterDraft {
  const field = part.field ?? draft.field;
  const wanted = part.op ?? draft.op;
  const op = operatorsOf(field).includes(wanted) ? wanted : 'is';
  if (field !== draft.field) return { ...draft, field, op, value: op === 'exists' ? 'true' : '', values: [] };
  if (op === 'exists') return { ...draft, op, value: 'true' };
  if (isList(op)) return { ...draft, op, values: draft.values.length > 0 || draft.value === '' ? draft.values : [draft.value] };
  return { ...draft, op, value: draft.op === 'exists' ? '' : isList(draft.op) ? (draft.values[0] ?? '') : draft.value };
}

/** The field that somebody means who types its name or its label; undefined: none. */
export function fieldMeant(text: string): string | undefined {
  const wanted = text.trim().toLowerCase();
  const known = FIELD_NAMES.find((name) => name === wanted || FIELD_LABELS[name].toLowerCase() === wanted);
  return known ?? (fieldKind(text.trim()) === undefined ? undefined : text.trim());
}

/** What a field's box shows. */
export const fieldText = (field: string): string => (field.startsWith('properties.') ? field : field === '' ? '' : fieldLabel(field));
