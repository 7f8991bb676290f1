/** The words of the query language without the validators of its DTOs: for browsers, which need not download those. */
export { FIELD_NAMES, FIELDS, fieldKind, type BuiltInField, type FieldName } from './query-language/fields.js';
export { filterFault, type Filter, type FilterCondition, type FilterValue } from './query-language/filters.js';
export { AGGREGATES, METRICS, parseMetric, type Aggregate, type NamedMetric } from './query-language/metrics.js';
export {
  BUCKET_WIDTHS,
  CALENDAR_PERIODS,
  canonicalTimeZone,
  COMPARISONS,
  isPeriod,
  type BucketWidthName,
  type ComparisonName,
} from './query-language/time.js';
