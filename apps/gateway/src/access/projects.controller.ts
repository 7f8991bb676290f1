import { NewProjectDto, ProjectDto, RenameProjectDto } from '@analytics/dto';
import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { BodyPipe } from './body.pipe.js';
import type { Caller } from './caller.js';
import { Needs, WhoAsks } from './needs.decorator.js';
import { Projects } from './projects.service.js';

@ApiTags('access')
@Controller('api/v1/projects')
export class ProjectsController {
  constructor(private readonly projects: Projects) {}

  @Get()
  @Needs('read', 'caller')
  @ApiAnswer({ summary: 'The projects that the caller may see', type: [ProjectDto], takesQuery: false })
  list(@WhoAsks() caller: Caller): Promise<ProjectDto[]> {
    return this.projects.visibleTo(caller);
  }

  @Post()
  @Needs('admin', 'everything')
  @ApiChange({
    summary: 'Make a project',
    type: ProjectDto,
    status: 201,
    failures: {
      400: 'id must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters',
      409: 'project demo exists already; choose another id',
    },
  })
  add(@Body(BodyPipe) body: NewProjectDto): Promise<ProjectDto> {
    return this.projects.add(body);
  }

  @Patch(':project')
  @ApiParam({ name: 'project', example: 'demo' })
  @Needs('admin', 'path')
  @ApiChange({
    summary: 'Rename a project',
    type: ProjectDto,
    failures: { 400: 'name must be a text of 1 to 100 characters', 404: 'project shop does not exist' },
  })
  rename(@Param('project') project: string, @Body(BodyPipe) { name }: RenameProjectDto): Promise<ProjectDto> {
    return this.projects.rename(project, name);
  }
}
