import { ProblemDto } from '@analytics/dto';
import { applyDecorators, Header, type Type } from '@nestjs/common';
import { ApiBadRequestResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { problem } from './problem.js';

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
