import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { hashPassword, passwordMatches } from './passwords.js';
import { PersonEntity, type Role } from './person.entity.js';
import { SessionEntity } from './session.entity.js';

export interface PersonInput {
  /** In any case; kept in lower case. */
  email: string;
  name: string;
  role: Role;
  password: string;
}

/** What an administrator may change of a person; what is left out stays. */
export interface PersonChange {
  role?: Role;
  /** `true` also ends the person's sessions. */
  disabled?: boolean;
  /** Also ends the person's sessions. */
  password?: string;
}

export type PersonChangeResult = { kind: 'changed'; person: PersonEntity } | { kind: 'missing' } | { kind: 'last-admin' };

/** E-mail addresses are compared without regard to case, as mail servers do in practice. */
const normalEmail = (email: string): string => email.toLowerCase();

export const listPeople = (tables: DataSource): Promise<PersonEntity[]> =>
  tables.getRepository(PersonEntity).find({ order: { email: 'ASC' } });

/** @returns `null` when somebody has this e-mail address already. */
export async function addPerson(tables: DataSource, { email, name, role, password }: PersonInput): Promise<PersonEntity | null> {
  const people = tables.getRepository(PersonEntity);
  const row = { email: normalEmail(email), name, role, passwordHash: await hashPassword(password) };
  const inserted = await people.createQueryBuilder().insert().values(row).orIgnore().returning('id').execute();
  const [made] = inserted.raw as { id: string }[];
  return made ? people.findOneByOrFail({ id: made.id }) : null;
}

/** Makes the first administrator; does nothing where there are people already. @returns whether it was made. */
export async function addFirstAdmin(tables: DataSource, person: Omit<PersonInput, 'role'>): Promise<boolean> {
  if (await tables.getRepository(PersonEntity).exists()) return false;
  return (await addPerson(tables, { ...person, role: 'admin' })) !== null;
}

/** Changes a person, unless nobody would be left who may undo it. */
export async function changePerson(tables: DataSource, id: number, change: PersonChange): Promise<PersonChangeResult> {
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password);
  return tables.transaction(async (manager) => {
    const people = manager.getRepository(PersonEntity);
    // Two administrators who demote each other at the same moment wait for each other here.
    const lock = { mode: 'pessimistic_write' } as const;
    const admins = await people.find({ where: { role: 'admin', disabledAt: IsNull() }, order: { id: 'ASC' }, lock });
    const person = await people.findOne({ where: { id: String(id) } });
    if (!person) return { kind: 'missing' };
    const isLast = admins.length === 1 && admins[0]?.id === person.id;
    if (isLast && (change.role === 'viewer' || change.disabled === true)) return { kind: 'last-admin' };
    if (change.role !== undefined) person.role = change.role;
    if (change.disabled !== undefined) person.disabledAt = change.disabled ? (person.disabledAt ?? new Date()) : null;
    if (passwordHash !== undefined) person.passwordHash = passwordHash;
    await people.save(person);
    if (person.disabledAt !== null || passwordHash !== undefined) await endSessions(manager, person.id);
    return { kind: 'changed', person: await people.findOneByOrFail({ id: person.id }) };
  });
}

/**
 * Changes a person's own password and ends all other sessions.
 * @param keptTokenHash the session that goes on. @returns false when the current password is wrong.
 */
export async function changeOwnPassword(
  tables: DataSource,
  id: number,
  { current, next, keptTokenHash }: { current: string; next: string; keptTokenHash: string },
): Promise<boolean> {
  const people = tables.getRepository(PersonEntity);
  const person = await people.findOne({ where: { id: String(id) }, select: { id: true, passwordHash: true } });
  if (!(await passwordMatches(person?.passwordHash, current))) return false;
  const passwordHash = await hashPassword(next);
  await tables.transaction(async (manager) => {
    await manager.update(PersonEntity, { id: String(id) }, { passwordHash });
    await endSessions(manager, String(id), keptTokenHash);
  });
  return true;
}

/** The person with this e-mail address and password, who is not disabled. The time it takes tells nothing about which of them is wrong. */
export async function authenticate(tables: DataSource, email: string, password: string): Promise<PersonEntity | null> {
  const people = tables.getRepository(PersonEntity);
  const where = { email: normalEmail(email), disabledAt: IsNull() };
  const found = await people.findOne({ where, select: { id: true, passwordHash: true } });
  return (await passwordMatches(found?.passwordHash, password)) ? people.findOneBy(where) : null;
}

async function endSessions(manager: EntityManager, personId: string, keptTokenHash = ''): Promise<void> {
  await manager
    .createQueryBuilder()
    .delete()
    .from(SessionEntity)
    .where('person_id = :personId AND token_hash <> :keptTokenHash', { personId, keptTokenHash })
    .execute();
}
