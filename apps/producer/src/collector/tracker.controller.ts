import { Controller, Get, Inject, Logger, Res } from '@nestjs/common';
import type { Response } from 'express';
import { problem, sendReply } from '../http.reply.js';

/** Injection token of the path of the built tracker. */
export const TRACKER_FILE = Symbol('TRACKER_FILE');

/** `GET /tracker.js`: the browser tracker, for pages of any origin. */
@Controller()
export class TrackerController {
  private readonly logger = new Logger(TrackerController.name);

  constructor(@Inject(TRACKER_FILE) private readonly file: string) {}

  @Get('tracker.js')
  tracker(@Res() res: Response): void {
    res.setHeader('cross-origin-resource-policy', 'cross-origin');
    res.setHeader('x-content-type-options', 'nosniff');
    // `dotfiles` also means folders on the way to the file, such as ~/.cache.
    res.sendFile(this.file, { maxAge: '1h', dotfiles: 'allow' }, (error) => {
      if (!error || res.headersSent) return;
      this.logger.error(`the tracker cannot be read (${error.message}); build it with: npx nx build tracker`);
      res.removeHeader('cache-control');
      sendReply(res, problem(503, 'the tracker is not built'));
    });
  }
}
