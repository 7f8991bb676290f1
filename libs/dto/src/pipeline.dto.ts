import { ApiProperty } from '@nestjs/swagger';
import { DeadLetterDto } from './dead-letter.dto.js';

export class QuantilesDto {
  @ApiProperty({ example: 18 }) p50!: number;
  @ApiProperty({ example: 42 }) p95!: number;
  @ApiProperty({ example: 77 }) p99!: number;
}

export class SourceStatusDto {
  @ApiProperty({ example: 'collector' }) name!: string;
  @ApiProperty({ example: 'running' }) state!: string;
  @ApiProperty({ example: 100_341 }) acceptedTotal!: number;
  @ApiProperty({ description: 'Events per second, last 10 s', example: 27.9 }) rate!: number;
}

export class ProducerStatusDto {
  @ApiProperty({ example: 'producer-4711' }) instance!: string;
  @ApiProperty({ description: 'When it last reported', example: '2026-01-31T12:00:00.000Z' }) at!: string;
  @ApiProperty({ description: 'Reported within the last 5 s', example: true }) reporting!: boolean;
  @ApiProperty({ description: 'Events accepted since it started', example: 100_341 }) acceptedTotal!: number;
  @ApiProperty({ example: 27.9 }) acceptedRate!: number;
  @ApiProperty({ example: 3 }) rejectedTotal!: number;
  @ApiProperty({ description: 'Events waiting for Redis to answer', example: 1 }) inFlight!: number;
  @ApiProperty({ description: 'Hand-over to the answer of Redis, ms, last minute' }) publishMs!: QuantilesDto;
  @ApiProperty({ type: [SourceStatusDto] }) sources!: SourceStatusDto[];
}

export class PartitionStatusDto {
  @ApiProperty({ example: 0 }) partition!: number;
  @ApiProperty({ example: 'reading' }) state!: string;
  @ApiProperty({ description: 'Age of the first entry that is not committed, ms', example: 12 }) timeLagMs!: number;
  @ApiProperty({ description: 'Entries that are not committed', example: 1 }) entryLag!: number;
  @ApiProperty({ description: 'Entries delivered and not acknowledged', example: 1 }) pending!: number;
  @ApiProperty({ description: 'Last committed entry', example: '1769860800000-0' }) lastId!: string;
}

export class ConsumerStatusDto {
  @ApiProperty({ example: 'consumer-4711' }) instance!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) at!: string;
  @ApiProperty({ description: 'Reported within the last 5 s', example: true }) reporting!: boolean;
  @ApiProperty({ description: 'Events stored since it started', example: 100_338 }) storedTotal!: number;
  @ApiProperty({ example: 27.9 }) storedRate!: number;
  @ApiProperty({ example: 3 }) deadTotal!: number;
  @ApiProperty({ description: 'Events received again after they were stored, and skipped', example: 0 }) skippedTotal!: number;
  @ApiProperty({ description: 'Read to commit of a batch, ms, last minute' }) batchMs!: QuantilesDto;
  @ApiProperty({ description: 'Accepted to committed, ms, last minute' }) freshnessMs!: QuantilesDto;
  @ApiProperty({ enum: ['strict', 'relaxed'], example: 'strict' }) durability!: 'strict' | 'relaxed';
  @ApiProperty({ type: [PartitionStatusDto] }) partitions!: PartitionStatusDto[];
}

const HOP = { type: QuantilesDto, nullable: true } as const;

/**
 * The way of an event onto a screen, hop by hop: quantiles in ms of about the last minute. null: nothing was measured in it.
 * Of several consumers each quantile is the worst one's.
 */
export class HopsDto {
  @ApiProperty({ ...HOP, description: "By the client's clock, to acceptance by the server's; of events that came within a minute" })
  createdToAccepted!: QuantilesDto | null;
  @ApiProperty({ ...HOP, description: 'Acceptance to commit' }) acceptedToStored!: QuantilesDto | null;
  @ApiProperty({ ...HOP, description: 'Commit to the first frame that shows it leaving for the line' }) storedToPushed!: QuantilesDto | null;
  @ApiProperty({ ...HOP, description: 'Leaving to the moment after the browser has painted it, as browsers report' }) pushedToPainted!: QuantilesDto | null;
  @ApiProperty({ ...HOP, description: 'The whole way, measured on the newest event of a frame; not the sum of the quantiles above' })
  createdToPainted!: QuantilesDto | null;
}

/** The whole system's state; not limited to a project. */
export class PipelineDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ description: 'Events stored since the beginning', example: 100_338 }) storedTotal!: number;
  @ApiProperty({ description: 'Dead letters since the beginning', example: 3 }) deadTotal!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Acceptance of the newest stored event', example: '2026-01-31T12:00:00.000Z' })
  newestReceivedAt!: string | null;
  @ApiProperty({ description: 'Largest time lag of all partitions, ms', example: 12 }) timeLagMs!: number;
  @ApiProperty({ description: 'Clients on the live feed', example: 2 }) liveClients!: number;
  @ApiProperty({ type: HopsDto }) hops!: HopsDto;
  @ApiProperty({ type: [ProducerStatusDto] }) producers!: ProducerStatusDto[];
  @ApiProperty({ type: [ConsumerStatusDto] }) consumers!: ConsumerStatusDto[];
  @ApiProperty({ type: [DeadLetterDto], description: 'The newest 20 dead letters; see `/api/v1/dead-letters` for all' }) deadLetters!: DeadLetterDto[];
}

export class ProjectDto {
  @ApiProperty({ example: 'demo' }) id!: string;
  @ApiProperty({ example: 'Demo shop' }) name!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) createdAt!: string;
}

/** What the dashboard needs to know before it asks anything. */
export class DashboardConfigDto {
  @ApiProperty({ description: 'Where events are sent', example: 'http://localhost:3001' }) collectorUrl!: string;
  @ApiProperty({ type: String, nullable: true, description: "Write key of `self`, the dashboard's own use", example: 'wk_self_7c1d' })
  selfWriteKey!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Write key of `demo`, for snippets', example: 'wk_demo_50ab' })
  demoWriteKey!: string | null;
}
