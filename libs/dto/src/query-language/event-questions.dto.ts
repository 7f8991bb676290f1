import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import { ProjectQueryDto, ToInteger, wholeNumber } from '../query.dto.js';
import { ALLOWED_FIELDS, FIELD_NAMES, fieldKind, type FieldName } from './fields.js';
import { allowing, Explained, FromList, IsListOf } from './parameters.js';
import { EventSetDto } from './questions.dto.js';

const MOST_EVENTS = 500;
const MOST_VALUES = 1000;
const MOST_COLUMNS = 50;
const LONGEST_SEARCH = 1024;

export class EventsQuestionDto extends EventSetDto {
  @ApiPropertyOptional({ type: 'integer', description: 'Events at most', minimum: 1, maximum: MOST_EVENTS, default: 50, example: 50 })
  @ToInteger()
  @IsInt(wholeNumber(1, MOST_EVENTS))
  @Min(1, wholeNumber(1, MOST_EVENTS))
  @Max(MOST_EVENTS, wholeNumber(1, MOST_EVENTS))
  limit: number = 50;

  @ApiPropertyOptional({
    description:
      '`nextCursor` of the page before, with the other parameters as they were (`limit` may change). All pages are of the range of the first one, ' +
      'also when that was given as a period',
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,200}$/, { message: 'cursor must be the nextCursor of an answer to the same question' })
  cursor?: string;
}

export class EventQuestionDto extends ProjectQueryDto {
  @ApiPropertyOptional({
    description:
      'The event’s `timestamp`. Ids have no index of their own: without it the event is looked for within an hour of the time in an id of ' +
      'version 7, then among the newest 7 days',
    example: '2026-01-31T11:59:59.950Z',
  })
  @IsOptional()
  @IsInstant()
  time?: string;
}

/** Without metrics: what is listed are the events themselves. */
export class UserQuestionDto extends EventsQuestionDto {}

export class ValuesQuestionDto extends EventSetDto {
  @ApiPropertyOptional({ type: String, description: 'The field whose values are listed', default: 'type', example: 'page_path' })
  @Explained('isField', (value, field) =>
    fieldKind(value) === undefined
      ? { field, value, message: `${field} must be a field: ${ALLOWED_FIELDS.join(', ')}`, allowed: ALLOWED_FIELDS }
      : undefined,
  )
  field: FieldName = 'type';

  @ApiPropertyOptional({ description: `Only values that contain this text, in upper or lower case; at most ${LONGEST_SEARCH} characters`, example: 'cart' })
  @IsOptional()
  @Explained('isSearch', (value, field) =>
    isText(value) ? undefined : { field, value, message: `${field} must be a text of at most ${LONGEST_SEARCH} characters without NUL` },
  )
  search?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Values at most', minimum: 1, maximum: MOST_VALUES, default: 100, example: 100 })
  @ToInteger()
  @IsInt(wholeNumber(1, MOST_VALUES))
  @Min(1, wholeNumber(1, MOST_VALUES))
  @Max(MOST_VALUES, wholeNumber(1, MOST_VALUES))
  limit: number = 100;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= LONGEST_SEARCH && !value.includes('\0');

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Columns that are no fields: they cannot be asked about, only exported. */
const EXPORT_ONLY = ['event_id', 'timestamp', 'received_at', 'properties'] as const;
export type ExportColumnName = (typeof EXPORT_ONLY)[number] | FieldName;

export const ALLOWED_COLUMNS: readonly string[] = [...EXPORT_ONLY, ...FIELD_NAMES, 'properties.<key>'];
const DEFAULT_COLUMNS: ExportColumnName[] = [
  'event_id',
  'timestamp',
  'received_at',
  'type',
  'user',
  'session',
  'page_host',
  'page_path',
  'referrer_host',
  'browser',
  'os',
  'device',
  'country',
  'properties',
];

const isColumn = (name: unknown): boolean => (EXPORT_ONLY as readonly unknown[]).includes(name) || fieldKind(name) !== undefined;

export class ExportQuestionDto extends EventSetDto {
  @ApiPropertyOptional({ description: 'Comma-separated values with a header (RFC 4180), or one JSON object a line', enum: EXPORT_FORMATS, default: 'csv' })
  @IsIn(EXPORT_FORMATS, { message: `format must be one of ${EXPORT_FORMATS.join(', ')}`, ...allowing(EXPORT_FORMATS) })
  format: ExportFormat = 'csv';

  @ApiPropertyOptional({
    type: String,
    description: `1 to ${MOST_COLUMNS} columns, separated by commas (or a JSON array): ${ALLOWED_COLUMNS.join(', ')}`,
    default: DEFAULT_COLUMNS.join(','),
    example: 'timestamp,type,user,properties.amount',
  })
  @FromList()
  @IsListOf({ most: MOST_COLUMNS, what: 'columns', allowed: ALLOWED_COLUMNS }, isColumn)
  columns: ExportColumnName[] = DEFAULT_COLUMNS;
}
