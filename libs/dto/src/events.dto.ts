import { ApiProperty } from '@nestjs/swagger';

export class StoredEventDto {
  @ApiProperty({ example: '0190f3a2-0000-7000-8000-00000000abcd' }) eventId!: string;
  @ApiProperty({ description: 'When it happened', example: '2026-01-31T11:59:59.950Z' }) timestamp!: string;
  @ApiProperty({ description: 'When the collector accepted it', example: '2026-01-31T12:00:00.000Z' }) receivedAt!: string;
  @ApiProperty({ example: 'page_view' }) eventType!: string;
  @ApiProperty({ example: 'user_042' }) userId!: string;
  @ApiProperty({ type: Object, description: 'As sent', additionalProperties: true, example: { page_url: 'https://shop.example/' } })
  properties!: Record<string, unknown>;
  @ApiProperty({ type: String, nullable: true, example: '/products/42' }) pagePath!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Firefox' }) browser!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Linux' }) os!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'desktop' }) device!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'CH' }) country!: string | null;
}

export class RecentEventsDto {
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) asOf!: string;
  @ApiProperty({ type: [StoredEventDto], description: 'Newest accepted first' }) events!: StoredEventDto[];
}
