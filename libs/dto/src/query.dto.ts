import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsISO8601, IsOptional, Matches, Max, Min } from 'class-validator';

/** Bucket widths of a time series, and their seconds. */
export const GRANULARITIES = { '10s': 10, '1m': 60, '5m': 300, '15m': 900, '1h': 3600, '1d': 86_400 } as const;
export type Granularity = keyof typeof GRANULARITIES;
const GRANULARITY_NAMES = Object.keys(GRANULARITIES) as Granularity[];

/** A series has at most this many buckets. */
export const MAX_BUCKETS = 2000;

/** What can be ranked. */
export const TOP_DIMENSIONS = ['pages', 'referrers', 'buttons', 'endpoints', 'errors', 'browsers', 'systems', 'devices', 'countries'] as const;
export type TopDimension = (typeof TOP_DIMENSIONS)[number];

const oneOf = (values: readonly string[]) => ({ message: `$property must be one of ${values.join(', ')}` });
const EVENT_TYPE = /^[a-z][a-z0-9_]{0,63}$/;

export class ProjectQueryDto {
  @ApiPropertyOptional({ description: 'The project whose events are asked for', default: 'demo', example: 'demo' })
  @Matches(/^[a-z][a-z0-9-]{0,62}$/, { message: 'project must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters' })
  project: string = 'demo';
}

export class RangeQueryDto extends ProjectQueryDto {
  @ApiPropertyOptional({ description: 'Start (included), ISO 8601 with a zone; default: one hour before `to`', example: '2026-01-31T11:00:00Z' })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'from must be an ISO 8601 instant such as 2026-01-31T11:00:00Z' })
  @Matches(/(Z|[+-]\d\d:\d\d)$/, { message: 'from must end with a zone: Z or an offset such as +02:00' })
  from?: string;

  @ApiPropertyOptional({ description: 'End (excluded), ISO 8601 with a zone; default: now', example: '2026-01-31T12:00:00Z' })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'to must be an ISO 8601 instant such as 2026-01-31T12:00:00Z' })
  @Matches(/(Z|[+-]\d\d:\d\d)$/, { message: 'to must end with a zone: Z or an offset such as +02:00' })
  to?: string;
}

export class TimeseriesQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({ description: 'Width of a bucket', enum: GRANULARITY_NAMES, default: '1m' })
  @IsIn(GRANULARITY_NAMES, oneOf(GRANULARITY_NAMES))
  granularity: Granularity = '1m';

  @ApiPropertyOptional({ description: 'One series per event type instead of one for all', default: false })
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'byType must be true or false' })
  byType: boolean = false;

  @ApiPropertyOptional({ description: 'Only events of this type', example: 'page_view' })
  @IsOptional()
  @Matches(EVENT_TYPE, { message: 'eventType must be an event type: a-z, then a-z, 0-9 or _, at most 64 characters' })
  eventType?: string;
}

export class TopQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({ description: 'What to rank', enum: TOP_DIMENSIONS, default: 'pages' })
  @IsIn(TOP_DIMENSIONS, oneOf(TOP_DIMENSIONS))
  dimension: TopDimension = 'pages';

  @ApiPropertyOptional({ description: 'Rows at most', minimum: 1, maximum: 100, default: 10 })
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number from 1 to 100' })
  @Min(1, { message: 'limit must be a whole number from 1 to 100' })
  @Max(100, { message: 'limit must be a whole number from 1 to 100' })
  limit: number = 10;
}

export class RecentQueryDto extends ProjectQueryDto {
  @ApiPropertyOptional({ description: 'Events at most', minimum: 1, maximum: 200, default: 50 })
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number from 1 to 200' })
  @Min(1, { message: 'limit must be a whole number from 1 to 200' })
  @Max(200, { message: 'limit must be a whole number from 1 to 200' })
  limit: number = 50;

  @ApiPropertyOptional({ description: 'Only events of this type', example: 'error' })
  @IsOptional()
  @Matches(EVENT_TYPE, { message: 'eventType must be an event type: a-z, then a-z, 0-9 or _, at most 64 characters' })
  eventType?: string;
}
