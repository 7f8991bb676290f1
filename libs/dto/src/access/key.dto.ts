import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import { IsName, IsOneOf, KEY_SCOPES, Trimmed } from './field-rules.js';

export class NewKeyDto {
  @ApiProperty({ enum: KEY_SCOPES, description: '`ingest` sends events, `read` asks, `admin` also changes', example: 'read' })
  @IsOneOf(KEY_SCOPES)
  scope!: (typeof KEY_SCOPES)[number];

  @ApiProperty({ description: 'For people, to tell keys apart', maxLength: 100, example: 'Grafana' })
  @Trimmed()
  @IsName()
  name!: string;

  @ApiPropertyOptional({ type: String, description: 'From then on it is refused, ISO 8601 with a zone; default: never', example: '2099-01-31T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  expiresAt?: string;
}

/** What is kept of a key; the key itself is not. */
export class KeyDto {
  @ApiProperty({ example: 'a17' }) id!: string;
  @ApiProperty({ enum: KEY_SCOPES, example: 'read' }) scope!: (typeof KEY_SCOPES)[number];
  @ApiProperty({ type: String, nullable: true, description: 'null: all projects', example: 'demo' }) project!: string | null;
  @ApiProperty({ example: 'Grafana' }) name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Its beginning, to recognize it by', example: 'ak_1aB2c' }) prefix!: string | null;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) createdAt!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Who made it', example: 'admin@localhost' }) createdBy!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Exact to a minute', example: '2026-01-31T12:00:00.000Z' }) lastUsedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) expiresAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) revokedAt!: string | null;
}

export class CreatedKeyDto extends KeyDto {
  @ApiProperty({ description: 'Told this once', example: 'ak_1aB2c3D4e5F6g7H8i9J0k1L2m3N4o5P6' }) key!: string;
}
