import { ApiProperty } from '@nestjs/swagger';
import { ProjectDto } from '../pipeline.dto.js';
import { SharedViewDto } from './view.dto.js';
import { IsAddress, IsAnyPassword, IsNewPassword, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, ROLES, Trimmed } from './field-rules.js';

export class SignInDto {
  @ApiProperty({ example: 'admin@localhost' })
  @Trimmed()
  @IsAddress()
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: MAX_PASSWORD_LENGTH, example: 'correct horse battery' })
  @IsAnyPassword()
  password!: string;
}

export class ChangePasswordDto {
  @ApiProperty({ minLength: 1, maxLength: MAX_PASSWORD_LENGTH, example: 'correct horse battery' })
  @IsAnyPassword()
  currentPassword!: string;

  @ApiProperty({ minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH, example: 'staple for every page' })
  @IsNewPassword()
  newPassword!: string;
}

/** Who asks, by a session, a key or a shared link. */
export class SessionDto {
  @ApiProperty({ enum: ['person', 'key', 'link'], example: 'person' }) kind!: 'person' | 'key' | 'link';
  @ApiProperty({ description: "Of the person, the key or the link", example: 'Administrator' }) name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: no person', example: 'admin@localhost' }) email!: string | null;
  @ApiProperty({ enum: ROLES, description: '`viewer` reads, `admin` changes too; keys of scope `read` and links are viewers', example: 'admin' })
  role!: 'viewer' | 'admin';
  @ApiProperty({ type: String, nullable: true, description: 'The one project that a key or link is bound to; null: all', example: null })
  project!: string | null;
  @ApiProperty({ type: [ProjectDto], description: 'The projects that may be seen' }) projects!: ProjectDto[];
  @ApiProperty({ type: SharedViewDto, nullable: true, description: 'What a link shows; null: no link', example: null })
  shared!: SharedViewDto | null;
}

/** A person who is signed in, in one browser. */
export class OpenSessionDto {
  @ApiProperty({ description: 'Tells sessions apart, and opens nothing', example: '9f86d081884c7d65' }) id!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) createdAt!: string;
  @ApiProperty({ description: 'Exact to a minute', example: '2026-01-31T12:00:00.000Z' }) lastSeenAt!: string;
  @ApiProperty({ description: 'As the browser names itself', example: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' }) userAgent!: string;
  @ApiProperty({ description: 'Whether it is the one that asks', example: true }) current!: boolean;
}
