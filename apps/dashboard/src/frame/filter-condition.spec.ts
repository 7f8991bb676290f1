import { filterFault, FIELD_NAMES, type FilterCondition } from '@analytics/dto/language';
import { conditionOf, draftOf, operatorsOf } from './filter-condition.js';

const CONDITIONS: FilterCondition[] = [
  { field: 'page_path', op: 'is', value: '/cart' },
  { field: 'status_class', op: 'in', values: ['4xx', '5xx'] },
  { field: 'browser', op: 'not_in', values: ['Chrome', 'Safari'] },
  { field: 'properties.plan', op: 'contains', value: 'pro' },
  { field: 'duration_ms', op: 'gte', value: 250 },
  { field: 'country', op: 'exists', value: false },
];

describe('making a filter', () => {
  it.each(CONDITIONS)('takes %j apart and puts the same together again', (condition) => {
    expect(conditionOf(draftOf(condition))).toEqual(condition);
  });

  it('turns several values into a set, and one into a plain comparison', () => {
    expect(conditionOf({ field: 'os', op: 'is', values: ['Linux'], text: '' })).toEqual({ field: 'os', op: 'is', value: 'Linux' });
    expect(conditionOf({ field: 'os', op: 'is_not', values: ['Linux', 'macOS'], text: '' })).toMatchObject({ op: 'not_in' });
  });

  it('is not done while a value is missing or is none that the gateway would take', () => {
    expect(conditionOf({ field: 'page_path', op: 'is', values: [], text: '' })).toBeUndefined();
    expect(conditionOf({ field: 'page_path', op: 'contains', values: [], text: '  ' })).toBeUndefined();
    expect(conditionOf({ field: 'duration_ms', op: 'gt', values: [], text: 'soon' })).toBeUndefined();
    expect(conditionOf({ field: 'properties.', op: 'exists', values: [], text: '' })).toBeUndefined();
  });

  it.each(FIELD_NAMES)('offers for %s only what the gateway allows', (field) => {
    for (const op of operatorsOf(field)) {
      const condition = conditionOf({ field, op, values: ['1'], text: '1' });
      expect(condition).toBeDefined();
      expect(filterFault(condition)).toBeUndefined();
    }
  });
});
