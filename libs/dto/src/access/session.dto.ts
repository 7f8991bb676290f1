import { ApiProperty } from '@nestjs/swagger';
import { ProjectDto } from '../pipeline.dto.js';
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

/** Who asks, by a session or a key. */
export class SessionDto {
  @ApiProperty({ enum: ['person', 'key'], example: 'person' }) kind!: 'person' | 'key';
  @ApiProperty({ description: "Of the person, or the key's", example: 'Administrator' }) name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: a key', example: 'admin@localhost' }) email!: string | null;
  @ApiProperty({ enum: ROLES, description: '`viewer` reads, `admin` changes too; keys of scope `read` are viewers', example: 'admin' })
  role!: 'viewer' | 'admin';
  @ApiProperty({ type: String, nullable: true, description: 'The one project that a key is bound to; null: all', example: null })
  project!: string | null;
  @ApiProperty({ type: [ProjectDto], description: 'The projects that may be seen' }) projects!: ProjectDto[];
}
