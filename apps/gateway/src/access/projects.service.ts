import type { NewProjectDto, ProjectDto } from '@analytics/dto';
import { addProject, renameProject, type ProjectEntity } from '@analytics/timescale';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { StoredData } from '../stored-data.service.js';
import { AccessTables } from './access-tables.service.js';
import { boundTo, type Caller } from './caller.js';

/** The projects there are. People see all of them; there are no limits per person and project. */
@Injectable()
export class Projects {
  constructor(
    private readonly tables: AccessTables,
    private readonly stored: StoredData,
  ) {}

  async visibleTo(caller: Caller): Promise<ProjectDto[]> {
    const own = boundTo(caller);
    const projects = await this.stored.projects.list();
    return own === null ? projects : projects.filter(({ id }) => id === own);
  }

  /** @throws {ConflictException} when the id is taken. */
  async add(project: NewProjectDto): Promise<ProjectDto> {
    const made = await addProject(await this.tables.open(), project);
    if (!made) throw new ConflictException([`project ${project.id} exists already; choose another id`]);
    return toDto(made);
  }

  /** @throws {NotFoundException} when there is no such project. */
  async rename(id: string, name: string): Promise<ProjectDto> {
    await this.require(id);
    const renamed = await renameProject(await this.tables.open(), { id, name });
    if (!renamed) throw missing(id);
    return toDto(renamed);
  }

  /** @throws {NotFoundException} when there is no such project. */
  async require(id: string): Promise<void> {
    if (!(await this.stored.projects.list()).some((project) => project.id === id)) throw missing(id);
  }
}

/** The id is told as it came, without control characters and not endless. */
function missing(id: string): NotFoundException {
  const printable = JSON.stringify(id.slice(0, 64)).slice(1, -1);
  return new NotFoundException([`project ${printable} does not exist; GET /api/v1/projects lists them`]);
}

const toDto = ({ id, name, createdAt }: ProjectEntity): ProjectDto => ({ id, name, createdAt: createdAt.toISOString() });
