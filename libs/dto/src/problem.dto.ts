import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Kinds of problems: what `type` of a problem ends with, by the status it comes with. */
export const PROBLEM_KINDS = {
  400: 'invalid-parameter',
  401: 'not-authenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'too-large',
  422: 'cannot-be-done',
  429: 'too-many-requests',
  500: 'internal',
  503: 'unavailable',
  504: 'too-slow',
} as const;

export const PROBLEM_TYPES = Object.values(PROBLEM_KINDS).map((kind) => `urn:analytics:problem:${kind}`);

/** The type of a problem that comes with a status; `about:blank` for one that says nothing more than its status. */
export const problemTypeOf = (status: number): string =>
  Object.hasOwn(PROBLEM_KINDS, status) ? `urn:analytics:problem:${PROBLEM_KINDS[status as keyof typeof PROBLEM_KINDS]}` : 'about:blank';

/** What is wrong with one parameter. */
export class ProblemErrorDto {
  @ApiProperty({ description: 'The parameter, or the part of it that is wrong', example: 'granularity' }) field!: string;
  @ApiProperty({
    description: 'As it was given, shortened; absent when the parameter is missing',
    required: false,
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'object' }, { type: 'array', items: {} }],
    nullable: true,
    example: '1ms',
  })
  value?: unknown;
  @ApiProperty({ example: 'granularity must be one of 10s, 1m, 5m, 15m, 1h, 1d' }) message!: string;
  @ApiPropertyOptional({ type: [String], description: 'The values that would do, where they can be listed', example: ['10s', '1m', '5m'] })
  allowed?: readonly string[];
}

/** Every error, as RFC 9457 has it; served as `application/problem+json`. */
export class ProblemDto {
  @ApiProperty({ description: 'The kind of problem', enum: [...PROBLEM_TYPES, 'about:blank'], example: PROBLEM_TYPES[0] }) type!: string;
  @ApiProperty({ example: 'Bad Request' }) title!: string;
  @ApiProperty({ example: 400 }) status!: number;
  @ApiProperty({ description: 'All that is wrong, for people', example: 'granularity must be one of 10s, 1m, 5m, 15m, 1h, 1d' }) detail!: string;
  @ApiPropertyOptional({ description: 'The path that was asked for', example: '/api/v1/timeseries' }) instance?: string;
  @ApiProperty({ type: [ProblemErrorDto], description: 'Each parameter that is wrong; empty when it is none' }) errors!: ProblemErrorDto[];
}
