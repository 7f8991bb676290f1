import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { IsAddress, IsName, IsNewPassword, IsOneOf, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, ROLES, Trimmed } from './field-rules.js';

const trueOrFalse = { message: '$property must be true or false' };

export class NewPersonDto {
  @ApiProperty({ description: 'Unique, in upper or lower case', example: 'ada@example.com' })
  @Trimmed()
  @IsAddress()
  email!: string;

  @ApiProperty({ maxLength: 100, example: 'Ada Lovelace' })
  @Trimmed()
  @IsName()
  name!: string;

  @ApiProperty({ enum: ROLES, description: '`viewer` reads everything; `admin` also changes', example: 'viewer' })
  @IsOneOf(ROLES)
  role!: (typeof ROLES)[number];

  @ApiPropertyOptional({ description: 'Default: one is made, and told in the answer', minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH, example: 'staple for every page' })
  @IsOptional()
  @IsNewPassword()
  password?: string;
}

export class ChangePersonDto {
  @ApiPropertyOptional({ enum: ROLES, example: 'viewer' })
  @IsOptional()
  @IsOneOf(ROLES)
  role?: (typeof ROLES)[number];

  @ApiPropertyOptional({ type: Boolean, description: 'true ends all sessions, and no new one can begin', example: false })
  @IsOptional()
  @IsBoolean(trueOrFalse)
  disabled?: boolean;

  @ApiPropertyOptional({ type: Boolean, description: 'true makes a new password, told in the answer, and ends all sessions', example: false })
  @IsOptional()
  @IsBoolean(trueOrFalse)
  resetPassword?: boolean;
}

/** Somebody who may sign in. People see all projects. */
export class PersonDto {
  @ApiProperty({ example: 7 }) id!: number;
  @ApiProperty({ example: 'ada@example.com' }) email!: string;
  @ApiProperty({ example: 'Ada Lovelace' }) name!: string;
  @ApiProperty({ enum: ROLES, example: 'viewer' }) role!: (typeof ROLES)[number];
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) createdAt!: string;
  @ApiProperty({ type: String, nullable: true, example: '2026-01-31T12:00:00.000Z' }) lastSignInAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'null: may sign in', example: null }) disabledAt!: string | null;
}

export class PersonWithPasswordDto extends PersonDto {
  @ApiProperty({ type: String, nullable: true, description: 'One that was made just now, told this once; else null', example: 'k3vQ0b7Tz1yLw8Rn5u2M' })
  password!: string | null;
}
