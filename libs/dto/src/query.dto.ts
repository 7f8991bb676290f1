import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsInstant } from './is-instant.js';
import { allowing } from './query-language/parameters.js';

/** Bucket widths of a time series, and their seconds. */
export const GRANULARITIES = { '10s': 10, '1m': 60, '5m': 300, '15m': 900, '1h': 3600, '1d': 86_400 } as const;
export type Granularity = keyof typeof GRANULARITIES;
const GRANULARITY_NAMES = Object.keys(GRANULARITIES) as Granularity[];

/** A series has at most this many buckets. */
export const MAX_BUCKETS = 2000;

/** A ranking covers at most this many days. */
export const MAX_TOP_DAYS = 366;

/** A ledger covers at most this many days. */
export const MAX_LEDGER_DAYS = 7;

/** What became of a dead letter: nothing yet, stored after all, or given up by a person. */
export const DEAD_LETTER_STATES = ['dead', 'replayed', 'discarded'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** What can be ranked. */
export const TOP_DIMENSIONS = [
  'pages',
  'referrers',
  'buttons',
  'endpoints',
  'errors',
  'browsers',
  'systems',
  'devices',
  'countries',
] as const;
export type TopDimension = (typeof TOP_DIMENSIONS)[number];

const oneOf = (values: readonly string[]) => ({ message: `$property must be one of ${values.join(', ')}`, ...allowing(values) });
/** The message of a validator for whole numbers of a range. */
export const wholeNumber = (min: number, max: number) => ({ message: `$property must be a whole number from ${min} to ${max}` });

const ID = { message: '$property must be the id of a dead letter, a whole number from 1' };

// A query string holds text, a live message real numbers and booleans. Anything else stays as it is and is refused by the validator;
// Number() would take '', '0x10' and true.
const isDigits = (value: unknown): value is string => typeof value === 'string' && /^\d{1,15}$/.test(value);
export const ToInteger = () => Transform(({ value }: { value: unknown }) => (isDigits(value) ? Number(value) : value));
export const ToBoolean = () => Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

const IsEventType = () =>
  Matches(/^[a-z][a-z0-9_]{0,63}$/, { message: '$property must be an event type: a-z, then a-z, 0-9 or _, at most 64 characters' });

const IsProjectId = () =>
  Matches(/^[a-z][a-z0-9-]{0,62}$/, { message: 'project must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters' });

export class ProjectQueryDto {
  @ApiPropertyOptional({ description: 'The project whose events are asked for', default: 'demo', example: 'demo' })
  @IsProjectId()
  project: string = 'demo';
}

export class RangeQueryDto extends ProjectQueryDto {
  @ApiPropertyOptional({ description: 'Start (included), ISO 8601 with a zone, such as 2026-01-31T11:00:00Z; default: 1 h before `to`' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ description: 'End (excluded), ISO 8601 with a zone, such as 2026-01-31T12:00:00Z; default: now' })
  @IsOptional()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({
    description: 'Instead of `from` and `to`: a window of this length that ends now (and, in a live subscription, moves with the clock)',
    example: '6h',
  })
  @IsOptional()
  @Matches(/^[1-9]\d{0,3}[mhd]$/, { message: 'last must be a length of time: 1 to 9999 and m, h or d, such as 30m, 6h or 7d' })
  last?: string;
}

export class TimeseriesQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({ description: `Width of a bucket; a series has at most ${MAX_BUCKETS}`, enum: GRANULARITY_NAMES, default: '1m' })
  @IsIn(GRANULARITY_NAMES, oneOf(GRANULARITY_NAMES))
  granularity: Granularity = '1m';

  @ApiPropertyOptional({ type: Boolean, description: 'One series per event type instead of one for all', default: false })
  @ToBoolean()
  @IsBoolean({ message: 'byType must be true or false', ...allowing(['true', 'false']) })
  byType: boolean = false;

  @ApiPropertyOptional({ description: 'Only events of this type', example: 'page_view' })
  @IsOptional()
  @IsEventType()
  eventType?: string;
}

export class TopQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({ description: `What to rank, over at most ${MAX_TOP_DAYS} days`, enum: TOP_DIMENSIONS, default: 'pages' })
  @IsIn(TOP_DIMENSIONS, oneOf(TOP_DIMENSIONS))
  dimension: TopDimension = 'pages';

  @ApiPropertyOptional({ type: 'integer', description: 'Rows at most', minimum: 1, maximum: 100, default: 10 })
  @ToInteger()
  @IsInt(wholeNumber(1, 100))
  @Min(1, wholeNumber(1, 100))
  @Max(100, wholeNumber(1, 100))
  limit: number = 10;
}

export class RecentQueryDto extends ProjectQueryDto {
  @ApiPropertyOptional({ type: 'integer', description: 'Events at most', minimum: 1, maximum: 200, default: 50 })
  @ToInteger()
  @IsInt(wholeNumber(1, 200))
  @Min(1, wholeNumber(1, 200))
  @Max(200, wholeNumber(1, 200))
  limit: number = 50;

  @ApiPropertyOptional({ description: 'Only events of this type', example: 'error' })
  @IsOptional()
  @IsEventType()
  eventType?: string;
}

/** At most {@link MAX_LEDGER_DAYS} days; widened to whole minutes. */
export class LedgerQueryDto extends RangeQueryDto {}

export class DeadLettersQueryDto {
  @ApiPropertyOptional({ description: 'Only letters of this project; default: of all, those without a readable project included' })
  @IsOptional()
  @IsProjectId()
  project?: string;

  @ApiPropertyOptional({ description: 'Only letters in this state; default: in any', enum: DEAD_LETTER_STATES })
  @IsOptional()
  @IsIn(DEAD_LETTER_STATES, oneOf(DEAD_LETTER_STATES))
  state?: DeadLetterState;

  @ApiPropertyOptional({ description: 'Only letters whose reason contains this text, in upper or lower case', example: 'page_url' })
  @IsOptional()
  @Matches(/^\P{Cc}{1,200}$/u, { message: 'reason must be a text of 1 to 200 characters, none of them a control character' })
  reason?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Letters at most', minimum: 1, maximum: 200, default: 50 })
  @ToInteger()
  @IsInt(wholeNumber(1, 200))
  @Min(1, wholeNumber(1, 200))
  @Max(200, wholeNumber(1, 200))
  limit: number = 50;

  @ApiPropertyOptional({ type: 'integer', description: 'Only letters older than the one of this id, for the next page', minimum: 1 })
  @IsOptional()
  @ToInteger()
  @IsInt(ID)
  @Min(1, ID)
  @Max(Number.MAX_SAFE_INTEGER, ID)
  before?: number;
}
