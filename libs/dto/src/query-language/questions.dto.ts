import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import { ProjectQueryDto, ToBoolean, ToInteger, wholeNumber } from '../query.dto.js';
import { ALLOWED_FIELDS, FIELD_LIST, fieldKind, type FieldName } from './fields.js';
import { filterFault, type Filter } from './filters.js';
import { ALLOWED_METRICS, METRIC_LIST, MOST_METRICS, parseMetric } from './metrics.js';
import { allowing, Explained, FromJson, FromList, IsListOf } from './parameters.js';
import { BUCKET_WIDTHS, CALENDAR_PERIODS, canonicalTimeZone, COMPARISONS, isPeriod, type BucketWidthName, type ComparisonName } from './time.js';

const MOST_ROWS = 1000;
const FARTHEST_OFFSET = 10_000;
const PERIODS = [...CALENDAR_PERIODS, '<1-9999>m', '<1-9999>h', '<1-9999>d'];

const oneOf = (values: readonly string[]) => ({ message: `$property must be one of ${values.join(', ')}`, ...allowing(values) });

/** Which events a question is about: of which project, which time, and which of these. */
export class EventSetDto extends ProjectQueryDto {
  @ApiPropertyOptional({ description: 'Start (included), ISO 8601 with a zone, such as 2026-01-01T00:00:00Z; not together with `period`' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ description: 'End (excluded), ISO 8601 with a zone, such as 2026-01-31T00:00:00Z; default: now' })
  @IsOptional()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({
    description:
      `Instead of \`from\` and \`to\`, one of ${CALENDAR_PERIODS.join(', ')}, by the calendar of the zone; or a length of 1 to 9999 and m, h or d ` +
      'that ends now, aligned to 10 s (up to 1h) or to the minute. Default: `24h`',
    example: '24h',
  })
  @IsOptional()
  @Explained('isPeriod', (value, field) =>
    isPeriod(value)
      ? undefined
      : {
          field,
          value,
          message: `period must be one of ${CALENDAR_PERIODS.join(', ')}, or 1 to 9999 and m, h or d, such as 30m, 6h or 7d`,
          allowed: PERIODS,
        },
  )
  period?: string;

  @ApiPropertyOptional({ description: 'IANA time zone in which days, weeks and months begin', default: 'UTC', example: 'Europe/Berlin' })
  @Transform(({ value }: { value: unknown }) => canonicalTimeZone(value) ?? value)
  @Explained('isTimeZone', (value, field) =>
    canonicalTimeZone(value) === undefined
      ? { field, value, message: 'timeZone must be the IANA name of a time zone, such as UTC, Europe/Berlin or America/New_York; offsets have no summer' }
      : undefined,
  )
  timeZone: string = 'UTC';

  @ApiPropertyOptional({
    type: String,
    description:
      'Which events, as JSON: `{"and":[…]}`, `{"or":[…]}`, `{"not":{…}}`, a condition, or an array of these that must all be fulfilled; ' +
      'at most 5 levels and 50 conditions. Operators: `is`, `is_not`, `in`, `not_in` (with `values`), `contains`, `not_contains` (upper and ' +
      'lower case alike), `starts_with`, `gt`, `lt`, `gte`, `lte` (numbers only), `exists`. Events without the field fulfil the negative ones. ' +
      `Fields: ${FIELD_LIST}; \`properties.<key>\` any property that is text, a number or a boolean`,
    example: '{"and":[{"field":"type","op":"is","value":"page_view"},{"field":"page_path","op":"starts_with","value":"/products"}]}',
  })
  @IsOptional()
  @FromJson()
  @Explained('isFilter', (value) => filterFault(value))
  filters?: Filter | Filter[];
}

