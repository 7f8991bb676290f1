import { createParamDecorator, HttpException, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';

/** What nginx calls "client closed request"; nobody receives it. */
const CLIENT_GONE = 499;

/** A parameter that is the signal of the client's having gone: work for it may be given up. */
export const ClientGone = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const gone = new AbortController();
  // It closes after an answer as well, when nothing listens any more.
  context.switchToHttp().getResponse<Response>().once('close', () => gone.abort(new HttpException('the client has gone', CLIENT_GONE)));
  return gone.signal;
});
