import { ApiProperty } from '@nestjs/swagger';

export class QuantilesDto {
  @ApiProperty() p50!: number;
  @ApiProperty() p95!: number;
  @ApiProperty() p99!: number;
}

export class SourceStatusDto {
  @ApiProperty({ example: 'collector' }) name!: string;
  @ApiProperty({ example: 'running' }) state!: string;
  @ApiProperty() acceptedTotal!: number;
  @ApiProperty({ description: 'Events per second, last 10 s' }) rate!: number;
}

export class ProducerStatusDto {
  @ApiProperty() instance!: string;
  @ApiProperty({ description: 'When it last reported' }) at!: string;
  @ApiProperty({ description: 'Reported within the last 5 s' }) reporting!: boolean;
  @ApiProperty({ description: 'Events accepted since it started' }) acceptedTotal!: number;
  @ApiProperty() acceptedRate!: number;
  @ApiProperty() rejectedTotal!: number;
  @ApiProperty({ description: 'Events waiting for Redis to answer' }) inFlight!: number;
  @ApiProperty({ description: 'Hand-over to the answer of Redis, ms, last minute' }) publishMs!: QuantilesDto;
  @ApiProperty({ type: [SourceStatusDto] }) sources!: SourceStatusDto[];
}

export class PartitionStatusDto {
  @ApiProperty() partition!: number;
  @ApiProperty({ example: 'reading' }) state!: string;
  @ApiProperty({ description: 'Age of the first entry that is not committed, ms' }) timeLagMs!: number;
  @ApiProperty({ description: 'Entries that are not committed' }) entryLag!: number;
  @ApiProperty({ description: 'Entries delivered and not acknowledged' }) pending!: number;
  @ApiProperty({ description: 'Last committed entry' }) lastId!: string;
}

export class ConsumerStatusDto {
  @ApiProperty() instance!: string;
  @ApiProperty() at!: string;
  @ApiProperty({ description: 'Reported within the last 5 s' }) reporting!: boolean;
  @ApiProperty({ description: 'Events stored since it started' }) storedTotal!: number;
  @ApiProperty() storedRate!: number;
  @ApiProperty() deadTotal!: number;
  @ApiProperty({ description: 'Events received again after they were stored, and skipped' }) skippedTotal!: number;
  @ApiProperty({ description: 'Read to commit of a batch, ms, last minute' }) batchMs!: QuantilesDto;
  @ApiProperty({ description: 'Accepted to committed, ms, last minute' }) freshnessMs!: QuantilesDto;
  @ApiProperty({ enum: ['strict', 'relaxed'] }) durability!: 'strict' | 'relaxed';
  @ApiProperty({ type: [PartitionStatusDto] }) partitions!: PartitionStatusDto[];
}

export class DeadLetterDto {
  @ApiProperty() id!: number;
  @ApiProperty() deadAt!: string;
  @ApiProperty({ type: String, nullable: true }) projectId!: string | null;
  @ApiProperty({ type: String, nullable: true }) eventId!: string | null;
  @ApiProperty() reason!: string;
  @ApiProperty({ description: 'What was received; text, or base64 where it is not valid UTF-8' }) payload!: string;
  @ApiProperty({ enum: ['text', 'base64'] }) payloadEncoding!: 'text' | 'base64';
}

/** The whole system's state; not limited to a project. */
export class PipelineDto {
  @ApiProperty() asOf!: string;
  @ApiProperty({ description: 'Events stored since the beginning' }) storedTotal!: number;
  @ApiProperty({ description: 'Dead letters since the beginning' }) deadTotal!: number;
  @ApiProperty({ type: String, nullable: true, description: 'When the newest stored event was accepted' }) newestReceivedAt!: string | null;
  @ApiProperty({ description: 'Largest time lag of all partitions, ms' }) timeLagMs!: number;
  @ApiProperty({ description: 'Clients on the live feed' }) liveClients!: number;
  @ApiProperty({ type: [ProducerStatusDto] }) producers!: ProducerStatusDto[];
  @ApiProperty({ type: [ConsumerStatusDto] }) consumers!: ConsumerStatusDto[];
  @ApiProperty({ type: [DeadLetterDto], description: 'The newest dead letters' }) deadLetters!: DeadLetterDto[];
}

export class ProjectDto {
  @ApiProperty({ example: 'demo' }) id!: string;
  @ApiProperty({ example: 'Demo shop' }) name!: string;
  @ApiProperty() createdAt!: string;
}

/** What the dashboard needs to know before it asks anything. */
export class DashboardConfigDto {
  @ApiProperty({ description: 'Where events are sent', example: 'http://localhost:3001' }) collectorUrl!: string;
  @ApiProperty({ type: String, nullable: true, description: "Write key of project `self`, the dashboard's own use" })
  selfWriteKey!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Write key of project `demo`, shown in the snippet for sending an event' })
  demoWriteKey!: string | null;
}

export class ProblemDto {
  @ApiProperty({ example: 400 }) statusCode!: number;
  @ApiProperty({ example: 'Bad Request' }) error!: string;
  @ApiProperty({ type: [String], example: ['granularity must be one of 10s, 1m, 5m, 15m, 1h, 1d'] }) message!: string[];
}
