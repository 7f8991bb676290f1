import { fieldKind, filterFault, type FieldName, type FilterCondition } from '@analytics/dto/language';
import type { Operator } from './filter-words.js';

/** How a filter is being made: `is` and `is_not` take any number of values, `unset` none. */
export type DraftOperator = Exclude<Operator, 'in' | 'not_in'> | 'unset';

export interface FilterDraft {
  field: FieldName;
  op: DraftOperator;
  /** Of `is` and `is_not`. */
  values: readonly string[];
  /** Of the others. */
  text: string;
}

const TEXTUAL: readonly DraftOperator[] = ['contains', 'not_contains', 'starts_with'];
const NUMERIC: readonly DraftOperator[] = ['gt', 'gte', 'lt', 'lte'];

/** What can be asked of a field. */
export function operatorsOf(field: FieldName): DraftOperator[] {
  const kind = fieldKind(field);
  return ['is', 'is_not', ...(kind === 'number' ? [] : TEXTUAL), ...(kind === 'text' ? [] : NUMERIC), 'exists', 'unset'];
}

export const takesValues = (op: DraftOperator): op is 'is' | 'is_not' => op === 'is' || op === 'is_not';
export const takesText = (op: DraftOperator): boolean => TEXTUAL.includes(op) || NUMERIC.includes(op);
export const takesNumber = (op: DraftOperator): boolean => NUMERIC.includes(op);

/** The condition that a draft means; undefined while something is missing or wrong. */
export function conditionOf({ field, op, values, text }: FilterDraft): FilterCondition | undefined {
  const condition = build(field, op, values, text.trim());
  return condition && filterFault(condition) === undefined ? condition : undefined;
}

function build(field: FieldName, op: DraftOperator, values: readonly string[], text: string): FilterCondition | undefined {
  if (op === 'exists' || op === 'unset') return { field, op: 'exists', value: op === 'exists' };
  if (takesValues(op)) {
    const [only, ...more] = values;
    if (only === undefined) return undefined;
    if (more.length === 0) return { field, op, value: only };
    return { field, op: op === 'is' ? 'in' : 'not_in', values: [...values] };
  }
  if (text === '') return undefined;
  return { field, op, value: takesNumber(op) ? Number(text) : text } as FilterCondition;
}

/** A condition taken apart again, to be changed. */
export function draftOf(condition: FilterCondition): FilterDraft {
  const { field } = condition;
  if ('values' in condition) return { field, op: condition.op === 'in' ? 'is' : 'is_not', values: condition.values.map(String), text: '' };
  if (condition.op === 'exists') return { field, op: condition.value === false ? 'unset' : 'exists', values: [], text: '' };
  const { op, value } = condition;
  return takesValues(op) ? { field, op, values: [String(value)], text: '' } : { field, op, values: [], text: String(value) };
}
