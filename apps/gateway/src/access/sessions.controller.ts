import { OpenSessionDto } from '@analytics/dto';
import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { requirePerson, type Caller } from './caller.js';
import { Needs, NeedsPerson, WhoAsks } from './needs.decorator.js';
import { Sessions } from './sessions.service.js';

@ApiTags('access')
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(private readonly sessions: Sessions) {}

  @Get()
  @Needs('read', 'caller')
  @ApiAnswer({ summary: 'Where one is signed in; a key is nowhere', type: [OpenSessionDto], takesQuery: false })
  list(@WhoAsks() caller: Caller): Promise<OpenSessionDto[]> {
    return this.sessions.list(caller);
  }

  @Delete(':id')
  @NeedsPerson()
  @ApiParam({ name: 'id', description: 'Id of one of the own sessions', example: '9f86d081884c7d65' })
  @ApiChange({
    summary: 'Sign out elsewhere',
    description: 'Ends one of the own sessions, and the live connections that were opened with it.',
    failures: { 404: 'you have no such session; GET /api/v1/sessions lists them' },
  })
  end(@Param('id') id: string, @WhoAsks() caller: Caller): Promise<void> {
    return this.sessions.endOne(requirePerson(caller), id);
  }
}
