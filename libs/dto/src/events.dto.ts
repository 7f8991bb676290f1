import { ApiProperty } from '@nestjs/swagger';

export class StoredEventDto {
  @ApiProperty() eventId!: string;
  @ApiProperty({ description: 'When it happened' }) timestamp!: string;
  @ApiProperty({ description: 'When the collector accepted it' }) receivedAt!: string;
  @ApiProperty({ example: 'page_view' }) eventType!: string;
  @ApiProperty({ example: 'user_042' }) userId!: string;
  @ApiProperty({ type: Object, description: 'As sent', additionalProperties: true }) properties!: Record<string, unknown>;
  @ApiProperty({ type: String, nullable: true }) pagePath!: string | null;
  @ApiProperty({ type: String, nullable: true }) browser!: string | null;
  @ApiProperty({ type: String, nullable: true }) os!: string | null;
  @ApiProperty({ type: String, nullable: true }) device!: string | null;
  @ApiProperty({ type: String, nullable: true }) country!: string | null;
}

export class RecentEventsDto {
  @ApiProperty() asOf!: string;
  @ApiProperty({ type: [StoredEventDto], description: 'Newest accepted first' }) events!: StoredEventDto[];
}
