import type { LiveQuestionName } from '@analytics/dto';
import type { Holder } from '@analytics/timescale';
import { ForbiddenException } from '@nestjs/common';
import { withinLink } from './shared-link.js';

/** Who asks, by a session, a key or a shared link. */
export type Caller = Holder;
export type Person = Extract<Caller, { kind: 'person' }>;

/** `view`: ask for sums, within a shared link; `read`: ask anything; `admin`: also change. */
export type Scope = 'view' | 'read' | 'admin';

/** The one project that a caller is bound to; `null`: people, and keys for all projects, see all. */
export const boundTo = (caller: Caller): string | null => (caller.kind === 'person' ? null : caller.projectId);

export const isAdmin = (caller: Caller): boolean =>
  (caller.kind === 'person' && caller.role === 'admin') || (caller.kind === 'key' && caller.scope === 'admin');

/** For the record of who made what. */
export const nameOf = (caller: Caller): string => (caller.kind === 'person' ? caller.email : `${caller.kind} ${caller.name}`);

/** @throws {ForbiddenException} naming what is missing. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (scope === 'view' || isAdmin(caller)) return;
  if (caller.kind === 'link') throw new ForbiddenException(['a shared link shows its view only; sign in to see more']);
  if (scope === 'read') return;
  throw new ForbiddenException([
    caller.kind === 'person' ? 'this needs the role admin; yours is viewer' : 'this needs a key of scope admin; yours has scope read',
  ]);
}

/** @throws {ForbiddenException} when a key or link asks for what only people have. */
export function requirePerson(caller: Caller): Person {
  if (caller.kind === 'person') return caller;
  throw new ForbiddenException(['this belongs to people; sign in, a key has none']);
}

/** @throws {ForbiddenException} when the caller is bound to another project. */
export function requireProject(caller: Caller, project: unknown): void {
  const own = boundTo(caller);
  if (own !== null && project !== own) throw new ForbiddenException([`this ${caller.kind} is of project ${own}; leave project out, or use another key`]);
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
 * The parameters of a live question as this caller may ask it: one who is bound to a project asks about that project, one
 * who has a link about what it shows.
 * @throws {ForbiddenException} when it asks about another, or about all.
 */
export function withinReach(caller: Caller, question: LiveQuestionName, params: Record<string, unknown>): Record<string, unknown> {
  if (OF_EVERYTHING.has(question)) requireEverything(caller);
  const own = boundTo(caller);
  if (own === null) return params;
  requireProject(caller, params['project'] ?? own);
  const bound = { ...params, project: own };
  return caller.kind === 'link' ? withinLink(caller, question, bound) : bound;
}
