import { createParamDecorator, SetMetadata, UnauthorizedException, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller, Scope } from './caller.js';
import type { IdentifiedRequest } from './identification.service.js';

/**
 * What a route speaks of. `project`: of the one in its query parameter `project`; `path`: of the one in its path (`:project`);
 * `everything`: of all projects at once; `caller`: of what the handler finds for the caller, who is handed to it.
 */
export type Reach = 'project' | 'path' | 'everything' | 'caller';

/** Who may use a route: everybody; operators, who need nothing while `PUBLIC_DOCS` is on; or who has a scope and a reach, perhaps people only. */
export type Demand = 'nothing' | 'operators' | { scope: Scope; reach: Reach; person?: true };

export const DEMAND = Symbol('DEMAND');

/** Lets everybody in. Every route without a mark is closed: to read it takes scope `read`, to change anything scope `admin`. */
export const Public = (): CustomDecorator<symbol> => SetMetadata(DEMAND, 'nothing' satisfies Demand);

/** For documentation and metrics: open in development, closed in production. */
export const ForOperators = (): CustomDecorator<symbol> => SetMetadata(DEMAND, 'operators' satisfies Demand);

/** Demands a scope, and sight of what the route speaks of. */
export const Needs = (scope: Scope, reach: Reach = 'project'): CustomDecorator<symbol> =>
  SetMetadata(DEMAND, { scope, reach } satisfies Demand);

/** Demands somebody who is signed in, in any role. */
export const NeedsPerson = (): CustomDecorator<symbol> => SetMetadata(DEMAND, { scope: 'read', reach: 'project', person: true } satisfies Demand);

/** Who asks. Only for routes that are not public. */
export const WhoAsks = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<IdentifiedRequest>();
  if (!caller) throw new UnauthorizedException(['this route needs a caller, and is public']);
  return caller;
});
