import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { AllowedOrigins } from './allowed-origins.js';

/** Lets only pages of known origins, and programs on this machine, change anything: any page could send the same request. */
@Injectable()
export class TrustedPagesGuard implements CanActivate {
  constructor(private readonly origins: AllowedOrigins) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (this.origins.allows(request)) return true;
    const who = request.headers.origin === undefined ? 'programs on other machines' : 'pages of this origin';
    throw new ForbiddenException([`${who} may not change anything here; a page's origin can be added to CORS_ORIGINS of the gateway`]);
  }
}
