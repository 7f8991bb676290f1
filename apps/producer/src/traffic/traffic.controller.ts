import { Controller, Get, Patch, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readBodyText } from '../collector/request-body.reader.js';
import { problem, sendReply, type HttpReply } from '../http.reply.js';
import { trafficChangeSchema } from './traffic-change.schema.js';
import { TrafficSource, type TrafficStatus } from './traffic.source.js';

const MAX_CHANGE_BYTES = 4096;

/** `/v1/traffic`: sees and steers the synthetic traffic while it runs. */
@Controller('v1/traffic')
export class TrafficController {
  constructor(private readonly traffic: TrafficSource) {}

  @Get()
  status(): TrafficStatus {
    return this.traffic.describe();
  }

  @Patch()
  async change(@Req() req: Request, @Res() res: Response): Promise<void> {
    const body = await readBodyText(req, MAX_CHANGE_BYTES);
    sendReply(res, body.ok ? this.apply(body.text) : problem(body.status, body.message));
  }

  private apply(text: string): HttpReply {
    let input: unknown;
    try {
      input = JSON.parse(text);
    } catch (error) {
      return problem(400, `the body is not valid JSON: ${(error as SyntaxError).message}`);
    }
    const parsed = trafficChangeSchema.safeParse(input);
    if (!parsed.success) {
      const messages = parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`);
      return problem(400, messages.join('; '));
    }
    const result = this.traffic.change(parsed.data);
    return result.ok ? { status: 200, body: result.status } : problem(400, result.message);
  }
}
