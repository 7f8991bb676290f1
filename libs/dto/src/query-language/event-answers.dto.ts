import { ApiProperty, OmitType, PickType } from '@nestjs/swagger';
import { StoredEventDto } from '../events.dto.js';
import { AnswerDto, ResolvedQuestionDto } from './answers.dto.js';

/** The events that were asked about, as that was understood. */
export class ResolvedEventSetDto extends PickType(ResolvedQuestionDto, ['from', 'to', 'project', 'timeZone', 'filters'] as const) {}

/** What every answer about a set of events says of itself. */
export class EventSetAnswerDto extends OmitType(AnswerDto, ['query'] as const) {
  @ApiProperty({ type: ResolvedEventSetDto }) query!: ResolvedEventSetDto;
}

export class ListedEventDto extends StoredEventDto {
  @ApiProperty({ description: "The client's clock was ahead, so `timestamp` is the server's", example: false }) clockAdjusted!: boolean;
  @ApiProperty({ type: String, nullable: true, example: '0190f3a2-0000-7000-8000-00000000abcd' }) sessionId!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'shop.example' }) pageHost!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'search.example' }) referrerHost!: string | null;
}

export class EventsAnswerDto extends EventSetAnswerDto {
  @ApiProperty({ type: [ListedEventDto], description: 'Newest first, by time and then by id' }) events!: ListedEventDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'For the next page; null: there is none. Every event that was stored when the first page was read is on exactly one page, whatever the ' +
      'size of pages; one that is stored later is on the page of its time, if that is still to come',
    example: null,
  })
  nextCursor!: string | null;
}

export class EventAnswerDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ type: ListedEventDto }) event!: ListedEventDto;
}

export class UserAnswerDto extends EventsAnswerDto {
  @ApiProperty({ description: 'As it was asked for', example: 'user_042' }) user!: string;
  @ApiProperty({ type: String, nullable: true, description: 'First event of the range; null: there is none', example: '2026-01-30T08:00:00.000Z' })
  firstSeen!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Last event of the range', example: '2026-01-31T11:59:59.950Z' }) lastSeen!: string | null;
  @ApiProperty({ type: 'integer', description: 'Events of the range, on all pages', example: 214 }) totalEvents!: number;
  @ApiProperty({ type: 'integer', description: 'Distinct `session_id`s of the range', example: 9 }) totalSessions!: number;
}

export class FieldValueDto {
  @ApiProperty({ example: '/cart' }) value!: string;
  @ApiProperty({ type: 'integer', example: 812 }) events!: number;
}

export class ValuesAnswerDto extends EventSetAnswerDto {
  @ApiProperty({ example: 'page_path' }) field!: string;
  @ApiProperty({ type: [FieldValueDto], description: 'Most events first; equal ones by value' }) values!: FieldValueDto[];
  @ApiProperty({ type: 'integer', description: 'Values there are in all', example: 24 }) distinctValues!: number;
}
