import type { BuiltInField, Filter, FilterCondition } from '@analytics/dto/language';

/** What readers call a field; a property keeps its own name. */
export const FIELD_LABELS: Record<BuiltInField, string> = {
  type: 'Event type',
  page_path: 'Page',
  page_host: 'Page host',
  referrer_host: 'Referrer',
  button: 'Button',
  endpoint: 'Endpoint',
  method: 'Method',
  error_type: 'Error type',
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
  day_of_week: 'Day of week',
};

export type Operator = FilterCondition['op'];

export const OPERATOR_WORDS: Record<Operator, string> = {
  is: 'is',
  is_not: 'is not',
  in: 'is one of',
  not_in: 'is none of',
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

/** A filter in words: `Page is /cart`, `not (Browser is Firefox)`, `Country is DE or Country is CH`. */
export function filterWords(filter: Filter): string {
  if ('and' in filter) return joined(filter.and, ' and ');
  if ('or' in filter) return joined(filter.or, ' or ');
  if ('not' in filter) return `not (${filterWords(filter.not)})`;
  const field = fieldLabel(filter.field);
  if (filter.op === 'exists') return `${field} is ${filter.value === false ? 'not set' : 'set'}`;
  return `${field} ${OPERATOR_WORDS[filter.op]} ${'values' in filter ? filter.values.join(', ') : String(filter.value)}`;
}

const joined = (filters: readonly Filter[], by: string): string =>
  filters.map((each) => ('field' in each ? filterWords(each) : `(${filterWords(each)})`)).join(by);

/** The shortest name for events that fulfil all of these: their values where they are equal to something, else the words. */
export function shortWords(filters: readonly Filter[]): string {
  if (filters.length === 0) return 'Any event';
  return filters.map((each) => ('op' in each && each.op === 'is' ? String(each.value) : filterWords(each))).join(', ');
}
