import { ApiProperty } from '@nestjs/swagger';
import { InstantRangeDto } from './answers.dto.js';
import { EventSetAnswerDto } from './event-answers.dto.js';
import { ENTITY_KINDS, PATH_DIRECTIONS, RETENTION_INTERVALS, type EntityKindName, type PathDirection, type RetentionInterval } from './journey-questions.dto.js';

const SHARE = { type: Number, nullable: true } as const;

export class FunnelStepDto {
  @ApiProperty({ example: 'Cart' }) name!: string;
  @ApiProperty({ type: 'integer', description: 'Users or sessions that got here', example: 120 }) count!: number;
  @ApiProperty({ ...SHARE, description: 'Of those of the first step, 0 to 1; null when there is none', example: 0.48 }) shareOfFirst!: number | null;
  @ApiProperty({ ...SHARE, description: 'Of those of the step before (of the first step: of itself)', example: 0.6 }) shareOfPrevious!: number | null;
  @ApiProperty({ type: 'integer', description: 'Those of the step before that did not get here', example: 80 }) dropOff!: number;
  @ApiProperty({ ...SHARE, description: 'Median time since the step before, seconds; null for the first step and when none got here', example: 42.5 })
  medianSeconds!: number | null;
}

export class FunnelAnswerDto extends EventSetAnswerDto {
  @ApiProperty({ enum: ENTITY_KINDS, example: 'user' }) by!: EntityKindName;
  @ApiProperty({ example: '1h' }) window!: string;
  @ApiProperty({
    description: 'False: the window of attempts that began late in the range is still open, so some may yet get further',
    example: true,
  })
  complete!: boolean;
  @ApiProperty({ type: [FunnelStepDto] }) steps!: FunnelStepDto[];
}

export class RetentionPeriodDto extends InstantRangeDto {
  @ApiProperty({ type: 'integer', description: 'Days or weeks after the one of the cohort', minimum: 1, example: 1 }) period!: number;
  @ApiProperty({ description: 'False: cut by the range or the present', example: true }) complete!: boolean;
  @ApiProperty({ type: 'integer', description: 'Members that returned in it', example: 31 }) count!: number;
  @ApiProperty({ ...SHARE, description: 'Of the members, 0 to 1; null when there is none', example: 0.31 }) share!: number | null;
}

export class CohortDto extends InstantRangeDto {
  @ApiProperty({ description: 'False: cut by the range or the present', example: true }) complete!: boolean;
  @ApiProperty({ type: 'integer', description: 'Users or sessions whose first event of `start` in the range falls into it', example: 100 }) size!: number;
  @ApiProperty({ type: [RetentionPeriodDto], description: 'Every later day or week of the range' }) periods!: RetentionPeriodDto[];
}

export class RetentionAnswerDto extends EventSetAnswerDto {
  @ApiProperty({ enum: ENTITY_KINDS, example: 'user' }) by!: EntityKindName;
  @ApiProperty({ enum: RETENTION_INTERVALS, example: 'day' }) interval!: RetentionInterval;
  @ApiProperty({ type: [CohortDto], description: 'Oldest first' }) cohorts!: CohortDto[];
}

export class PathLinkDto {
  @ApiProperty({ description: '`(other)`: one of the pages that are not told apart', example: '/cart' }) from!: string;
  @ApiProperty({ description: '`(end)`: there is no further page in the session', example: '/checkout' }) to!: string;
  @ApiProperty({ type: 'integer', example: 61 }) sessions!: number;
  @ApiProperty({ description: 'Of all sessions that viewed the anchor, 0 to 1', example: 0.5 }) share!: number;
}

export class PathStepDto {
  @ApiProperty({ type: 'integer', description: '1 is next to the anchor', minimum: 1, example: 1 }) step!: number;
  @ApiProperty({ type: [PathLinkDto], description: 'Most sessions first; `from` is on the side of the anchor' }) links!: PathLinkDto[];
}

export class PathsAnswerDto extends EventSetAnswerDto {
  @ApiProperty({ example: '/cart' }) anchor!: string;
  @ApiProperty({ enum: PATH_DIRECTIONS, example: 'next' }) direction!: PathDirection;
  @ApiProperty({ type: 'integer', description: 'Sessions that viewed the anchor', example: 122 }) sessions!: number;
  @ApiProperty({ type: [PathStepDto] }) steps!: PathStepDto[];
}
