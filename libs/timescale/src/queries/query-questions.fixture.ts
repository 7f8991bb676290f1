import fc from 'fast-check';
import type { IngestedEvent } from '@analytics/events';
import type { BucketWidth } from './buckets.js';
import type { BuiltInField, FieldName } from './fields.js';
import type { Filter, FilterCondition } from './filter-sql.js';
import type { Aggregate, Metric, NamedMetric } from './metrics.js';
import { CLOCK_CHANGES, ODD_KEYS, ODD_TEXTS, TRAFFIC } from './query-data.fixture.js';
import { textOf } from './query-reference.fixture.js';
import type { ComparisonRequest, RangeRequest } from './time-range.js';

const TEXT_FIELDS: readonly BuiltInField[] = [
  'type',
  'page_path',
  'page_host',
  'referrer_host',
  'button',
  'endpoint',
  'method',
  'error_type',
  'status_class',
  'browser',
  'os',
  'device',
  'country',
  'user',
  'session',
];
const NUMBER_FIELDS: readonly BuiltInField[] = ['status_code', 'duration_ms', 'hour_of_day', 'day_of_week'];
const PROPERTY_FIELDS = [...ODD_KEYS.filter((key) => key !== ''), 'click_x', 'viewport_width', 'missing'].map((key): FieldName => `properties.${key}`);
const FIELDS: readonly FieldName[] = [...TEXT_FIELDS, ...NUMBER_FIELDS, ...PROPERTY_FIELDS];

const NAMED: readonly NamedMetric[] = [
  'events',
  'users',
  'sessions',
  'events_per_session',
  'session_duration',
  'bounce_rate',
  'error_rate',
  'avg_duration',
  'p50_duration',
  'p75_duration',
  'p95_duration',
  'p99_duration',
];
const AGGREGATES: readonly Aggregate[] = ['count', 'sum', 'avg', 'min', 'max', 'p50', 'p75', 'p95', 'p99'];
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];
const WIDTHS: readonly (BucketWidth | 'auto')[] = ['auto', '1s', '10s', '1m', '5m', '15m', '30m', '1h', '6h', '1d', '1w', '1mo'];
const PERIODS = [
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
  'this_year',
  'last_7_days',
  'last_30_days',
  'last_12_months',
  '15m',
  '1h',
  '61m',
  '36h',
  '10d',
];

export interface RandomQuestion {
  kind: 'totals' | 'timeseries' | 'breakdown' | 'heatmap';
  /** The present, ms since 1970. */
  now: number;
  range: RangeRequest;
  comparison: ComparisonRequest;
  filter: Filter | undefined;
  metrics: Metric[];
  granularity: BucketWidth | 'auto';
  by: FieldName[];
  limit: number;
  offset: number;
  includeMissing: boolean;
}

/** Questions in the whole of the language, most of them about times and values that the events have. */
export function questionsAbout(events: readonly IngestedEvent[]): fc.Arbitrary<RandomQuestion> {
  const range = ranges();
  return fc.record({
    kind: fc.constantFrom('totals', 'timeseries', 'breakdown', 'heatmap'),
    now: instants(),
    range,
    comparison: fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      { weight: 2, arbitrary: fc.record({ compare: fc.constantFrom('previous_period', 'same_weekday', 'previous_year') }) },
      { weight: 1, arbitrary: instants().map((at) => ({ compareFrom: new Date(at).toISOString() })) },
    ) as fc.Arbitrary<ComparisonRequest>,
    filter: fc.option(filtersOf(events), { nil: undefined, freq: 3 }),
    metrics: fc.array(metrics, { minLength: 1, maxLength: 5 }),
    granularity: fc.constantFrom(...WIDTHS),
    by: fc.array(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 2 }),
    limit: fc.constantFrom(1, 3, 10, 1000),
    offset: fc.constantFrom(0, 0, 0, 2, 50),
    includeMissing: fc.boolean(),
  });
}

const instants = (): fc.Arbitrary<number> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...CLOCK_CHANGES), fc.integer({ min: -50 * 3_600_000, max: 50 * 3_600_000 })).map(([change, away]) => change + away),
    fc.tuple(fc.constantFrom(...CLOCK_CHANGES), fc.integer({ min: -50, max: 50 })).map(([change, hours]) => change + hours * 3_600_000),
    fc.integer({ min: TRAFFIC.from, max: TRAFFIC.to }),
  );

