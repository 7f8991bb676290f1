import { ChangePersonDto, NewPersonDto, PersonDto, PersonWithPasswordDto } from '@analytics/dto';
import { BadRequestException, Body, Controller, Get, Injectable, Param, Patch, Post, type PipeTransform } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { BodyPipe } from './body.pipe.js';
import { Needs } from './needs.decorator.js';
import { People } from './people.service.js';

const NO_ID = 'id must be the id of a person, a whole number from 1';

@Injectable()
class PersonIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
    throw new BadRequestException([NO_ID]);
  }
}

@ApiTags('access')
@Controller('api/v1/people')
@Needs('admin', 'everything')
export class PeopleController {
  constructor(private readonly people: People) {}

  @Get()
  @ApiAnswer({ summary: 'Who may sign in', type: [PersonDto], takesQuery: false })
  list(): Promise<PersonDto[]> {
    return this.people.list();
  }

  @Post()
  @ApiChange({
    summary: 'Let somebody sign in',
    description: 'Without `password` one is made; the answer tells it, once.',
    type: PersonWithPasswordDto,
    status: 201,
    failures: { 400: 'role must be one of viewer, admin', 409: 'somebody with the e-mail address ada@example.com exists already' },
  })
  add(@Body(BodyPipe) body: NewPersonDto): Promise<PersonWithPasswordDto> {
    return this.people.add(body);
  }

  @Patch(':id')
  @ApiParam({ name: 'id', type: 'integer', description: 'Id of a person', example: 7 })
  @ApiChange({
    summary: "Change a person's role, disable the person, or reset the password",
    description: 'Disabling and resetting end all sessions. The last administrator can be neither demoted nor disabled.',
    type: PersonWithPasswordDto,
    failures: { 400: NO_ID, 404: 'person 7 does not exist', 409: 'this is the last administrator who may sign in; make another one first' },
  })
  change(@Param('id', PersonIdPipe) id: number, @Body(BodyPipe) body: ChangePersonDto): Promise<PersonWithPasswordDto> {
    return this.people.change(id, body);
  }
}
