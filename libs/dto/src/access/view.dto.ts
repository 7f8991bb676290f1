import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { filterFault } from '../query-language/filters.js';
import { Explained, type ParameterFault } from '../query-language/parameters.js';
import { IsName, IsOneOf, SHARED_PAGES, Trimmed, VIEW_PAGES } from './field-rules.js';

export type ViewPage = (typeof VIEW_PAGES)[number];
export type SharedPage = (typeof SHARED_PAGES)[number];

const LONGEST_SEARCH = 4096;
const SEARCH = `search must be a JSON object of at most ${LONGEST_SEARCH} characters: the search of the page's address`;
const EXAMPLE = '{"period":"7d","filters":[{"field":"country","op":"is","value":"CH"}]}';

/** Shown as an object in answers. */
export const SEARCH_SHOWN = { type: 'object', additionalProperties: true, example: JSON.parse(EXAMPLE) as unknown } as const;

/** JSON of an object whose `filters`, if there are any, could be asked. */
function searchFault(value: unknown, field: string): ParameterFault | undefined {
  const wrong = { field, value, message: SEARCH };
  if (typeof value !== 'string' || value.length > LONGEST_SEARCH) return wrong;
  const search = parsed(value);
  // Written anew it may be longer: 1e20 has 21 digits.
  if (!search || JSON.stringify(search).length > LONGEST_SEARCH) return wrong;
  const { filters } = search;
  if (filters === undefined) return undefined;
  if (!Array.isArray(filters)) return { field: `${field}.filters`, value: filters, message: `${field}.filters must be an array of filters` };
  const fault = filterFault(filters);
  return fault && { ...fault, field: `${field}.${fault.field}`, message: `${field}.${fault.message}` };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export const IsSearch = (): PropertyDecorator => Explained('isSearch', searchFault);

/** The address of a view. */
export const SEARCH_SENT = {
  description: "The search of the page's address as JSON, an object; relative periods stay relative. `project` is left out: the view is of one",
  maxLength: LONGEST_SEARCH,
  example: EXAMPLE,
} as const;

export class NewViewDto {
  @ApiProperty({ maxLength: 100, example: 'Swiss traffic, last week' })
  @Trimmed()
  @IsName()
  name!: string;

  @ApiProperty({ enum: VIEW_PAGES, example: 'overview' })
  @IsOneOf(VIEW_PAGES)
  page!: ViewPage;

  @ApiProperty(SEARCH_SENT)
  @IsSearch()
  search!: string;

  @ApiPropertyOptional({ type: Boolean, description: 'Whether all people see it, or only its owner', default: false, example: true })
  @IsBoolean({ message: 'forEveryone must be true or false' })
  forEveryone: boolean = false;
}

export class ChangeViewDto {
  @ApiPropertyOptional({ maxLength: 100, example: 'Swiss traffic' })
  @IsOptional()
  @Trimmed()
  @IsName()
  name?: string;

  @ApiPropertyOptional({ enum: VIEW_PAGES, example: 'overview' })
  @IsOptional()
  @IsOneOf(VIEW_PAGES)
  page?: ViewPage;

  @ApiPropertyOptional(SEARCH_SENT)
  @IsOptional()
  @IsSearch()
  search?: string;

  @ApiPropertyOptional({ type: Boolean, example: false })
  @IsOptional()
  @IsBoolean({ message: 'forEveryone must be true or false' })
  forEveryone?: boolean;
}

export class SavedViewDto {
  @ApiProperty({ example: 7 }) id!: number;
  @ApiProperty({ example: 'demo' }) project!: string;
  @ApiProperty({ example: 'Swiss traffic, last week' }) name!: string;
  @ApiProperty({ enum: VIEW_PAGES, example: 'overview' }) page!: ViewPage;
  @ApiProperty(SEARCH_SHOWN) search!: Record<string, unknown>;
  @ApiProperty({ description: 'false: only its owner sees it', example: true }) forEveryone!: boolean;
  @ApiProperty({ description: 'Name of the person who made it', example: 'Ada Lovelace' }) owner!: string;
  @ApiProperty({ description: 'Whether the caller may change and share it: its owner, or an administrator', example: true }) mayChange!: boolean;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) createdAt!: string;
  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' }) updatedAt!: string;
}

/** What a shared link shows. */
export class SharedViewDto {
  @ApiProperty({ enum: SHARED_PAGES, example: 'overview' }) page!: SharedPage;
  @ApiProperty(SEARCH_SHOWN) search!: Record<string, unknown>;
}
