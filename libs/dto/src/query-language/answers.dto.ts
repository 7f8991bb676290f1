import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Filter } from './filters.js';

const VALUES = { type: 'array', items: { type: 'number', nullable: true } } as const;

export class InstantRangeDto {
  @ApiProperty({ description: 'Included', example: '2026-01-30T00:00:00.000Z' }) from!: string;
  @ApiProperty({ description: 'Excluded', example: '2026-01-31T00:00:00.000Z' }) to!: string;
}

/** The question as it was understood: all that was left out is filled in. */
export class ResolvedQuestionDto extends InstantRangeDto {
  @ApiProperty({ example: 'demo' }) project!: string;
  @ApiProperty({ example: 'Europe/Berlin' }) timeZone!: string;
  @ApiProperty({ type: [String], description: 'Values of the answer are in this order', example: ['events', 'users'] }) metrics!: string[];
  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'null: all events of the time',
    example: { field: 'type', op: 'is', value: 'page_view' },
  })
  filters!: Filter | null;
  @ApiPropertyOptional({ description: 'Of a series', example: '1h' }) granularity?: string;
  @ApiPropertyOptional({ type: InstantRangeDto, nullable: true, description: 'What it is compared with; null: nothing' })
  compare?: InstantRangeDto | null;
  @ApiPropertyOptional({ type: [String], description: 'Of a breakdown', example: ['page_path'] }) by?: string[];
}

/** Why an answer was read where it was. */
export class ExplanationDto {
  @ApiProperty({ enum: ['rollup', 'raw'], example: 'rollup' }) source!: 'rollup' | 'raw';
  @ApiProperty({ example: 'counts of page_path say the same as the events' }) reason!: string;
  @ApiProperty({ type: [String], example: ['value_counts'] }) tables!: string[];
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: { type: 'integer' },
    description: 'How many counted weeks, days, quarters of a day, hours, quarters of an hour and five minutes were put together',
    example: { weeks: 3, days: 8, quarterDays: 3, hours: 5, quarters: 2, fiveMinutes: 3 },
  })
  stretches?: { weeks: number; days: number; quarterDays: number; hours: number; quarters: number; fiveMinutes: number };
  @ApiPropertyOptional({ description: 'Time that was read from the events all the same, seconds', example: 412 }) eventSeconds?: number;
}

/** What every answer says of itself. */
export class AnswerDto {
  @ApiProperty({ type: ResolvedQuestionDto }) query!: ResolvedQuestionDto;
  @ApiProperty({ enum: ['rollup', 'raw'], description: 'Where it was read: from counts made beforehand, or from the events', example: 'raw' })
  source!: 'rollup' | 'raw';
  @ApiProperty({ description: 'Nothing is estimated', example: true }) exact!: boolean;
  @ApiPropertyOptional({
    type: [Number],
    description:
      'Of each metric, when something is estimated: relative, 0 where that metric is exact; the standard error of distinct values, the bound of quantiles',
    example: [0, 0.016],
  })
  errors?: number[];
  @ApiPropertyOptional({ type: ExplanationDto, description: 'When it was asked for' }) explain?: ExplanationDto;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Nothing that was accepted before this is missing; null: that is not known, since not every partition has a consumer that reports',
    example: '2026-01-31T11:59:58.000Z',
  })
  completeThrough!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: "The project's events that are accepted and not yet stored; null: not known", example: 9 })
  inFlight!: number | null;
  @ApiProperty({ description: 'When this was read', example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
}

export class TotalsAnswerDto extends AnswerDto {
  @ApiProperty({ ...VALUES, description: 'One value for each metric; null: nothing to compute it from', example: [100_341, 100] })
  totals!: (number | null)[];
  @ApiPropertyOptional({ ...VALUES, description: 'Of the time it is compared with', example: [99_120, 98] }) previous?: (number | null)[];
}

export class BucketDto extends InstantRangeDto {
  @ApiProperty({ description: 'False: cut by the range or the present, so it covers less time than its neighbours', example: true })
  complete!: boolean;
  @ApiProperty({ ...VALUES, description: 'One value for each metric', example: [4180, 61] }) values!: (number | null)[];
}

export class TimeseriesAnswerDto extends AnswerDto {
  @ApiProperty({ type: [BucketDto], description: 'Oldest first, gapless. A session is looked at within each bucket alone' }) buckets!: BucketDto[];
  @ApiPropertyOptional({
    type: [BucketDto],
    description: 'Of the time it is compared with, in buckets of the same width; there may be one more or less of them',
  })
  previous?: BucketDto[];
}

export class BreakdownRowDto {
  @ApiProperty({
    type: 'array',
    items: { type: 'string', nullable: true },
    description: 'The value of each field of `by`; null: the events that lack it',
    example: ['/products/42'],
  })
  by!: (string | null)[];
  @ApiProperty({ ...VALUES, description: 'One value for each metric', example: [812, 77] }) values!: (number | null)[];
  @ApiPropertyOptional({ ...VALUES, description: 'The same row in the time it is compared with', example: [790, 70] }) previous?: (number | null)[];
}

export class BreakdownAnswerDto extends AnswerDto {
  @ApiProperty({ type: [BreakdownRowDto], description: 'Largest first metric first, null last; equal ones by value' }) rows!: BreakdownRowDto[];
  @ApiProperty({
    ...VALUES,
    nullable: true,
    description: 'The events of all values that come after the last row, measured together; null: there are none',
    example: [91_200, 100],
  })
  other!: (number | null)[] | null;
  @ApiProperty({ ...VALUES, description: 'All events', example: [100_341, 100] }) total!: (number | null)[];
  @ApiPropertyOptional({ ...VALUES, description: 'All events of the time it is compared with', example: [99_120, 98] })
  previousTotal?: (number | null)[];
  @ApiProperty({ description: 'Rows there are in all', example: 24 }) distinctValues!: number;
}

export class HeatmapCellDto {
  @ApiProperty({ description: '1 is Monday', minimum: 1, maximum: 7, example: 1 }) weekday!: number;
  @ApiProperty({ description: 'By the clocks of the zone', minimum: 0, maximum: 23, example: 9 }) hour!: number;
  @ApiProperty({ ...VALUES, description: 'One value for each metric', example: [412, 31] }) values!: (number | null)[];
}

export class HeatmapAnswerDto extends AnswerDto {
  @ApiProperty({ type: [HeatmapCellDto], description: 'All 168 hours of a week, Monday 0 h first' }) cells!: HeatmapCellDto[];
}
