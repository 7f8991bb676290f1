import type { ChangePasswordDto, OpenSessionDto, SessionDto, SharedPage, SignInDto } from '@analytics/dto';
import { authenticate, changeOwnPassword, endSession, endSessionOf, listSessions, openSession } from '@analytics/timescale';
import { ForbiddenException, Injectable, NotFoundException, UnauthorizedException } from '@nestjs/common';
import { AccessChanges } from './access-changes.service.js';
import { AccessTables } from './access-tables.service.js';
import { boundTo, isAdmin, type Caller, type Person } from './caller.js';
import { Identification } from './identification.service.js';
import { Projects } from './projects.service.js';
import { searchOf } from './shared-link.js';

const MAX_USER_AGENT_LENGTH = 256;

/** Signing in and out, and what somebody may know and change about himself. */
@Injectable()
export class Sessions {
  constructor(
    private readonly tables: AccessTables,
    private readonly projects: Projects,
    private readonly changes: AccessChanges,
    private readonly identification: Identification,
  ) {}

  /**
   * @returns the session's token, and who signed in.
   * @throws {UnauthorizedException} in the same words and after the same time, whatever is wrong.
   */
  async begin({ email, password }: SignInDto, userAgent: string): Promise<{ token: string; session: SessionDto }> {
    const tables = await this.tables.open();
    const person = await authenticate(tables, email, password);
    if (!person) throw new UnauthorizedException(['the e-mail address or the password is wrong']);
    const token = await openSession(tables, person, userAgent.slice(0, MAX_USER_AGENT_LENGTH));
    const caller = await this.identification.of({ kind: 'session', token });
    // Disabled in the moment between.
    if (!caller) throw new UnauthorizedException(['the e-mail address or the password is wrong']);
    return { token, session: await this.describe(caller) };
  }

  async describe(caller: Caller): Promise<SessionDto> {
    return {
      kind: caller.kind,
      name: caller.name,
      email: caller.kind === 'person' ? caller.email : null,
      role: isAdmin(caller) ? 'admin' : 'viewer',
      project: boundTo(caller),
      projects: await this.projects.visibleTo(caller),
      shared: caller.kind === 'link' ? { page: caller.page as SharedPage, search: searchOf(caller) } : null,
    };
  }

  async end(caller: Caller): Promise<void> {
    personOf(caller);
    await endSession(await this.tables.open(), caller.credential);
    this.changes.ended.next();
  }

  /** The caller's own, the one used last first. */
  async list(caller: Caller): Promise<OpenSessionDto[]> {
    if (caller.kind !== 'person') return [];
    const sessions = await listSessions(await this.tables.open(), caller.id, caller.credential);
    return sessions.map(({ createdAt, lastSeenAt, ...session }) => ({
      ...session,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    }));
  }

  /** @throws {NotFoundException} when the person has no such session. */
  async endOne({ id }: Person, session: string): Promise<void> {
    if (!(await endSessionOf(await this.tables.open(), id, session)))
      throw new NotFoundException(['you have no such session; GET /api/v1/sessions lists them']);
    this.changes.ended.next();
  }

  /** Ends the person's other sessions as well. @throws {ForbiddenException} when the current password is wrong. */
  async changePassword(caller: Caller, { currentPassword, newPassword }: ChangePasswordDto): Promise<void> {
    const { id, credential } = personOf(caller);
    const change = { current: currentPassword, next: newPassword, keptTokenHash: credential };
    if (!(await changeOwnPassword(await this.tables.open(), id, change)))
      throw new ForbiddenException(['currentPassword is wrong; your password stays as it is']);
    this.changes.ended.next();
  }
}

function personOf(caller: Caller): Person {
  if (caller.kind === 'person') return caller;
  throw new ForbiddenException(['a key has no session and no password; it is ended by revoking it']);
}

