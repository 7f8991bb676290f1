import type { ChangePersonDto, NewPersonDto, PersonDto, PersonWithPasswordDto } from '@analytics/dto';
import { addPerson, changePerson, listPeople, newPassword, type PersonEntity } from '@analytics/timescale';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { AccessChanges } from './access-changes.service.js';
import { AccessTables } from './access-tables.service.js';

/** Who may sign in. */
@Injectable()
export class People {
  constructor(
    private readonly tables: AccessTables,
    private readonly changes: AccessChanges,
  ) {}

  async list(): Promise<PersonDto[]> {
    return (await listPeople(await this.tables.open())).map(toDto);
  }

  /** @throws {ConflictException} when somebody has the e-mail address. */
  async add({ email, name, role, password }: NewPersonDto): Promise<PersonWithPasswordDto> {
    const made = password == null ? newPassword() : null;
    const person = await addPerson(await this.tables.open(), { email, name, role, password: made ?? password ?? '' });
    if (!person) throw new ConflictException([`somebody with the e-mail address ${email} exists already; change that person instead`]);
    return { ...toDto(person), password: made };
  }

  /**
   * @throws {NotFoundException} when there is no such person.
   * @throws {ConflictException} when no administrator would be left.
   */
  async change(id: number, { role, disabled, resetPassword }: ChangePersonDto): Promise<PersonWithPasswordDto> {
    const password = resetPassword ? newPassword() : null;
    const change = { role: role ?? undefined, disabled: disabled ?? undefined, password: password ?? undefined };
    const result = await changePerson(await this.tables.open(), id, change);
    if (result.kind === 'missing') throw missing(id);
    if (result.kind === 'last-admin')
      throw new ConflictException(['this is the last administrator who may sign in; make another one first']);
    this.changes.ended.next();
    return { ...toDto(result.person), password };
  }
}

const missing = (id: number) => new NotFoundException([`person ${id} does not exist; GET /api/v1/people lists them`]);

const toDto = ({ id, email, name, role, createdAt, lastSignInAt, disabledAt }: PersonEntity): PersonDto => ({
  id: Number(id),
  email,
  name,
  role,
  createdAt: createdAt.toISOString(),
  lastSignInAt: lastSignInAt?.toISOString() ?? null,
  disabledAt: disabledAt?.toISOString() ?? null,
});