function ranges(): fc.Arbitrary<RangeRequest> {
  const timeZone = fc.constantFrom(...ZONES);
  const length = fc.oneof(fc.integer({ min: 1, max: 3_600_000 }), fc.integer({ min: 1, max: 4 * 86_400_000 }), fc.integer({ min: 1, max: 150 * 86_400_000 }));
  const given = fc.record({ start: instants(), length, timeZone }).map(({ start, length, timeZone }) => ({
    from: new Date(start).toISOString(),
    to: new Date(start + length).toISOString(),
    timeZone,
  }));
  return fc.oneof(given, fc.record({ period: fc.constantFrom(...PERIODS), timeZone }));
}

const metrics: fc.Arbitrary<Metric> = fc.oneof(
  fc.record({ name: fc.constantFrom(...NAMED) }),
  fc.record({ aggregate: fc.constantFrom(...AGGREGATES), field: fc.constantFrom(...NUMBER_FIELDS, ...PROPERTY_FIELDS) }),
);

/** Filters in the whole of the language. @param only of these fields, which are texts; default: of all. */
export function filtersOf(events: readonly IngestedEvent[], only?: readonly BuiltInField[]): fc.Arbitrary<Filter> {
  const condition = conditionsOf(events, only);
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { weight: 3, arbitrary: condition },
      { weight: 1, arbitrary: fc.record({ and: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }) },
      { weight: 1, arbitrary: fc.record({ or: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }) },
      { weight: 1, arbitrary: fc.record({ not: tie('filter') }) },
    ),
  }));
  return filter;
}

function conditionsOf(events: readonly IngestedEvent[], only: readonly BuiltInField[] | undefined): fc.Arbitrary<FilterCondition> {
  const textsOf = (field: FieldName): fc.Arbitrary<string> => {
    const found = [...new Set(events.flatMap((event) => textOf(event, field) ?? []))].slice(0, 200);
    return fc.oneof(fc.constantFrom(...(found.length > 0 ? found : ['none'])), fc.constantFrom(...ODD_TEXTS));
  };
  const part = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(text, fc.nat(4), fc.nat(6), fc.boolean()).map(([whole, from, length, upper]) => {
      const cut = [...whole].slice(from, from + length).join('');
      return upper ? cut.toUpperCase() : cut;
    });
  const numbers = fc.constantFrom<number | string>(0, 1, 2, 2.5, 10, 100, 200, 404, 500, 1e6, -7, '100', '2.5', '404.5');
  const fieldOfText = fc.constantFrom<FieldName>(...(only ?? [...TEXT_FIELDS, ...PROPERTY_FIELDS]));
  const onText = fieldOfText.chain((field) => {
    const text = textsOf(field);
    return fc.oneof(
      fc.record({ field: fc.constant(field), op: fc.constantFrom('is', 'is_not'), value: text }),
      fc.record({ field: fc.constant(field), op: fc.constantFrom('in', 'not_in'), values: fc.array(text, { minLength: 1, maxLength: 4 }) }),
      fc.record({ field: fc.constant(field), op: fc.constantFrom('contains', 'not_contains'), value: part(text) }),
      fc.record({ field: fc.constant(field), op: fc.constant('starts_with'), value: text.map((whole) => [...whole].slice(0, 3).join('')) }),
    );
  });
  const fieldOfNumber = fc.constantFrom<FieldName>(...NUMBER_FIELDS, ...PROPERTY_FIELDS);
  const onNumber = fc.oneof(
    fc.record({ field: fieldOfNumber, op: fc.constantFrom('gt', 'lt', 'gte', 'lte'), value: numbers }),
    fc.record({ field: fc.constantFrom<FieldName>(...NUMBER_FIELDS), op: fc.constantFrom('is', 'is_not'), value: numbers }),
    fc.record({
      field: fc.constantFrom<FieldName>(...PROPERTY_FIELDS),
      op: fc.constantFrom('in', 'not_in'),
      values: fc.array(fc.oneof(numbers, fc.boolean()), { minLength: 1, maxLength: 4 }),
    }),
  );
  const exists = fc.record({ field: fc.constantFrom(...(only ?? FIELDS)), op: fc.constant('exists'), value: fc.constantFrom(true, false, undefined) });
  return fc.oneof({ weight: 3, arbitrary: onText }, { weight: only ? 0 : 2, arbitrary: onNumber }, { weight: 1, arbitrary: exists }) as fc.Arbitrary<FilterCondition>;
}
