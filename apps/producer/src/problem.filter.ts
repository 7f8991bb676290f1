import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { problem, sendReply, type HttpReply } from './http.reply.js';

/**
 * Gives what Nest itself refuses (an unknown path, an unready service) the shape of all refusals.
 * A bug is logged, and told without its stack.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const res = host.switchToHttp().getResponse<Response>();
    if (!(error instanceof HttpException)) this.logger.error(error);
    if (res.headersSent) res.destroy();
    else sendReply(res, error instanceof HttpException ? refusal(error) : problem(500, 'this is a fault of the server; its log says more'));
  }
}

function refusal(error: HttpException): HttpReply {
  const answer = error.getResponse();
  // Terminus carries its whole report in the exception of /ready.
  if (typeof answer === 'object' && 'details' in answer) return { status: error.getStatus(), body: answer };
  return problem(error.getStatus(), error.message);
}
