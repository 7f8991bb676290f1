import { ProblemDto } from '@analytics/dto';
import { applyDecorators, Header, HttpCode, UseGuards, type Type } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiServiceUnavailableResponse,
} from '@nestjs/swagger';
import { problem } from './problem.js';
import { TrustedPagesGuard } from './trusted-pages.guard.js';

export interface ApiAnswerOptions {
  summary: string;
  description?: string;
  type: Type | [Type];
  /** The answer to a query with parameters can also be 400 or 404. */
  takesQuery?: boolean;
}

const example = (statusCode: number, message: string) => ({
  type: ProblemDto,
  description: message,
  example: problem(statusCode, [message]),
});

/** Documents a GET route: what it answers, and each way it can fail. Answers are never cached, since they are of the moment. */
export function ApiAnswer({ summary, description, type, takesQuery = true }: ApiAnswerOptions): MethodDecorator {
  return applyDecorators(
    Header('cache-control', 'no-store'),
    ApiOperation({ summary, description }),
    ApiOkResponse({ type }),
    ApiServiceUnavailableResponse(example(503, 'the database does not answer at the moment; try again in a few seconds')),
    ...(takesQuery
      ? [
          ApiBadRequestResponse(example(400, 'limit must be a whole number from 1 to 100')),
          ApiNotFoundResponse(example(404, 'project shop does not exist; there are demo, self')),
        ]
      : []),
  );
}

/** Documents and guards a POST route that changes something about a dead letter. */
export function ApiAction({ summary, description, type }: ApiAnswerOptions): MethodDecorator {
  return applyDecorators(
    UseGuards(TrustedPagesGuard),
    HttpCode(200),
    ApiOperation({ summary, description }),
    ApiOkResponse({ type }),
    ApiBadRequestResponse(example(400, 'id must be the id of a dead letter, a whole number from 1')),
    ApiForbiddenResponse(example(403, 'pages of this origin may not change anything here')),
    ApiNotFoundResponse(example(404, 'dead letter 17 does not exist')),
    ApiServiceUnavailableResponse(example(503, 'the stream-consumer does not answer at the moment')),
  );
}

/** Documents the `id` of a path. */
export const ApiLetterId = (): MethodDecorator => ApiParam({ name: 'id', type: 'integer', description: 'Id of a dead letter', example: 17 });
