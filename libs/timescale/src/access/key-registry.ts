import { In, IsNull, type DataSource } from 'typeorm';
import { WriteKeyEntity } from '../configuration/write-key.entity.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { hashOfSecret, newSecret, prefixOfSecret } from './secrets.js';

/** `ingest`: send events; `read`: ask; `admin`: also change. */
export type KeyScope = 'ingest' | 'read' | 'admin';

export interface KeyInput {
  /** `null`: all projects; scope `admin` only. */
  projectId: string | null;
  scope: KeyScope;
  /** For people, to tell keys apart. */
  name: string;
  /** E-mail of a person, or what else made it. */
  createdBy: string;
  /** `null`: it does not expire. */
  expiresAt: Date | null;
}

/** What is kept of a key. The key itself is not. */
export interface Key extends Omit<KeyInput, 'createdBy'> {
  /** `w` or `a`, for the table, and a number. */
  id: string;
  prefix: string | null;
  createdAt: Date;
  createdBy: string | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** Makes a key. @returns it and what is kept of it; the key is never told again. */
export async function addKey(tables: DataSource, input: KeyInput): Promise<Key & { key: string }> {
  const { projectId, scope, name, ...rest } = input;
  const key = newSecret(scope === 'ingest' ? 'wk' : 'ak');
  const kept = { ...rest, keyHash: hashOfSecret(key), prefix: prefixOfSecret(key), project: projectId === null ? null : { id: projectId } };
  if (scope !== 'ingest') return { ...fromApiKey(await tables.getRepository(ApiKeyEntity).save({ ...kept, scope, name })), key };
  if (kept.project === null) throw new RangeError('an ingest key needs a project: name one');
  return { ...fromWriteKey(await tables.getRepository(WriteKeyEntity).save({ ...kept, project: kept.project, label: name })), key };
}

/** Makes a key that is known already, unless it exists; one that was revoked stays so. Needs the owner's data source. */
export async function ensureApiKey(
  tables: DataSource,
  { key, projectId, scope, name }: { key: string; projectId: string | null; scope: 'read' | 'admin'; name: string },
): Promise<void> {
  const project = projectId === null ? null : { id: projectId };
  const row = { project, scope, name, keyHash: hashOfSecret(key), prefix: prefixOfSecret(key), createdBy: 'first start' };
  await tables.getRepository(ApiKeyEntity).createQueryBuilder().insert().values(row).orIgnore().execute();
}

/** The project's keys, or with `null` those of all projects at once; newest first, revoked ones included, shared links not. */
export async function listKeys(tables: DataSource, projectId: string | null): Promise<Key[]> {
  const where = { project: projectId === null ? IsNull() : { id: projectId } };
  const relations = { project: true };
  const apiKeys = await tables.getRepository(ApiKeyEntity).find({ where: { ...where, scope: In(['read', 'admin']) }, relations });
  const writeKeys = projectId === null ? [] : await tables.getRepository(WriteKeyEntity).find({ where: { project: { id: projectId } }, relations });
  const keys = [...apiKeys.map(fromApiKey), ...writeKeys.map(fromWriteKey)];
  return keys.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/**
 * Revokes a key of the project, or with `null` one of all projects at once. Doing it again is safe.
 * @returns false when the project has no key of this id.
 */
export async function revokeKey(tables: DataSource, projectId: string | null, id: string): Promise<boolean> {
  const [, kind, number] = /^([aw])([1-9]\d{0,14})$/.exec(id) ?? [];
  if (kind === undefined) return false;
  const table = kind === 'w' ? 'write_keys' : 'api_keys';
  const [, count] = await tables.query<[unknown[], number]>(
    `UPDATE ${table} SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 AND project_id IS NOT DISTINCT FROM $2`,
    [number, projectId],
  );
  return count > 0;
}

const fromApiKey = ({ id, project, scope, name, ...rest }: ApiKeyEntity): Key => ({
  id: `a${id}`,
  projectId: project?.id ?? null,
  scope,
  name,
  ...lifeOf(rest),
});

const fromWriteKey = ({ id, project, label, ...rest }: WriteKeyEntity): Key => ({
  id: `w${id}`,
  projectId: project.id,
  scope: 'ingest',
  name: label,
  ...lifeOf(rest),
});

type KeyLife = Pick<Key, 'prefix' | 'createdAt' | 'createdBy' | 'lastUsedAt' | 'expiresAt' | 'revokedAt'>;

/** Only these: the rest of a row holds the hash. A row that was just made has no values where the database has null. */
const lifeOf = ({ prefix, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt }: KeyLife): KeyLife => ({
  prefix: prefix ?? null,
  createdAt,
  createdBy: createdBy ?? null,
  lastUsedAt: lastUsedAt ?? null,
  expiresAt: expiresAt ?? null,
  revokedAt: revokedAt ?? null,
});
