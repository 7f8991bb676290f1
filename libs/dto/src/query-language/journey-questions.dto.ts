import { ApiProperty, ApiPropertyOptional, IntersectionType, PickType } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ToInteger, wholeNumber } from '../query.dto.js';
import { filterFault, type Filter } from './filters.js';
import { allowing, Explained, FromJson, type ParameterFault } from './parameters.js';
import { EventSetDto, PlannedQuestionDto } from './questions.dto.js';

const STEPS = { least: 2, most: 8 } as const;
const LONGEST_TEXT = 1024;
const LONGEST_NAME = 100;
const LONGEST_WINDOW_MS = 90 * 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WINDOW = /^([1-9]\d{0,6})([smhd])$/;

export const ENTITY_KINDS = ['user', 'session'] as const;
export type EntityKindName = (typeof ENTITY_KINDS)[number];
export const RETENTION_INTERVALS = ['day', 'week'] as const;
export type RetentionInterval = (typeof RETENTION_INTERVALS)[number];
export const PATH_DIRECTIONS = ['next', 'previous'] as const;
export type PathDirection = (typeof PATH_DIRECTIONS)[number];

const oneOf = (values: readonly string[]) => ({ message: `$property must be one of ${values.join(', ')}`, ...allowing(values) });

/** A step of a funnel. */
export interface FunnelStepQuestion {
  /** Which events fulfil it; left out: all. */
  filters?: Filter | Filter[];
  /** What it is called in the answer; default: `Step 1` and so on. */
  name?: string;
}

/** The length of a window such as `30m`, ms; undefined: it is none, or longer than 90 days. */
export function windowMs(text: unknown): number | undefined {
  const [, count, unit = ''] = typeof text === 'string' ? (WINDOW.exec(text) ?? []) : [];
  const length = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  return length <= LONGEST_WINDOW_MS ? length : undefined;
}

function stepsFault(value: unknown): ParameterFault | undefined {
  if (!Array.isArray(value) || value.length < STEPS.least || value.length > STEPS.most)
    return {
      field: 'steps',
      value,
      message: `steps must be a JSON array of ${STEPS.least} to ${STEPS.most} steps such as {"name":"Cart","filters":{"field":"page_path","op":"is","value":"/cart"}}`,
    };
  return value.map((step, index) => stepFault(step, `steps[${index}]`)).find((fault) => fault !== undefined);
}

function stepFault(step: unknown, path: string): ParameterFault | undefined {
  if (typeof step !== 'object' || step === null || Array.isArray(step))
    return { field: path, value: step, message: `${path} must be an object with filters and, if you like, a name` };
  const unknown = Object.keys(step).find((key) => key !== 'filters' && key !== 'name');
  const allowed = ['filters', 'name'];
  if (unknown !== undefined) return { field: path, value: unknown, message: `${path} has a key that no step has; there are filters, name`, allowed };
  const { filters, name } = step as Record<string, unknown>;
  if (name !== undefined && !isText(name, LONGEST_NAME))
    return { field: `${path}.name`, value: name, message: `${path}.name must be a text of 1 to ${LONGEST_NAME} characters` };
  const fault = filters === undefined ? undefined : filterFault(filters);
  return fault && { ...fault, field: `${path}.${fault.field}`, message: `${path}.${fault.message}` };
}

const isText = (value: unknown, longest: number): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= longest && !value.includes('\0');

/** What every question about ways has. */
class JourneyQuestionDto extends IntersectionType(EventSetDto, PickType(PlannedQuestionDto, ['explain'] as const)) {}

/** Follows users or sessions. */
class EntityQuestionDto extends JourneyQuestionDto {
  @ApiPropertyOptional({ description: 'What is followed and counted; events without a session are left out when it is sessions', enum: ENTITY_KINDS, default: 'user' })
  @IsIn(ENTITY_KINDS, oneOf(ENTITY_KINDS))
  by: EntityKindName = 'user';
}

