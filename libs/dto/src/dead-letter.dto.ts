import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DEAD_LETTER_STATES, type DeadLetterState } from './query.dto.js';

export class DeadLetterDto {
  @ApiProperty({ example: 17 }) id!: number;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) deadAt!: string;
  @ApiProperty({ enum: DEAD_LETTER_STATES, description: 'What became of it: nothing yet, stored after all, or given up', example: 'dead' })
  state!: DeadLetterState;
  @ApiProperty({ type: String, nullable: true, description: 'When it was replayed or discarded', example: null }) resolvedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'demo' }) projectId!: string | null;
  @ApiProperty({ type: String, nullable: true, example: '0190f3a2-0000-7000-8000-00000000abcd' }) eventId!: string | null;
  @ApiProperty({ example: 'properties.page_url: expected an http or https URL' }) reason!: string;
  @ApiProperty({ description: 'What was received; text, or base64 where it is not valid UTF-8', example: '{"event_type":"page_view"}' })
  payload!: string;
  @ApiProperty({ enum: ['text', 'base64'], example: 'text' }) payloadEncoding!: 'text' | 'base64';
  @ApiProperty({ description: 'Lists give the first 4,096 characters of a payload; false: ask for the letter by its id', example: true })
  payloadComplete!: boolean;
  @ApiProperty({ description: 'Stem of the name of the stream that it came from', example: 'analytics_events' }) stream!: string;
  @ApiProperty({ example: 0 }) partition!: number;
  @ApiProperty({ description: 'Entry of the stream', example: '1769860800000-0' }) entryId!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Place in the entry; null: the entry as a whole', example: 3 })
  itemIndex!: number | null;
}

export class DeadLetterReasonDto {
  @ApiProperty({ example: 'properties.page_url: expected an http or https URL' }) reason!: string;
  @ApiProperty({ example: 12 }) count!: number;
}

export class DeadLettersDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ description: 'Letters of the project and state, whatever their reason', example: 14 }) total!: number;
  @ApiProperty({ type: [DeadLetterReasonDto], description: 'The same letters by reason, most first, at most 100 reasons' })
  byReason!: DeadLetterReasonDto[];
  @ApiProperty({ type: [DeadLetterDto], description: 'Newest first' }) rows!: DeadLetterDto[];
}

/** What replaying or discarding a dead letter came to. Doing it again, or twice at once, is safe: the second time says `already`. */
export class DeadLetterActionDto {
  @ApiProperty({ example: 17 }) id!: number;
  @ApiProperty({
    enum: ['replayed', 'discarded', 'already', 'invalid'],
    description: '`already`: it was replayed or discarded before; `invalid`: it still cannot be stored, and stays as it is',
    example: 'replayed',
  })
  result!: 'replayed' | 'discarded' | 'already' | 'invalid';
  @ApiPropertyOptional({ description: 'Why, for `already` and `invalid`', example: 'properties.page_url: expected an http or https URL' })
  reason?: string;
}
