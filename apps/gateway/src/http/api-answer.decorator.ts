import { ProblemDto, type ParameterFault } from '@analytics/dto';
import { applyDecorators, Header, HttpCode, UseGuards, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problem, PROBLEM_JSON } from './problem.js';
import { TrustedPagesGuard } from './trusted-pages.guard.js';

export interface ApiAnswerOptions {
  summary: string;
  description?: string;
  type: Type | [Type];
  /** The answer to a query with parameters can also be 400 or 404. */
  takesQuery?: boolean;
}

/** Documents a way to fail, by an example. */
export const ApiProblem = (status: number, message: string, ...errors: ParameterFault[]) =>
  ApiResponse({
    status,
    description: message,
    content: { [PROBLEM_JSON]: { schema: { $ref: getSchemaPath(ProblemDto) }, example: problem({ status, messages: [message], errors }) } },
  });

const LIMIT = { field: 'limit', value: '0', message: 'limit must be a whole number from 1 to 100' };
const LETTER_ID = { field: 'id', value: 'x', message: 'id must be the id of a dead letter, a whole number from 1' };

/** Documents a GET route: what it answers, and each way it can fail. Answers are never cached, since they are of the moment. */
export function ApiAnswer({ summary, description, type, takesQuery = true }: ApiAnswerOptions): MethodDecorator {
  return applyDecorators(
    Header('cache-control', 'no-store'),
    ApiOperation({ summary, description }),
    ApiExtraModels(ProblemDto),
    ApiOkResponse({ type }),
    ApiProblem(503, 'the database does not answer at the moment; try again in a few seconds'),
    ...(takesQuery ? [ApiProblem(400, LIMIT.message, LIMIT), ApiProblem(404, 'project shop does not exist; there are demo, self')] : []),
  );
}

/** Documents and guards a POST route that changes something about a dead letter. */
export function ApiAction({ summary, description, type }: ApiAnswerOptions): MethodDecorator {
  return applyDecorators(
    UseGuards(TrustedPagesGuard),
    HttpCode(200),
    ApiOperation({ summary, description }),
    ApiOkResponse({ type }),
    ApiProblem(400, LETTER_ID.message, LETTER_ID),
    ApiProblem(403, 'pages of this origin may not change anything here'),
    ApiProblem(404, 'dead letter 17 does not exist'),
    ApiProblem(503, 'the stream-consumer does not answer at the moment'),
  );
}

/** Documents the `id` of a path. */
export const ApiLetterId = (): MethodDecorator => ApiParam({ name: 'id', type: 'integer', description: 'Id of a dead letter', example: 17 });
