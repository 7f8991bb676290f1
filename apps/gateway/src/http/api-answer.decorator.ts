import { ProblemDto, type ParameterFault } from '@analytics/dto';
import { applyDecorators, Header, HttpCode, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { NOT_SIGNED_IN } from '../access/access.guard.js';
import { problem, PROBLEM_JSON } from './problem.js';

export interface ApiAnswerOptions {
  summary: string;
  description?: string;
  type: Type | [Type];
  /** The answer to a query with parameters can also be 400 or 404. */
  takesQuery?: boolean;
  /** Everybody may ask, so there is no 401 and no 403. */
  open?: boolean;
}

export interface ApiChangeOptions {
  summary: string;
  description?: string;
  /** Of the answer; without it the answer is empty (204). */
  type?: Type;
  /** Default 200, or 204 without a type. */
  status?: number;
  open?: boolean;
  /** A sentence for each further way to fail. */
  failures?: Partial<Record<400 | 401 | 403 | 404 | 409, string>>;
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
const DATABASE_AWAY = 'the database does not answer at the moment; try again in a few seconds';

/** What every route can answer besides its own: one that is not open needs a session or a key, and all are limited. */
function doorAnswers(open: boolean, wanting: string): MethodDecorator[] {
  const limited = ApiProblem(429, 'more than 600 requests of this kind in a minute; try again in 7 s');
  if (open) return [limited];
  return [ApiCookieAuth('session'), ApiBearerAuth('key'), ApiProblem(401, NOT_SIGNED_IN), ApiProblem(403, wanting), limited];
}

/** Documents a GET route: what it answers, and each way it can fail. Answers are never cached, since they are of the moment. */
export function ApiAnswer({ summary, description, type, takesQuery = true, open = false }: ApiAnswerOptions): MethodDecorator {
  return applyDecorators(
    Header('cache-control', 'no-store'),
    ApiOperation({ summary, description }),
    ApiExtraModels(ProblemDto),
    ApiOkResponse({ type }),
    ...doorAnswers(open, 'this key is of project demo; leave project out, or use another key'),
    ApiProblem(503, DATABASE_AWAY),
    ...(takesQuery ? [ApiProblem(400, LIMIT.message, LIMIT), ApiProblem(404, 'project shop does not exist; there are demo, self')] : []),
  );
}

/** Documents a route that changes something: what it answers, and each way it can fail. */
export function ApiChange({ summary, description, type, status, open = false, failures = {} }: ApiChangeOptions): MethodDecorator {
  const code = status ?? (type ? 200 : 204);
  return applyDecorators(
    HttpCode(code),
    Header('cache-control', 'no-store'),
    ApiOperation({ summary, description }),
    ApiExtraModels(ProblemDto),
    ApiResponse({ status: code, type, description: '' }),
    ...doorAnswers(open, 'this needs the role admin; yours is viewer'),
    ...Object.entries(failures).map(([failure, words]) => ApiProblem(Number(failure), words)),
    ApiProblem(503, DATABASE_AWAY),
  );
}

/** Documents a POST route that changes something about a dead letter. */
export function ApiAction({ summary, description, type }: ApiAnswerOptions): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiOperation({ summary, description }),
    ApiOkResponse({ type }),
    ...doorAnswers(false, 'this needs the role admin; yours is viewer'),
    ApiProblem(400, LETTER_ID.message, LETTER_ID),
    ApiProblem(404, 'dead letter 17 does not exist'),
    ApiProblem(503, 'the stream-consumer does not answer at the moment'),
  );
}

/** Documents the `id` of a path. */
export const ApiLetterId = (): MethodDecorator => ApiParam({ name: 'id', type: 'integer', description: 'Id of a dead letter', example: 17 });
