import type { BuiltInField, FieldName, Filter, FilterCondition } from '@analytics/dto/language';
import { typeName } from '../ui/event-types.js';

/** What readers call a field. */
export const FIELD_LABELS: Record<BuiltInField, string> = {
  type: 'Event type',
  page_path: 'Page',
  page_host: 'Site',
  referrer_host: 'Referrer',
  button: 'Button',
  endpoint: 'Endpoint',
  method: 'Method',
  error_type: 'Error',
  status_code: 'Status code',
  status_class: 'Status class',
  browser: 'Browser',
  os: 'System',
  device: 'Device',
  country: 'Country',
  user: 'User',
  session: 'Session',
  duration_ms: 'Duration (ms)',
  hour_of_day: 'Hour of day',
  day_of_week: 'Weekday',
};

export type Operator = FilterCondition['op'];

/** What readers call an operator. */
export const OPERATOR_LABELS: Record<Operator, string> = {
  is: 'is',
  is_not: 'is not',
  in: 'is',
  not_in: 'is not',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  exists: 'is set',
};

export const fieldLabel = (field: string): string =>
  Object.hasOwn(FIELD_LABELS, field) ? FIELD_LABELS[field as BuiltInField] : field.replace(/^properties\./, '');

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const countries = new Intl.DisplayNames('en', { type: 'region' });
/** A code that is no country's is shown as it is. */
const countryName = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code);

/** A value of a field as readers know it. */
export function valueLabel(field: FieldName, value: string | number | boolean): string {
  if (field === 'day_of_week') return WEEKDAYS[Number(value) - 1] ?? String(value);
  if (field === 'hour_of_day') return `${String(value).padStart(2, '0')}:00`;
  if (field === 'country') return countryName(String(value));
  return value === '' ? '(empty)' : String(value);
}

/** One filter as a phrase: `Page is /cart`, `Status class is 4xx or 5xx`, `(Page is /a or Browser is not Firefox)`. */
export function filterWords(filter: Filter): string {
  if ('and' in filter) return group(filter.and, 'and');
  if ('or' in filter) return group(filter.or, 'or');
  if ('not' in filter) return `not ${'field' in filter.not ? `(${filterWords(filter.not)})` : filterWords(filter.not)}`;
  return conditionWords(filter);
}

function group(filters: readonly Filter[], word: 'and' | 'or'): string {
  const [only, ...more] = filters;
  if (only && more.length === 0) return filterWords(only);
  return `(${filters.map(filterWords).join(` ${word} `)})`;
}

function conditionWords(condition: FilterCondition): string {
  const { field, op } = condition;
  const label = fieldLabel(field);
  if (op === 'exists') return `${label} is ${condition.value === false ? 'not set' : 'set'}`;
  const values = 'values' in condition ? condition.values : [condition.value];
  const words = values.map((value) => valueLabel(field, value ?? ''));
  return `${label} ${OPERATOR_LABELS[op]} ${words.join(op === 'not_in' ? ' nor ' : ' or ')}`;
}

/** The shortest name for events that fulfil all of these: their values where they are equal to something, else the words. */
export function shortWords(filters: readonly Filter[]): string {
  if (filters.length === 0) return 'Any event';
  return filters.map(shortWord).join(', ');
}

function shortWord(filter: Filter): string {
  if (!('op' in filter) || filter.op !== 'is') return filterWords(filter);
  return filter.field === 'type' ? typeName(String(filter.value)) : valueLabel(filter.field, filter.value);
}
