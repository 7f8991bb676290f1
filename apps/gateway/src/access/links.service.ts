import { SHARED_PAGES, type CreatedLinkDto, type LinkDto, type NewLinkDto, type SharedPage } from '@analytics/dto';
import { addLink, listLinks, MOST_LINKS, revokeLink, type SharedLink } from '@analytics/timescale';
import { BadRequestException, ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { AccessChanges } from './access-changes.service.js';
import { AccessTables } from './access-tables.service.js';
import { isAdmin, nameOf, requirePerson, type Caller } from './caller.js';
import { Projects } from './projects.service.js';
import { searchOf } from './shared-link.js';
import { kept } from './views.service.js';

/** What a link is made of; of a saved view the page may be one that cannot be shared. */
type NewLink = Omit<NewLinkDto, 'page'> & { page: string };

/** Links that show one view to whoever has them. A token is told once; only its hash is kept. */
@Injectable()
export class Links {
  constructor(
    private readonly tables: AccessTables,
    private readonly projects: Projects,
    private readonly changes: AccessChanges,
  ) {}

  /** Newest first, revoked ones included: administrators see all, others their own. @throws {NotFoundException} when there is no such project. */
  async list(project: string, caller: Caller): Promise<LinkDto[]> {
    await this.projects.require(project);
    return (await listLinks(await this.tables.open(), project, makerOf(caller))).map(toDto);
  }

  /**
   * @throws {NotFoundException} when there is no such project.
   * @throws {BadRequestException} when it would have expired already, or its page shows more than sums.
   * @throws {ConflictException} when the project has too many.
   */
  async add(project: string, { name, page, search, expiresAt }: NewLink, caller: Caller): Promise<CreatedLinkDto> {
    await this.projects.require(project);
    if (!SHARED_PAGES.some((each) => each === page))
      throw new BadRequestException([`page ${page} shows more than sums and cannot be shared; there are ${SHARED_PAGES.join(', ')}`]);
    const expires = expiresAt == null ? null : new Date(expiresAt);
    if (expires && expires.getTime() <= Date.now()) throw new BadRequestException(['expiresAt must be in the future']);
    const personId = caller.kind === 'person' ? caller.id : null;
    const input = { projectId: project, name, page, search: kept(search), personId, createdBy: nameOf(caller), expiresAt: expires };
    const made = await addLink(await this.tables.open(), input);
    if (!made) throw new ConflictException([`project ${project} has ${MOST_LINKS} links already; revoke one first`]);
    return { ...toDto(made), token: made.token };
  }

  /** Safe to repeat. @throws {NotFoundException} when there is no such link, or it is somebody else's. */
  async revoke(project: string, id: number, caller: Caller): Promise<void> {
    await this.projects.require(project);
    if (!(await revokeLink(await this.tables.open(), project, id, makerOf(caller))))
      throw new NotFoundException([`link ${id} of project ${project} does not exist; GET /api/v1/links lists them`]);
    this.changes.ended.next();
  }
}

/** Whose links the caller may see and end; `null`: all. @throws {ForbiddenException} when a key has none and may not see others. */
const makerOf = (caller: Caller): number | null => (isAdmin(caller) ? null : requirePerson(caller).id);

const toDto = (link: SharedLink): LinkDto => ({
  id: link.id,
  project: link.projectId,
  name: link.name,
  page: link.page as SharedPage,
  search: searchOf(link),
  prefix: link.prefix,
  createdAt: link.createdAt.toISOString(),
  createdBy: link.createdBy,
  lastUsedAt: link.lastUsedAt?.toISOString() ?? null,
  expiresAt: link.expiresAt?.toISOString() ?? null,
  revokedAt: link.revokedAt?.toISOString() ?? null,
});
