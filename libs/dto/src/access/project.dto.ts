import { ApiProperty } from '@nestjs/swagger';
import { IsName, IsProjectIdField, Trimmed } from './field-rules.js';

export class RenameProjectDto {
  @ApiProperty({ description: 'For people', maxLength: 100, example: 'Demo shop' })
  @Trimmed()
  @IsName()
  name!: string;
}

export class NewProjectDto extends RenameProjectDto {
  @ApiProperty({ description: 'Part of every event and every address; it cannot be changed', pattern: '^[a-z][a-z0-9-]{0,62}$', example: 'shop' })
  @IsProjectIdField()
  id!: string;
}
