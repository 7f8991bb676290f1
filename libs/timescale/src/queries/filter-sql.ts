import { fieldSql, numberOf, type FieldName, type FieldSql } from './fields.js';
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

/** The SQL of a field over the rows that are filtered. */
export type FieldSource = (field: FieldName, parameters: SqlParameters) => FieldSql;

/**
 * A filter as a condition on rows: of `events`, unless `source` says what its fields are elsewhere. Null counts as false, so a negation is
 * `IS NOT TRUE`: with only AND and OR inside, that is exactly "the condition does not hold".
 */
export function filterSql(filter: Filter, parameters: SqlParameters, source: FieldSource = fieldSql): string {
  const sqlOf = (each: Filter): string => filterSql(each, parameters, source);
  if ('and' in filter) return joined(filter.and.map(sqlOf), 'AND', 'TRUE');
  if ('or' in filter) return joined(filter.or.map(sqlOf), 'OR', 'FALSE');
  if ('not' in filter) return negated(sqlOf(filter.not));
  return conditionSql(filter, source(filter.field, parameters), parameters);
}

const negated = (condition: string): string => `((${condition}) IS NOT TRUE)`;

const joined = (conditions: readonly string[], operator: string, whenEmpty: string): string =>
  conditions.length === 0 ? whenEmpty : `(${conditions.join(` ${operator} `)})`;

function conditionSql(condition: FilterCondition, sql: FieldSql, parameters: SqlParameters): string {
  const { field, op } = condition;
  switch (op) {
    case 'is':
      return oneOf(sql, [condition.value], parameters);
    case 'is_not':
      return negated(oneOf(sql, [condition.value], parameters));
    case 'in':
      return oneOf(sql, condition.values, parameters);
    case 'not_in':
      return negated(oneOf(sql, condition.values, parameters));
    case 'contains':
      return contains(sql, condition.value, parameters);
    case 'not_contains':
      return negated(contains(sql, condition.value, parameters));
    case 'starts_with':
      return `starts_with(${sql.text}, ${parameters.add(condition.value, 'text')})`;
    case 'exists':
      return `(${sql.text}) IS ${condition.value === false ? '' : 'NOT '}NULL`;
    default:
      return `(${numberOf(field, sql)}) ${COMPARISONS[op]} ${parameters.add(Number(condition.value), 'float8')}`;
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
