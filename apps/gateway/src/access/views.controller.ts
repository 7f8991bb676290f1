import { ChangeViewDto, CreatedLinkDto, NewViewDto, NewViewLinkDto, ProjectQueryDto, SavedViewDto } from '@analytics/dto';
import { BadRequestException, Body, Controller, Delete, Get, Injectable, Param, Patch, Post, Query, type PipeTransform } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { BodyPipe } from './body.pipe.js';
import { requirePerson, type Caller } from './caller.js';
import { Links } from './links.service.js';
import { Needs, NeedsPerson, WhoAsks } from './needs.decorator.js';
import { Views } from './views.service.js';

const NO_ID = 'id must be the number of a view or link, from 1';
const NO_VIEW = 'view 7 of project demo does not exist; GET /api/v1/views lists them';
const NOT_YOURS = 'this view belongs to Ada Lovelace; only its owner or an administrator may change or share it';
const ApiViewId = (): MethodDecorator => ApiParam({ name: 'id', type: 'integer', description: 'Id of a view', example: 7 });

/** The number of a view or link in a path. @throws {BadRequestException} saying what is allowed. */
@Injectable()
export class NumberPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
    throw new BadRequestException([NO_ID]);
  }
}

@ApiTags('views')
@Controller('api/v1/views')
export class ViewsController {
  constructor(
    private readonly views: Views,
    private readonly links: Links,
  ) {}

  @Get()
  @Needs('read')
  @ApiAnswer({ summary: 'The saved views of a project: those for everybody, and the own ones', type: [SavedViewDto] })
  list(@Query() { project }: ProjectQueryDto, @WhoAsks() caller: Caller): Promise<SavedViewDto[]> {
    return this.views.list(project, caller);
  }

  @Post()
  @NeedsPerson()
  @ApiChange({
    summary: 'Keep a view',
    description: 'A page and its address, under a name. Everybody who is signed in may; a project has at most 200.',
    type: SavedViewDto,
    status: 201,
    failures: {
      400: 'page must be one of overview, live, events, funnels, retention, paths, pipeline',
      404: 'project shop does not exist',
      409: 'project demo has 200 views already; delete one first',
    },
  })
  add(@Query() { project }: ProjectQueryDto, @Body(BodyPipe) body: NewViewDto, @WhoAsks() caller: Caller): Promise<SavedViewDto> {
    return this.views.add(project, body, requirePerson(caller));
  }

  @Patch(':id')
  @ApiViewId()
  @NeedsPerson()
  @ApiChange({
    summary: 'Rename or overwrite a view, or change who sees it',
    description: 'What is left out stays. Its owner and administrators may. Links that were made of it stay as they are.',
    type: SavedViewDto,
    failures: { 400: NO_ID, 403: NOT_YOURS, 404: NO_VIEW },
  })
  change(
    @Query() { project }: ProjectQueryDto,
    @Param('id', NumberPipe) id: number,
    @Body(BodyPipe) body: ChangeViewDto,
    @WhoAsks() caller: Caller,
  ): Promise<SavedViewDto> {
    return this.views.change(project, id, body, requirePerson(caller));
  }

  @Delete(':id')
  @ApiViewId()
  @NeedsPerson()
  @ApiChange({
    summary: 'Delete a view',
    description: 'Its owner and administrators may. Links that were made of it go on.',
    failures: { 400: NO_ID, 403: NOT_YOURS, 404: NO_VIEW },
  })
  delete(@Query() { project }: ProjectQueryDto, @Param('id', NumberPipe) id: number, @WhoAsks() caller: Caller): Promise<void> {
    return this.views.delete(project, id, requirePerson(caller));
  }

  @Post(':id/links')
  @ApiViewId()
  @NeedsPerson()
  @ApiChange({
    summary: 'Make a read-only link to a view',
    description:
      'Its owner and administrators may. It shows the view as it is now. The answer holds the token; it is not kept and cannot be told again.',
    type: CreatedLinkDto,
    status: 201,
    failures: {
      400: 'expiresAt must be in the future',
      403: NOT_YOURS,
      404: NO_VIEW,
      409: 'project demo has 200 links already; revoke one first',
    },
  })
  async share(
    @Query() { project }: ProjectQueryDto,
    @Param('id', NumberPipe) id: number,
    @Body(BodyPipe) { expiresAt }: NewViewLinkDto,
    @WhoAsks() caller: Caller,
  ): Promise<CreatedLinkDto> {
    const { name, page, search } = await this.views.changeable(project, id, requirePerson(caller));
    return this.links.add(project, { name, page, search, expiresAt }, caller);
  }
}
