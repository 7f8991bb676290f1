import { createHash } from 'node:crypto';
import { HttpException, Injectable, type ExecutionContext } from '@nestjs/common';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerOptions,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { credentialOf } from '../access/credential.js';
import { Identification, type IdentifiedRequest } from '../access/identification.service.js';
import type { GatewayConfig } from '../gateway.config.js';
import { RedisThrottlerStorage } from './redis-throttler.storage.js';
import { SIGN_IN_LIMIT } from './sign-in-limit.decorator.js';

const WINDOW_MS = 60_000;
const TOO_MANY = 429;
const SIGN_INS = 'sign-ins';
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

const isReading = (context: ExecutionContext): boolean => READING.has(context.switchToHttp().getRequest<IdentifiedRequest>().method);
const triesPassword = (context: ExecutionContext): boolean => Reflect.getMetadata(SIGN_IN_LIMIT, context.getHandler()) === true;

/** Limits per minute. Reading and changing are counted for each caller, trying a password for each e-mail address and network address. */
export function throttlers(config: GatewayConfig): ThrottlerOptions[] {
  return [
    { name: 'reads', ttl: WINDOW_MS, limit: config.THROTTLE_READS, skipIf: (context) => !isReading(context) },
    { name: 'writes', ttl: WINDOW_MS, limit: config.THROTTLE_WRITES, skipIf: isReading },
    {
      name: SIGN_INS,
      ttl: WINDOW_MS,
      limit: config.THROTTLE_SIGN_INS,
      skipIf: (context) => !triesPassword(context),
      getTracker: async (request) => `${request['ip']} ${await triedName(request as IdentifiedRequest)}`,
    },
  ];
}

/** Whose password is tried: it is told in the body, or by the session whose password is to be changed. */
async function triedName({ body, identifying }: IdentifiedRequest): Promise<string> {
  const caller = await identifying;
  if (caller?.kind === 'person') return caller.email;
  const email: unknown = (body as { email?: unknown } | undefined)?.email;
  return typeof email === 'string' ? email.trim().toLowerCase() : '';
}

/** Keeps one caller from using up what is meant for all: first of all guards, so that failures to get in count too. */
@Injectable()
export class ThrottleGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() private readonly storage: RedisThrottlerStorage,
    reflector: Reflector,
    private readonly identification: Identification,
  ) {
    super(options, storage, reflector);
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    // The live feed's messages have an allowance of their own.
    return context.getType() !== 'http';
  }

  /**
   * The key or person, else the address: who sends wrong keys is counted by address, whatever the keys are. Of a link there may be many
   * readers, each at an address of his own.
   */
  protected override async getTracker(request: IdentifiedRequest): Promise<string> {
    const caller = credentialOf(request.headers) === undefined ? null : await this.identification.ofRequest(request);
    if (!caller) return super.getTracker(request);
    return caller.kind === 'link' ? `link ${caller.id} ${await super.getTracker(request)}` : `${caller.kind} ${caller.id}`;
  }

  /**
   * The right password does not count: who signs in often guesses nothing. It is counted first and taken back afterwards, one for one, so
   * that neither many tries at once nor a success among failures lets anybody try more often.
   */
  protected override async handleRequest(limited: ThrottlerRequest): Promise<boolean> {
    const { context, throttler, getTracker, generateKey } = limited;
    const allowed = await super.handleRequest(limited);
    if (throttler.name !== SIGN_INS) return allowed;
    const [request, response] = [context.switchToHttp().getRequest<IdentifiedRequest>(), context.switchToHttp().getResponse<Response>()];
    const key = generateKey(context, await getTracker(request, context), SIGN_INS);
    response.once('finish', () => response.statusCode < 300 && void this.storage.takeBack(key));
    return allowed;
  }

  /** One count for all routes of a kind; hashed, since an e-mail address is nobody's business in Redis. */
  protected override generateKey(_context: ExecutionContext, tracker: string, name: string): string {
    return `analytics_throttle:${name}:${createHash('sha256').update(tracker).digest('base64url')}`;
  }

  protected override async throwThrottlingException(context: ExecutionContext, { limit, timeToBlockExpire }: ThrottlerLimitDetail): Promise<void> {
    context.switchToHttp().getResponse<Response>().setHeader('retry-after', timeToBlockExpire);
    throw new HttpException(
      { message: [`more than ${limit} requests of this kind in a minute; try again in ${timeToBlockExpire} s`] },
      TOO_MANY,
    );
  }
}
