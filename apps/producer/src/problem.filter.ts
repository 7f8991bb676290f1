import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { problem, sendReply } from './http.reply.js';

/** Gives what Nest itself refuses (an unknown path, a malformed address) the shape of all refusals. A bug is logged and told without its stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const res = host.switchToHttp().getResponse<Response>();
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status >= 500 && !(error instanceof HttpException)) this.logger.error(error);
    if (res.headersSent) res.destroy();
    else sendReply(res, status === 500 ? problem(500, 'this is a fault of the server; it is in its log') : httpProblem(status, error as HttpException));
  }
}

// Terminus puts its report into the exception of /ready: that is the answer, not a message about one.
function httpProblem(status: number, error: HttpException) {
  const report = error.getResponse();
  return typeof report === 'object' && 'details' in report ? { status, body: report } : problem(status, error.message);
}
