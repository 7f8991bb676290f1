import { STATUS_CODES } from 'node:http';
import { isNativeError } from 'node:util/types';
import { problemTypeOf, type ParameterFault, type ProblemDto, type ProblemErrorDto } from '@analytics/dto';
import { HttpException } from '@nestjs/common';
import { describeDatabaseOutage } from '../queries/database-outage.js';

/** The media type of RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json';

/** No more of a wrong value is repeated to the one who sent it. */
const VALUE_SHOWN = 200;

/** What went wrong, in sentences. */
export interface Failure {
  status: number;
  messages: string[];
  /** Each parameter that is at fault. */
  errors?: readonly ParameterFault[];
}

/** What a client is told about an error, or undefined when the error is a bug of ours, of which a client is told nothing. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof HttpException) return { status: error.getStatus(), messages: messagesOf(error), errors: errorsOf(error) };
  const outage = describeDatabaseOutage(error);
  if (outage !== undefined) return { status: 503, messages: [outage] };
  const status = clientErrorStatus(error);
  return status === undefined ? undefined : { status, messages: [(error as Error).message] };
}

/** What a client is told when the cause is a bug of ours. */
export const internalFailure = (): Failure => ({ status: 500, messages: ['something went wrong inside the gateway; its log tells more'] });

/** @param instance the path that was asked for. */
export function problem({ status, messages, errors = [] }: Failure, instance?: string): ProblemDto {
  return {
    type: problemTypeOf(status),
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: messages.join('; '),
    ...(instance === undefined ? {} : { instance }),
    errors: errors.map(({ field, value, message, allowed }): ProblemErrorDto => ({ field, value: shown(value), message, allowed })),
  };
}

function messagesOf(error: HttpException): string[] {
  const response = error.getResponse();
  const message = typeof response === 'object' && 'message' in response ? response.message : response;
  return Array.isArray(message) ? message.map(String) : [String(message)];
}

/** Those that `refusal` names. */
function errorsOf(error: HttpException): readonly ParameterFault[] {
  const response = error.getResponse();
  return typeof response === 'object' && 'errors' in response ? (response.errors as readonly ParameterFault[]) : [];
}

/** The value itself when it is short, else the beginning of it as text. */
function shown(value: unknown): unknown {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= VALUE_SHOWN ? value : `${text.slice(0, VALUE_SHOWN)}…`;
}

/** Express and its parsers mark errors of the client, such as a path with a broken percent-encoding, by a status below 500. */
function clientErrorStatus(error: unknown): number | undefined {
  const status = isNativeError(error) && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
