import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import { IsName, IsOneOf, SHARED_PAGES, Trimmed } from './field-rules.js';
import { IsSearch, SEARCH_SENT, SharedViewDto, type SharedPage } from './view.dto.js';

/** A link to a view that is saved already. */
export class NewViewLinkDto {
  @ApiPropertyOptional({ type: String, description: 'From then on it opens nothing, ISO 8601 with a zone; default: never', example: '2099-01-31T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  expiresAt?: string;
}

/** A link to any address. */
export class NewLinkDto extends NewViewLinkDto {
  @ApiProperty({ description: 'Told to who opens it', maxLength: 100, example: 'Swiss traffic' })
  @Trimmed()
  @IsName()
  name!: string;

  @ApiProperty({ enum: SHARED_PAGES, description: 'Pages that show single events or users cannot be shared', example: 'overview' })
  @IsOneOf(SHARED_PAGES)
  page!: SharedPage;

  @ApiProperty(SEARCH_SENT)
  @IsSearch()
  search!: string;
}

/** What is kept of a shared link; its token is not. */
export class LinkDto extends SharedViewDto {
  @ApiProperty({ example: 21 }) id!: number;
  @ApiProperty({ example: 'demo' }) project!: string;
  @ApiProperty({ example: 'Swiss traffic' }) name!: string;
  @ApiProperty({ description: "Its token's beginning, to recognize it by", example: 'vk_1aB2c' }) prefix!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) createdAt!: string;
  @ApiProperty({ description: 'Who made it', example: 'ada@example.com' }) createdBy!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Exact to a minute', example: '2026-01-31T12:00:00.000Z' }) lastUsedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) expiresAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) revokedAt!: string | null;
}

export class CreatedLinkDto extends LinkDto {
  @ApiProperty({ description: 'Told this once. The link is the address of the dashboard, `/shared#` and this', example: 'vk_1aB2c3D4e5F6g7H8i9J0k1L2m3N4o5P6' })
  token!: string;
}
