import { Inject, Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { boundTo, requireEverything, requirePerson, requireProject, requireScope, type Caller } from './caller.js';
import { Identification, type IdentifiedRequest } from './identification.service.js';
import { DEMAND, type Demand } from './needs.decorator.js';
import { withinLink } from './shared-link.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What is told to whoever shows no valid key or session. */
export const NOT_SIGNED_IN = 'sign in, or send a key that is valid now as Authorization: Bearer ak_…';

/** The door of the whole API: no route is open unless it is marked so. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identification: Identification,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Nest asks global guards about the live feed's messages too; its door is the handshake.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const demand = this.demandOf(context, request.method);
    if (demand === 'nothing') return true;
    const caller = await this.identification.ofRequest(request);
    if (!caller) throw new UnauthorizedException([NOT_SIGNED_IN]);
    requireScope(caller, demand.scope);
    if (demand.person) requirePerson(caller);
    if (demand.reach === 'everything') requireEverything(caller);
    if (demand.reach === 'path') requireProject(caller, request.params['project']);
    if (demand.reach === 'project') askWithinReach(request, caller, context.getHandler().name);
    request.caller = caller;
    return true;
  }

  private demandOf(context: ExecutionContext, method: string): Exclude<Demand, 'operators'> {
    const unmarked: Demand = { scope: READING.has(method) ? 'read' : 'admin', reach: 'project' };
    const demand = this.reflector.getAllAndOverride<Demand | undefined>(DEMAND, [context.getHandler(), context.getClass()]) ?? unmarked;
    if (demand !== 'operators') return demand;
    return this.config.PUBLIC_DOCS ? 'nothing' : { scope: 'read', reach: 'everything' };
  }
}

/**
 * Whoever is bound to a project asks about it, named or not, and whoever has a link within its filters: so no route can forget it.
 * @param question name of the handler, which is that of the question.
 */
function askWithinReach(request: IdentifiedRequest, caller: Caller, question: string): void {
  const own = boundTo(caller);
  if (own === null) return;
  requireProject(caller, request.query['project'] ?? own);
  const bound = { ...request.query, project: own };
  // Express reads the query anew at every look; from here on it is this one.
  Object.defineProperty(request, 'query', { value: caller.kind === 'link' ? withinLink(caller, question, bound) : bound });
}
