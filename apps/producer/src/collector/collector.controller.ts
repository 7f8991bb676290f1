import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerContext } from '@analytics/events';
import { All, Controller, Post, Req, Res } from '@nestjs/common';
import { AdmissionGate } from '../admission/admission.gate.js';
import { problem, sendReply, type HttpReply } from '../http.reply.js';
import { ANY_ORIGIN } from './any-origin.middleware.js';
import { ClientContextReader } from './client-context.reader.js';
import { parseEventBody } from './event-body.parser.js';
import { EventCollector, type Acknowledgement, type CollectorAnswer } from './event.collector.js';
import { readBodyText } from './request-body.reader.js';
import { WriteKeyDirectory } from './write-key.directory.js';

/** The most bytes of one request's body, on the wire and after inflation. */
export const MAX_BODY_BYTES = 1_048_576;

const RETRY_LATER = { 'retry-after': '2' };
const HOW_TO_AUTHENTICATE = 'send the header "Authorization: Bearer <write key>", or ?key=<write key> in the address';

/**
 * `POST /v1/events`. It answers by hand instead of by Nest's pipes and interceptors: the key is checked before the body is
 * read, and the way of a single event stays short.
 */
@Controller('v1/events')
export class CollectorController {
  constructor(
    private readonly collector: EventCollector,
    private readonly keys: WriteKeyDirectory,
    private readonly clients: ClientContextReader,
    private readonly admission: AdmissionGate,
  ) {}

  /** It asks nothing of the framework, so that the server may call it without one: see producer.app.ts. */
  @Post()
  async post(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    const reply = await this.take(req);
    // A kept-alive connection would hold the closing server open.
    const connection = this.collector.stopped ? { connection: 'close' } : undefined;
    sendReply(res, { ...reply, headers: { ...ANY_ORIGIN, ...reply.headers, ...connection } });
  }

  @All()
  other(@Req() req: IncomingMessage, @Res() res: ServerResponse): void {
    const hint = `${req.method} is not taken here; send events with POST, and read them at the gateway (/api/v1/events/recent)`;
    sendReply(res, problem(405, hint, { allow: 'POST, OPTIONS' }));
  }

  private async take(req: IncomingMessage): Promise<HttpReply> {
    const query = queryOf(req);
    const key = writeKeyOf(req, query);
    if (key === undefined) return unauthorized(`there is no write key; ${HOW_TO_AUTHENTICATE}`);
    const project = await this.keys.lookup(key);
    if (!project.ok && project.reason === 'unavailable') return problem(503, 'write keys cannot be checked now; try again', RETRY_LATER);
    if (!project.ok) return unauthorized(`this write key is not known, or was revoked; ${HOW_TO_AUTHENTICATE}`);
    const acknowledgement = acknowledgementOf(query);
    if (!acknowledgement) return problem(400, `ack is ${JSON.stringify(query?.getAll('ack').join(', '))}; expected stored or accepted, once`);
    const { refusal } = this.admission;
    if (refusal) return problem(429, refusal.reason, { 'retry-after': String(refusal.retryAfterSeconds) });
    const body = await readBodyText(req, MAX_BODY_BYTES);
    if (!body.ok) return problem(body.status, body.message);
    // Returned and not waited for here: the body and what it was parsed to are needed no more.
    return this.collect(body.text, { ...this.clients.read(req.headers), project_id: project.projectId }, acknowledgement);
  }

  private collect(text: string, context: ServerContext, acknowledgement: Acknowledgement): HttpReply | Promise<HttpReply> {
    const parsed = parseEventBody(text);
    if (!parsed.ok) return problem(parsed.status, parsed.message);
    return this.collector.collect(parsed, context, acknowledgement).then(replyOf);
  }
}

/** 503 only when nothing was taken: a client that repeats the whole request then repeats no accepted event. */
function replyOf(answer: CollectorAnswer): HttpReply {
  if (answer.failed === 0) return { status: 200, body: answer };
  return { status: answer.accepted === 0 ? 503 : 200, body: answer, headers: RETRY_LATER };
}

const unauthorized = (message: string): HttpReply => problem(401, message, { 'www-authenticate': 'Bearer' });

function queryOf({ url = '' }: IncomingMessage): URLSearchParams | undefined {
  const at = url.indexOf('?');
  return at < 0 ? undefined : new URLSearchParams(url.slice(at));
}

/** The header wins. A beacon cannot set one, so the key may stand in the address, once. */
function writeKeyOf({ headers: { authorization } }: IncomingMessage, query: URLSearchParams | undefined): string | undefined {
  if (authorization !== undefined) return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  const keys = query?.getAll('key') ?? [];
  return keys.length === 1 ? keys[0] : undefined;
}

/** @returns undefined when the request says something else. */
function acknowledgementOf(query: URLSearchParams | undefined): Acknowledgement | undefined {
  const [ack = 'accepted', ...more] = query?.getAll('ack') ?? [];
  return more.length === 0 && (ack === 'accepted' || ack === 'stored') ? ack : undefined;
}
