import { ALLOWED_FIELDS, fieldKind, type FieldName } from './fields.js';
import type { ParameterFault } from './parameters.js';

export type FilterValue = string | number | boolean;

/** One condition on one field. Events that lack the field fulfil only `is_not`, `not_in`, `not_contains` and `exists` with `false`. */
export type FilterCondition =
  | { field: FieldName; op: 'is' | 'is_not'; value: FilterValue }
  | { field: FieldName; op: 'in' | 'not_in'; values: FilterValue[] }
  | { field: FieldName; op: 'contains' | 'not_contains' | 'starts_with'; value: string }
  | { field: FieldName; op: 'gt' | 'lt' | 'gte' | 'lte'; value: number | string }
  | { field: FieldName; op: 'exists'; value?: boolean };

export type Filter = { and: Filter[] } | { or: Filter[] } | { not: Filter } | FilterCondition;

export const FILTER_BOUNDS = { depth: 5, conditions: 50, values: 100, characters: 1024 } as const;

const EQUALITY = ['is', 'is_not'];
const SETS = ['in', 'not_in'];
const TEXTUAL = ['contains', 'not_contains', 'starts_with'];
const NUMERIC = ['gt', 'lt', 'gte', 'lte'];
const EXISTS = ['exists'];
const OPERATORS_OF = {
  text: [...EQUALITY, ...SETS, ...TEXTUAL, ...EXISTS],
  number: [...EQUALITY, ...SETS, ...NUMERIC, ...EXISTS],
  either: [...EQUALITY, ...SETS, ...TEXTUAL, ...NUMERIC, ...EXISTS],
} as const;

const SHAPE = 'a filter is {"and":[…]}, {"or":[…]}, {"not":{…}} or a condition such as {"field":"page_path","op":"is","value":"/a"}';
const NUMBER = /^-?\d{1,30}(\.\d{1,30})?$/;

/** Counts what it has seen, so that the whole stays within bounds. */
class FilterCheck {
  private conditions = 0;

  /** @param path where the filter is, for messages. */
  filter(value: unknown, path: string, depth: number): ParameterFault | undefined {
    if (depth > FILTER_BOUNDS.depth) return fault(path, '(nested)', `${path} is nested deeper than ${FILTER_BOUNDS.depth} levels; make it flatter`);
    if (!isObject(value)) return fault(path, value, `${path} must be an object: ${SHAPE}`);
    if ('field' in value || 'op' in value) return this.condition(value, path);
    const [key, ...more] = Object.keys(value);
    if (more.length > 0 || (key !== 'and' && key !== 'or' && key !== 'not'))
      return fault(path, Object.keys(value).slice(0, 5), `${path} has keys that no filter has: ${SHAPE}`, ['and', 'or', 'not', 'field']);
    if (key === 'not') return this.filter(value['not'], `${path}.not`, depth + 1);
    return this.filters(value[key], `${path}.${key}`, depth + 1);
  }

  filters(value: unknown, path: string, depth: number): ParameterFault | undefined {
    if (!Array.isArray(value) || value.length === 0 || value.length > FILTER_BOUNDS.conditions)
      return fault(path, value, `${path} must be an array of 1 to ${FILTER_BOUNDS.conditions} filters`);
    for (const [index, each] of value.entries()) {
      const found = this.filter(each, `${path}[${index}]`, depth);
      if (found) return found;
    }
    return undefined;
  }

  private condition(condition: Record<string, unknown>, path: string): ParameterFault | undefined {
    if (++this.conditions > FILTER_BOUNDS.conditions)
      return fault(path, this.conditions, `${path} is one condition too many; at most ${FILTER_BOUNDS.conditions} are allowed`);
    const { field, op } = condition;
    const kind = fieldKind(field);
    if (kind === undefined) return fault(`${path}.field`, field, `${path}.field must be a field: ${ALLOWED_FIELDS.join(', ')}`, ALLOWED_FIELDS);
    const operators = OPERATORS_OF[kind];
    if (typeof op !== 'string' || !operators.includes(op))
      return fault(`${path}.op`, op, `${path}.op must be one of ${operators.join(', ')} for the field ${String(field)}`, operators);
    const argument = SETS.includes(op) ? 'values' : 'value';
    const unknown = Object.keys(condition).find((key) => key !== 'field' && key !== 'op' && key !== argument);
    if (unknown !== undefined)
      return fault(path, unknown, `${path} has a key that ${op} does not take; there are field, op, ${argument}`, ['field', 'op', argument]);
    return argumentFault(op, kind, condition[argument], `${path}.${argument}`);
  }
}

function argumentFault(op: string, kind: 'text' | 'number' | 'either', given: unknown, path: string): ParameterFault | undefined {
  if (op === 'exists') {
    if (given === undefined || typeof given === 'boolean') return undefined;
    return fault(path, given, `${path} must be true or false`, ['true', 'false']);
  }
  if (SETS.includes(op)) {
    if (!Array.isArray(given) || given.length === 0 || given.length > FILTER_BOUNDS.values)
      return fault(path, given, `${path} must be an array of 1 to ${FILTER_BOUNDS.values} values`);
    return given.map((value, index) => valueFault(op, kind, value, `${path}[${index}]`)).find((found) => found !== undefined);
  }
  return valueFault(op, kind, given, path);
}

function valueFault(op: string, kind: 'text' | 'number' | 'either', value: unknown, path: string): ParameterFault | undefined {
  if (kind === 'number' || NUMERIC.includes(op)) {
    const isNumber = typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && NUMBER.test(value);
    return isNumber ? undefined : fault(path, value, `${path} must be a number, or text such as "404"`);
  }
  if (kind === 'either' && EQUALITY.concat(SETS).includes(op) && (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))))
    return undefined;
  if (typeof value === 'string' && value.length <= FILTER_BOUNDS.characters && !value.includes('\0')) return undefined;
  return fault(path, value, `${path} must be text of at most ${FILTER_BOUNDS.characters} characters, none of them NUL`);
}

/** What is wrong with the parameter `filters`, a filter or an array of filters that must all be fulfilled; undefined: nothing. */
export function filterFault(value: unknown): ParameterFault | undefined {
  const check = new FilterCheck();
  return Array.isArray(value) ? check.filters(value, 'filters', 1) : check.filter(value, 'filters', 1);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (field: string, value: unknown, message: string, allowed?: readonly string[]): ParameterFault => ({ field, value, message, allowed });
