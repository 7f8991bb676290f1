import type { CreatedKeyDto, KeyDto, NewKeyDto } from '@analytics/dto';
import { addKey, listKeys, revokeKey, type Key } from '@analytics/timescale';
import { BadRequestException, Injectable, NotFoundException } from '@nestjs/common';
import { AccessChanges } from './access-changes.service.js';
import { AccessTables } from './access-tables.service.js';
import { nameOf, type Caller } from './caller.js';
import { Projects } from './projects.service.js';

const ONLY_ADMIN = 'scope must be admin for a key for all projects; make others under /api/v1/projects/:project/keys';

/** Keys of a project, or those for all projects at once (`null`). A key is told once, when it is made; only its hash is kept. */
@Injectable()
export class Keys {
  constructor(
    private readonly tables: AccessTables,
    private readonly projects: Projects,
    private readonly changes: AccessChanges,
  ) {}

  /** Newest first, revoked ones included. @throws {NotFoundException} when there is no such project. */
  async list(project: string | null): Promise<KeyDto[]> {
    if (project !== null) await this.projects.require(project);
    return (await listKeys(await this.tables.open(), project)).map(toDto);
  }

  /**
   * @throws {NotFoundException} when there is no such project.
   * @throws {BadRequestException} when it would have expired already, or could do too little or too much.
   */
  async add(project: string | null, { scope, name, expiresAt }: NewKeyDto, caller: Caller): Promise<CreatedKeyDto> {
    if (project !== null) await this.projects.require(project);
    else if (scope !== 'admin') throw new BadRequestException([ONLY_ADMIN]);
    const expires = expiresAt == null ? null : new Date(expiresAt);
    if (expires && expires.getTime() <= Date.now()) throw new BadRequestException(['expiresAt must be in the future']);
    const input = { projectId: project, scope, name, createdBy: nameOf(caller), expiresAt: expires };
    const { key, ...made } = await addKey(await this.tables.open(), input);
    return { ...toDto(made), key };
  }

  /** Safe to repeat. @throws {NotFoundException} when the project has no such key. */
  async revoke(project: string | null, id: string): Promise<void> {
    if (project !== null) await this.projects.require(project);
    if (!(await revokeKey(await this.tables.open(), project, id)))
      throw new NotFoundException([`there is no such key ${project === null ? 'for all projects' : `of project ${project}`}`]);
    this.changes.ended.next();
  }
}

const toDto = ({ projectId, createdAt, lastUsedAt, expiresAt, revokedAt, ...key }: Key): KeyDto => ({
  id: key.id,
  scope: key.scope,
  project: projectId,
  name: key.name,
  prefix: key.prefix,
  createdAt: createdAt.toISOString(),
  createdBy: key.createdBy,
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
  revokedAt: revokedAt?.toISOString() ?? null,
});
