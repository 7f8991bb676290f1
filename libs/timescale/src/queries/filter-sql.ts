import { fieldSql, numberSql, type FieldName, type FieldSql } from './fields.js';
import type { SqlParameters } from './sql-parameters.js';

export type FilterValue = string | number | boolean;

/** One condition on one field. Events that lack the field fulfil only the negative ones (`is_not`, `not_in`, `not_contains`). */
export type FilterCondition =
  | { field: FieldName; op: 'is' | 'is_not'; value: FilterValue }
  | { field: FieldName; op: 'in' | 'not_in'; values: readonly FilterValue[] }
  | { field: FieldName; op: 'contains' | 'not_contains' | 'starts_with'; value: string }
  | { field: FieldName; op: 'gt' | 'lt' | 'gte' | 'lte'; value: number | string }
  | { field: FieldName; op: 'exists'; value?: boolean };

/** Which events a question is about. */
export type Filter = { and: readonly Filter[] } | { or: readonly Filter[] } | { not: Filter } | FilterCondition;

const COMPARISONS = { gt: '>', lt: '<', gte: '>=', lte: '<=' } as const;

/**
 * A filter as a condition on rows of `events`. Null counts as false, so a negation is `IS NOT TRUE`: with only AND and OR inside, that is
 * exactly "the condition does not hold".
 */
export function filterSql(filter: Filter, parameters: SqlParameters): string {
  if ('and' in filter) return joined(filter.and, 'AND', 'TRUE', parameters);
  if ('or' in filter) return joined(filter.or, 'OR', 'FALSE', parameters);
  if ('not' in filter) return negated(filterSql(filter.not, parameters));
  return conditionSql(filter, parameters);
}

const negated = (condition: string): string => `((${condition}) IS NOT TRUE)`;

const joined = (filters: readonly Filter[], operator: string, whenEmpty: string, parameters: SqlParameters): string =>
  filters.length === 0 ? whenEmpty : `(${filters.map((each) => filterSql(each, parameters)).join(` ${operator} `)})`;

function conditionSql(condition: FilterCondition, parameters: SqlParameters): string {
  const { field, op } = condition;
  switch (op) {
    case 'is':
      return oneOf(fieldSql(field, parameters), [condition.value], parameters);
    case 'is_not':
      return negated(oneOf(fieldSql(field, parameters), [condition.value], parameters));
    case 'in':
      return oneOf(fieldSql(field, parameters), condition.values, parameters);
    case 'not_in':
      return negated(oneOf(fieldSql(field, parameters), condition.values, parameters));
    case 'contains':
      return contains(fieldSql(field, parameters), condition.value, parameters);
    case 'not_contains':
      return negated(contains(fieldSql(field, parameters), condition.value, parameters));
    case 'starts_with':
      return `starts_with(${fieldSql(field, parameters).text}, ${parameters.add(condition.value, 'text')})`;
    case 'exists':
      return `(${fieldSql(field, parameters).text}) IS ${condition.value === false ? '' : 'NOT '}NULL`;
    default:
      return `(${numberSql(field, parameters)}) ${COMPARISONS[op]} ${parameters.add(Number(condition.value), 'float8')}`;
  }
}

/** Numbers are compared as numbers, text and booleans as text. */
function oneOf({ text, number, alwaysNumber }: FieldSql, values: readonly FilterValue[], parameters: SqlParameters): string {
  const isNumber = (value: FilterValue): boolean => number !== undefined && (alwaysNumber === true || typeof value === 'number');
  const numbers = values.filter(isNumber).map(Number);
  const texts = values.filter((value) => !isNumber(value)).map(String);
  const alternatives = [
    ...(numbers.length > 0 ? [`(${number}) = ANY (${parameters.add(numbers, 'float8[]')})`] : []),
    ...(texts.length > 0 ? [`(${text}) = ANY (${parameters.add(texts, 'text[]')})`] : []),
  ];
  return alternatives.length === 0 ? 'FALSE' : `(${alternatives.join(' OR ')})`;
}

/** The columns are COLLATE "C", whose lower() knows A to Z only; the database's own collation knows the case of other letters too. */
const contains = ({ text }: FieldSql, part: string, parameters: SqlParameters): string =>
  `strpos(lower((${text}) COLLATE "default"), lower(${parameters.add(part, 'text')} COLLATE "default")) > 0`;