/** What every question that measures something has. */
export class QuestionDto extends EventSetDto {
  @ApiPropertyOptional({
    type: String,
    description: `1 to ${MOST_METRICS} metrics, separated by commas (or a JSON array). ${METRIC_LIST}`,
    default: 'events',
    example: 'events,users,p95(properties.amount)',
  })
  @FromList()
  @IsListOf({ most: MOST_METRICS, what: 'metrics', allowed: ALLOWED_METRICS }, (text) => parseMetric(text) !== undefined)
  metrics: string[] = ['events'];
}

/** A question that may be answered from counts that were made beforehand. */
export class PlannedQuestionDto extends QuestionDto {
  @ApiPropertyOptional({
    type: Boolean,
    description: 'Takes no estimate: distinct values and quantiles over long ranges are then computed from the events, which takes longer',
    default: false,
    example: false,
  })
  @ToBoolean()
  @IsBoolean({ message: 'exact must be true or false', ...allowing(['true', 'false']) })
  exact: boolean = false;

  @ApiPropertyOptional({ type: Boolean, description: 'Tells where the answer was read, and why there', default: false, example: true })
  @ToBoolean()
  @IsBoolean({ message: 'explain must be true or false', ...allowing(['true', 'false']) })
  explain: boolean = false;
}

/** A question whose answer can be compared with one of another time. */
export class ComparableQuestionDto extends PlannedQuestionDto {
  @ApiPropertyOptional({
    description:
      'The same for an earlier time: directly before, whole weeks before, or the same dates of the year before; not together with `compareFrom`',
    enum: COMPARISONS,
    example: 'previous_period',
  })
  @IsOptional()
  @IsIn(COMPARISONS, oneOf(COMPARISONS))
  compare?: ComparisonName;

  @ApiPropertyOptional({ description: 'The same for a time of equal length that starts here, such as 2025-12-01T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  compareFrom?: string;
}

export class TotalsQuestionDto extends ComparableQuestionDto {}

export class TimeseriesQuestionDto extends ComparableQuestionDto {
  @ApiPropertyOptional({
    description: 'Width of a bucket; a series has at most 2,000. `auto` aims at 60 to 240',
    enum: BUCKET_WIDTHS,
    default: 'auto',
    example: '1h',
  })
  @IsIn(BUCKET_WIDTHS, oneOf(BUCKET_WIDTHS))
  granularity: BucketWidthName = 'auto';
}

export class BreakdownQuestionDto extends ComparableQuestionDto {
  @ApiPropertyOptional({
    type: String,
    description: 'One field or two, separated by a comma (or a JSON array): a row for each value, or pair of values',
    default: 'type',
    example: 'type,browser',
  })
  @FromList()
  @IsListOf({ most: 2, what: 'fields', allowed: ALLOWED_FIELDS }, (name) => fieldKind(name) !== undefined)
  by: FieldName[] = ['type'];

  @ApiPropertyOptional({ type: 'integer', description: 'Rows at most', minimum: 1, maximum: MOST_ROWS, default: 10, example: 10 })
  @ToInteger()
  @IsInt(wholeNumber(1, MOST_ROWS))
  @Min(1, wholeNumber(1, MOST_ROWS))
  @Max(MOST_ROWS, wholeNumber(1, MOST_ROWS))
  limit: number = 10;

  @ApiPropertyOptional({ type: 'integer', description: 'How many of the first rows to leave out, for the next page', minimum: 0, maximum: FARTHEST_OFFSET, default: 0, example: 0 })
  @ToInteger()
  @IsInt(wholeNumber(0, FARTHEST_OFFSET))
  @Min(0, wholeNumber(0, FARTHEST_OFFSET))
  @Max(FARTHEST_OFFSET, wholeNumber(0, FARTHEST_OFFSET))
  offset: number = 0;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Whether events that lack a field form a row (null); with `false` they are no part of the answer at all',
    default: true,
    example: true,
  })
  @ToBoolean()
  @IsBoolean({ message: 'includeMissing must be true or false', ...allowing(['true', 'false']) })
  includeMissing: boolean = true;
}

/** At least a day. */
export class HeatmapQuestionDto extends PlannedQuestionDto {}
