import type { LiveQuestionName } from '@analytics/dto';
import type { Holder } from '@analytics/timescale';
import { ForbiddenException } from '@nestjs/common';

/** Who asks, by a session or a key. */
export type Caller = Holder;

/** `read`: ask; `admin`: also change. */
export type Scope = 'read' | 'admin';

/** The one project that a caller is bound to; `null`: people, and keys for all projects, see all. */
export const boundTo = (caller: Caller): string | null => (caller.kind === 'key' ? caller.projectId : null);

export const isAdmin = (caller: Caller): boolean => (caller.kind === 'person' ? caller.role : caller.scope) === 'admin';

/** For the record of who made what. */
export const nameOf = (caller: Caller): string => (caller.kind === 'person' ? caller.email : `key ${caller.name}`);

/** @throws {ForbiddenException} naming what is missing. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (scope === 'read' || isAdmin(caller)) return;
  throw new ForbiddenException([
    caller.kind === 'person' ? 'this needs the role admin; yours is viewer' : 'this needs a key of scope admin; yours has scope read',
  ]);
}

/** @throws {ForbiddenException} when the caller is bound to another project. */
export function requireProject(caller: Caller, project: unknown): void {
  const own = boundTo(caller);
  if (own !== null && project !== own) throw new ForbiddenException([`this key is of project ${own}; leave project out, or use another key`]);
}

/** @throws {ForbiddenException} when the caller is bound to a project at all. */
export function requireEverything(caller: Caller): void {
  const own = boundTo(caller);
  if (own !== null)
    throw new ForbiddenException([`this speaks of all projects, and this key is of project ${own}; sign in, or use a key for all projects`]);
}

/** Live questions that speak of the whole system. */
const OF_EVERYTHING: ReadonlySet<LiveQuestionName> = new Set(['pipeline']);

/**
 * The parameters of a live question as this caller may ask it: one who is bound to a project asks about that project.
 * @throws {ForbiddenException} when it asks about another, or about all.
 */
export function withinReach(caller: Caller, question: LiveQuestionName, params: Record<string, unknown>): Record<string, unknown> {
  if (OF_EVERYTHING.has(question)) requireEverything(caller);
  const own = boundTo(caller);
  if (own === null) return params;
  requireProject(caller, params['project'] ?? own);
  return { ...params, project: own };
}
