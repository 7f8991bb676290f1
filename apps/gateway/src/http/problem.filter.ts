import { Catch, HttpException, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { failureOf, internalFailure, problem, PROBLEM_JSON, type Failure } from './problem.js';

/** Every error leaves as a problem document (RFC 9457); the cause of a 500 goes to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('gateway');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const request = host.switchToHttp().getRequest<Request>();
    if (response.headersSent) return void response.end();
    if (isHealthReport(error)) return void response.status(error.getStatus()).json(error.getResponse());
    const failure = isUnknownRoute(error)
      ? { status: 404, messages: [`there is no ${request.method} ${request.path}; see /api/docs`] }
      : (failureOf(error) ?? this.internal(error, request));
    response.status(failure.status).type(PROBLEM_JSON).json(problem(failure, request.path));
  }

  private internal(error: unknown, request: Request): Failure {
    this.logger.error(`${request.method} ${request.path} failed`, error);
    return internalFailure();
  }
}

/** Nest's own words for a route that does not exist; ours have a list of messages. */
const isUnknownRoute = (error: unknown): boolean =>
  error instanceof NotFoundException && typeof (error.getResponse() as { message?: unknown }).message === 'string';

/** The answer of `/ready` names each check that failed; it is a report, not a problem. */
function isHealthReport(error: unknown): error is HttpException {
  if (!(error instanceof HttpException)) return false;
  const response = error.getResponse();
  return typeof response === 'object' && 'details' in response;
}
