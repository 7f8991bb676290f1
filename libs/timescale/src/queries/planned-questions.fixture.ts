import fc from 'fast-check';
import { COMPACTED_FIELDS } from '../compaction/compacted-fields.js';
import type { BuiltInField } from './fields.js';
import type { Filter } from './filter-sql.js';
import type { Metric } from './metrics.js';

export interface CountedQuestion {
  metrics: Metric[];
  by: BuiltInField[];
  filter: Filter | undefined;
}

const METRICS: readonly Metric[] = [
  { name: 'events' },
  { name: 'events' },
  { name: 'error_rate' },
  { name: 'users' },
  { name: 'sessions' },
  { name: 'avg_duration' },
  { name: 'p50_duration' },
  { name: 'p95_duration' },
  { aggregate: 'count', field: 'duration_ms' },
  { aggregate: 'sum', field: 'duration_ms' },
  { aggregate: 'p99', field: 'duration_ms' },
];
const VALUES = ['page_view', 'api_call', 'error', '', 'Firefox', 'Chrome', 'Linux', 'CH', '2xx', '4xx', 'GET', 'POST /x', '/', '/a', 'TypeError', 'buy', 'e', 'A'];

/** Questions that counts may know the answer to, or nearly: most name one field besides the type. */
export const countedQuestions = (): fc.Arbitrary<CountedQuestion> =>
  fc.constantFrom(...COMPACTED_FIELDS).chain((field) =>
    fc.record({
      metrics: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Metric[]>([{ name: 'events' }, { name: 'error_rate' }]) },
        { weight: 2, arbitrary: fc.uniqueArray(fc.constantFrom(...METRICS), { minLength: 1, maxLength: 4 }) },
      ),
      by: fc.constantFrom<BuiltInField[]>([field], [field], ['type'], [field, 'type'], ['type', field], [field, 'country']),
      filter: fc.option(filtersOn(field), { nil: undefined, freq: 1 }),
    }),
  );

function filtersOn(field: BuiltInField): fc.Arbitrary<Filter> {
  const value = fc.constantFrom(...VALUES);
  const condition = fc.constantFrom<BuiltInField>(field, 'type').chain(
    (each): fc.Arbitrary<Filter> =>
      fc.oneof(
        fc.record({ field: fc.constant(each), op: fc.constantFrom('is' as const, 'is_not' as const), value }),
        fc.record({ field: fc.constant(each), op: fc.constantFrom('in' as const, 'not_in' as const), values: fc.array(value, { minLength: 1, maxLength: 4 }) }),
        fc.record({ field: fc.constant(each), op: fc.constantFrom('contains' as const, 'not_contains' as const, 'starts_with' as const), value }),
        fc.record({ field: fc.constant(each), op: fc.constant('exists' as const), value: fc.boolean() }),
      ),
  );
  const several = fc.array(condition, { minLength: 1, maxLength: 3 });
  return fc.oneof(condition, condition.map((not) => ({ not })), several.map((and) => ({ and })), several.map((or) => ({ or })));
}
