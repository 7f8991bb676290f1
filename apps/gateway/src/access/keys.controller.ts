import { CreatedKeyDto, KeyDto, NewKeyDto } from '@analytics/dto';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBody, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { BodyPipe } from './body.pipe.js';
import type { Caller } from './caller.js';
import { Keys } from './keys.service.js';
import { Needs, WhoAsks } from './needs.decorator.js';

const TOLD_ONCE = 'The answer holds the key; it is not kept and cannot be told again.';
const BAD_KEY = 'scope must be one of ingest, read, admin';
const ApiKeyId = (): MethodDecorator => ApiParam({ name: 'keyId', description: 'Id of a key, as the list tells it', example: 'a17' });
const NO_KEY = 'there is no such key of project demo';

@ApiTags('access')
@ApiParam({ name: 'project', example: 'demo' })
@Controller('api/v1/projects/:project/keys')
@Needs('admin', 'path')
export class ProjectKeysController {
  constructor(private readonly keys: Keys) {}

  @Get()
  @ApiAnswer({ summary: "A project's keys, newest first, revoked ones included", type: [KeyDto], takesQuery: false })
  list(@Param('project') project: string): Promise<KeyDto[]> {
    return this.keys.list(project);
  }

  @Post()
  @ApiChange({
    summary: 'Make a key of a project',
    description: `${TOLD_ONCE} Collectors take a new ingest key within two seconds.`,
    type: CreatedKeyDto,
    status: 201,
    failures: { 400: BAD_KEY, 404: 'project shop does not exist' },
  })
  add(@Param('project') project: string, @Body(BodyPipe) body: NewKeyDto, @WhoAsks() caller: Caller): Promise<CreatedKeyDto> {
    return this.keys.add(project, body, caller);
  }

  @Delete(':keyId')
  @ApiKeyId()
  @ApiChange({
    summary: 'Revoke a key',
    description: 'Safe to repeat. Live connections that were opened with it end; collectors refuse an ingest key within three seconds.',
    failures: { 404: NO_KEY },
  })
  revoke(@Param('project') project: string, @Param('keyId') id: string): Promise<void> {
    return this.keys.revoke(project, id);
  }
}

@ApiTags('access')
@Controller('api/v1/keys')
@Needs('admin', 'everything')
export class GlobalKeysController {
  constructor(private readonly keys: Keys) {}

  @Get()
  @ApiAnswer({ summary: 'The keys for all projects at once', type: [KeyDto], takesQuery: false })
  list(): Promise<KeyDto[]> {
    return this.keys.list(null);
  }

  @Post()
  @ApiChange({
    summary: 'Make a key for all projects at once',
    description: `Of scope \`admin\` only. ${TOLD_ONCE}`,
    type: CreatedKeyDto,
    status: 201,
    failures: { 400: BAD_KEY },
  })
  @ApiBody({ type: NewKeyDto, examples: { admin: { value: { scope: 'admin', name: 'Backups', expiresAt: '2099-01-31T00:00:00Z' } } } })
  add(@Body(BodyPipe) body: NewKeyDto, @WhoAsks() caller: Caller): Promise<CreatedKeyDto> {
    return this.keys.add(null, body, caller);
  }

  @Delete(':keyId')
  @ApiKeyId()
  @ApiChange({ summary: 'Revoke a key for all projects', description: 'Safe to repeat.', failures: { 404: NO_KEY } })
  revoke(@Param('keyId') id: string): Promise<void> {
    return this.keys.revoke(null, id);
  }
}
