import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class TypeShareDto {
  @ApiProperty({ example: 'page_view' }) eventType!: string;
  @ApiProperty({ example: 70_123 }) events!: number;
  @ApiProperty({ description: 'Part of all events, 0 to 1', example: 0.7 }) share!: number;
}

export class PeriodTotalsDto {
  @ApiProperty({ example: '2026-01-31T11:00:00.000Z' }) from!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) to!: string;
  @ApiProperty({ example: 100_341 }) totalEvents!: number;
  @ApiProperty({ description: 'Distinct user ids', example: 100 }) uniqueUsers!: number;
  @ApiProperty({ description: 'Mean over the period', example: 27.9 }) eventsPerSecond!: number;
  @ApiProperty({ description: 'Events of type error', example: 5012 }) errors!: number;
}

export class ChangeDto {
  @ApiProperty({ type: Number, nullable: true, example: 0.12, description: 'Relative: 0.1 = +10 %; null when there was nothing before' })
  totalEvents!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 0 }) uniqueUsers!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 0.12 }) eventsPerSecond!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: -0.03 }) errors!: number | null;
}

export class SummaryDto {
  @ApiProperty({ description: 'When this was read', example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ description: 'The last hour', type: PeriodTotalsDto }) current!: PeriodTotalsDto;
  @ApiProperty({ description: 'The hour before it', type: PeriodTotalsDto }) previous!: PeriodTotalsDto;
  @ApiProperty({ type: ChangeDto }) change!: ChangeDto;
  @ApiProperty({ type: [TypeShareDto], description: 'The last hour by type, most first' }) byType!: TypeShareDto[];
}

export class SeriesLineDto {
  @ApiProperty({ description: 'Event type, or `all`', example: 'all' }) name!: string;
  @ApiProperty({ type: [Number], description: 'Events in each bucket' }) values!: number[];
}

export class SeriesDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ description: 'Start of the first bucket', example: '2026-01-31T11:00:00.000Z' }) from!: string;
  @ApiProperty({ description: 'End of the last bucket; the bucket that holds `asOf` is not finished', example: '2026-01-31T12:00:00.000Z' })
  to!: string;
  @ApiProperty({ example: 60 }) granularitySeconds!: number;
  @ApiProperty({ type: [Number], description: 'Start of each bucket, seconds since 1970; gapless' }) buckets!: number[];
  @ApiProperty({ type: [SeriesLineDto] }) series!: SeriesLineDto[];
}

export class TopRowDto {
  @ApiProperty({ example: '/products/42' }) value!: string;
  @ApiProperty({ example: 812 }) events!: number;
  @ApiProperty({ description: 'Part of all events that have this dimension, 0 to 1', example: 0.08 }) share!: number;
  @ApiPropertyOptional({ description: 'Median duration, ms (endpoints only; within 2 %)', example: 148 }) p50?: number;
  @ApiPropertyOptional({ description: '95th percentile of duration, ms (endpoints only; within 2 %)', example: 611 }) p95?: number;
}

export class TopDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ example: '2026-01-31T11:00:00.000Z' }) from!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) to!: string;
  @ApiProperty({ example: 'pages' }) dimension!: string;
  @ApiProperty({ description: 'Events that have this dimension', example: 10_151 }) totalEvents!: number;
  @ApiProperty({ description: 'Distinct values', example: 24 }) distinctValues!: number;
  @ApiProperty({ type: [TopRowDto] }) rows!: TopRowDto[];
}
