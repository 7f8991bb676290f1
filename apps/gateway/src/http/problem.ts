import { STATUS_CODES } from 'node:http';
import { isNativeError } from 'node:util/types';
import type { ProblemDto } from '@analytics/dto';
import { HttpException } from '@nestjs/common';
import { describeDatabaseOutage } from '../queries/database-outage.js';

/** What a client is told about an error, or undefined when the error is a bug of ours, of which a client is told nothing. */
export function problemOf(error: unknown): ProblemDto | undefined {
  if (error instanceof HttpException) return problem(error.getStatus(), messagesOf(error));
  const outage = describeDatabaseOutage(error);
  if (outage !== undefined) return problem(503, [outage]);
  const status = clientErrorStatus(error);
  return status === undefined ? undefined : problem(status, [(error as Error).message]);
}

/** What a client is told when the cause is a bug of ours. */
export const internalProblem = (): ProblemDto => problem(500, ['something went wrong inside the gateway; its log tells more']);

export function problem(statusCode: number, message: string[]): ProblemDto {
  return { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message };
}

function messagesOf(error: HttpException): string[] {
  const response = error.getResponse();
  const message = typeof response === 'object' && 'message' in response ? response.message : response;
  return Array.isArray(message) ? message.map(String) : [String(message)];
}

/** Express and its parsers mark errors of the client, such as a path with a broken percent-encoding, by a status below 500. */
function clientErrorStatus(error: unknown): number | undefined {
  const status = isNativeError(error) && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
