import { CreatedLinkDto, LinkDto, NewLinkDto, ProjectQueryDto } from '@analytics/dto';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { BodyPipe } from './body.pipe.js';
import type { Caller } from './caller.js';
import { Links } from './links.service.js';
import { Needs, WhoAsks } from './needs.decorator.js';
import { NumberPipe } from './views.controller.js';

@ApiTags('views')
@Controller('api/v1/links')
export class LinksController {
  constructor(private readonly links: Links) {}

  @Get()
  @Needs('read')
  @ApiAnswer({ summary: 'The read-only links of a project, newest first: all of them for administrators, the own ones for others', type: [LinkDto] })
  list(@Query() { project }: ProjectQueryDto, @WhoAsks() caller: Caller): Promise<LinkDto[]> {
    return this.links.list(project, caller);
  }

  @Post()
  @Needs('admin')
  @ApiChange({
    summary: 'Make a read-only link to any page that shows sums',
    description:
      'Who has it needs no session: the token is sent as a key is. It shows this project, narrowed to the filters in `search`; the period may ' +
      'be chosen. The answer holds the token; it is not kept and cannot be told again.',
    type: CreatedLinkDto,
    status: 201,
    failures: {
      400: 'page must be one of overview, funnels, retention, paths',
      404: 'project shop does not exist',
      409: 'project demo has 200 links already; revoke one first',
    },
  })
  add(@Query() { project }: ProjectQueryDto, @Body(BodyPipe) body: NewLinkDto, @WhoAsks() caller: Caller): Promise<CreatedLinkDto> {
    return this.links.add(project, body, caller);
  }

  @Delete(':id')
  @ApiParam({ name: 'id', type: 'integer', description: 'Id of a link', example: 21 })
  @Needs('read')
  @ApiChange({
    summary: 'Revoke a link',
    description: 'Administrators and who made it may. Safe to repeat. Live connections that were opened with it end.',
    failures: { 404: 'link 21 of project demo does not exist; GET /api/v1/links lists them' },
  })
  revoke(@Query() { project }: ProjectQueryDto, @Param('id', NumberPipe) id: number, @WhoAsks() caller: Caller): Promise<void> {
    return this.links.revoke(project, id, caller);
  }
}