export class FunnelQuestionDto extends EntityQuestionDto {
  @ApiProperty({
    type: String,
    description:
      `${STEPS.least} to ${STEPS.most} steps, as a JSON array of \`{ "filters", "name" }\`; filters as those of \`filters\`, which every step must ` +
      'fulfil as well. Each step takes the first event after the one of the step before that fulfils it. The first one lies in the range, later ' +
      'ones may lie after its end. Of several attempts of a user (or session) the one counts that gets furthest, of equal ones the earliest',
    example:
      '[{"name":"Cart","filters":{"field":"page_path","op":"is","value":"/cart"}},{"name":"Order","filters":{"field":"type","op":"is","value":"purchase"}}]',
  })
  @FromJson()
  @Explained('isSteps', stepsFault)
  steps!: FunnelStepQuestion[];

  @ApiPropertyOptional({
    description: 'From the first step to the last one at most: a number and s, m, h or d; at most 90d',
    default: '1h',
    example: '1h',
  })
  @Explained('isWindow', (value, field) =>
    windowMs(value) === undefined ? { field, value, message: `${field} must be a length of time from 1s to 90d, such as 90s, 30m, 6h or 7d` } : undefined,
  )
  window: string = '1h';
}

export class RetentionQuestionDto extends EntityQuestionDto {
  @ApiPropertyOptional({
    type: String,
    description: 'Which events make a user a member of the cohort of their day or week, in the form of `filters`; default: all',
    example: '{"field":"type","op":"is","value":"signed_up"}',
  })
  @IsOptional()
  @FromJson()
  @Explained('isFilter', (value, field) => renamed(field, filterFault(value)))
  start?: Filter | Filter[];

  @ApiPropertyOptional({ type: String, description: 'Which events count as a return, in the form of `filters`; default: all', example: '{"field":"type","op":"is","value":"page_view"}' })
  @IsOptional()
  @FromJson()
  @Explained('isFilter', (value, field) => renamed(field, filterFault(value)))
  return?: Filter | Filter[];

  @ApiPropertyOptional({ description: 'Length of a cohort and of a period, by the calendar of the zone', enum: RETENTION_INTERVALS, default: 'day' })
  @IsIn(RETENTION_INTERVALS, oneOf(RETENTION_INTERVALS))
  interval: RetentionInterval = 'day';
}

/** What is wrong with a filter is told of `filters`, wherever it is given. */
const renamed = (field: string, fault: ParameterFault | undefined): ParameterFault | undefined =>
  fault && { ...fault, field: fault.field.replace(/^filters/, field), message: fault.message.replace(/^filters/, field) };

export class PathsQuestionDto extends JourneyQuestionDto {
  @ApiProperty({ type: String, description: 'Path of the page from which, or to which, the ways are looked at', example: '/cart' })
  @Explained('isPage', (value, field) =>
    isText(value, LONGEST_TEXT) ? undefined : { field, value, message: `${field} must be the path of a page, such as /cart; at most ${LONGEST_TEXT} characters` },
  )
  anchor!: string;

  @ApiPropertyOptional({ description: 'Pages after the anchor, or before it', enum: PATH_DIRECTIONS, default: 'next' })
  @IsIn(PATH_DIRECTIONS, oneOf(PATH_DIRECTIONS))
  direction: PathDirection = 'next';

  @ApiPropertyOptional({ type: 'integer', description: 'Pages away from the anchor at most', minimum: 1, maximum: 4, default: 3, example: 3 })
  @ToInteger()
  @IsInt(wholeNumber(1, 4))
  @Min(1, wholeNumber(1, 4))
  @Max(4, wholeNumber(1, 4))
  depth: number = 3;

  @ApiPropertyOptional({ type: 'integer', description: 'Pages of a step that are told apart', minimum: 1, maximum: 50, default: 5, example: 5 })
  @ToInteger()
  @IsInt(wholeNumber(1, 50))
  @Min(1, wholeNumber(1, 50))
  @Max(50, wholeNumber(1, 50))
  limit: number = 5;
}
