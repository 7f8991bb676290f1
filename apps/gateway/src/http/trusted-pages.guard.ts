import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AllowedOrigins } from './allowed-origins.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets only pages of known origins change anything with a session, since a browser sends the cookie along whoever asks it to.
 * A key is never sent along by itself, so whoever shows one means it.
 */
@Injectable()
export class TrustedPagesGuard implements CanActivate {
  constructor(private readonly origins: AllowedOrigins) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    if (READING.has(request.method) || request.headers.authorization !== undefined || this.origins.allows(request)) return true;
    throw new ForbiddenException(["pages of this origin may not change anything here; a page's origin can be added to CORS_ORIGINS of the gateway"]);
  }
}
