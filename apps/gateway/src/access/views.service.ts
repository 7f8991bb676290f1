import type { ChangeViewDto, NewViewDto, SavedViewDto, ViewPage } from '@analytics/dto';
import { addView, changeView, deleteView, findView, listViews, MOST_VIEWS, type SavedView } from '@analytics/timescale';
import { ConflictException, ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { AccessTables } from './access-tables.service.js';
import { isAdmin, type Caller, type Person } from './caller.js';
import { Projects } from './projects.service.js';
import { searchOf } from './shared-link.js';

/** The views that people keep of a project: for themselves, or for everybody. */
@Injectable()
export class Views {
  constructor(
    private readonly tables: AccessTables,
    private readonly projects: Projects,
  ) {}

  /** Those that the caller may see; a key sees what everybody sees. @throws {NotFoundException} when there is no such project. */
  async list(project: string, caller: Caller): Promise<SavedViewDto[]> {
    await this.projects.require(project);
    const views = await listViews(await this.tables.open(), project, caller.kind === 'person' ? caller.id : null);
    return views.map((view) => toDto(view, caller));
  }

  /**
   * @throws {NotFoundException} when there is no such project.
   * @throws {ConflictException} when the project has too many.
   */
  async add(project: string, { name, page, search, forEveryone }: NewViewDto, person: Person): Promise<SavedViewDto> {
    await this.projects.require(project);
    const input = { projectId: project, personId: person.id, name, page, search: kept(search), forEveryone };
    const id = await addView(await this.tables.open(), input);
    if (id === null) throw new ConflictException([`project ${project} has ${MOST_VIEWS} views already; delete one first`]);
    return toDto(await this.find(project, id, person), person);
  }

  /** Renames, overwrites, opens or closes it to others. @throws what {@link changeable} throws. */
  async change(project: string, id: number, { name, page, search, forEveryone }: ChangeViewDto, person: Person): Promise<SavedViewDto> {
    const view = await this.changeable(project, id, person);
    const change = { name: name ?? undefined, page: page ?? undefined, search: search == null ? undefined : kept(search) };
    const tables = await this.tables.open();
    await changeView(tables, project, id, { ...change, forEveryone: forEveryone ?? undefined });
    // An administrator who closes somebody's view to others does not see it any more.
    return toDto((await findView(tables, project, id, view.personId)) ?? view, person);
  }

  /** @throws what {@link changeable} throws. */
  async delete(project: string, id: number, person: Person): Promise<void> {
    await this.changeable(project, id, person);
    await deleteView(await this.tables.open(), project, id);
  }

  /**
   * @throws {NotFoundException} when there is no such view, or it is another person's own.
   * @throws {ForbiddenException} when the person is neither its owner nor an administrator.
   */
  async changeable(project: string, id: number, person: Person): Promise<SavedView> {
    const view = await this.find(project, id, person);
    if (mayChange(view, person)) return view;
    throw new ForbiddenException([`this view belongs to ${view.owner}; only its owner or an administrator may change or share it`]);
  }

  private async find(project: string, id: number, person: Person): Promise<SavedView> {
    await this.projects.require(project);
    const view = await findView(await this.tables.open(), project, id, person.id);
    if (!view) throw new NotFoundException([`view ${id} of project ${project} does not exist; GET /api/v1/views lists them`]);
    return view;
  }
}

const mayChange = ({ personId }: SavedView, caller: Caller): boolean =>
  caller.kind === 'person' && (caller.id === personId || isAdmin(caller));

/** A search as it is kept: in one spelling, and without the project, which the view itself knows. */
export const kept = (search: string): string => JSON.stringify({ ...searchOf({ search }), project: undefined });

const toDto = (view: SavedView, caller: Caller): SavedViewDto => ({
  id: view.id,
  project: view.projectId,
  name: view.name,
  page: view.page as ViewPage,
  search: searchOf(view),
  forEveryone: view.forEveryone,
  owner: view.owner,
  mayChange: mayChange(view, caller),
  createdAt: view.createdAt.toISOString(),
  updatedAt: view.updatedAt.toISOString(),
});
