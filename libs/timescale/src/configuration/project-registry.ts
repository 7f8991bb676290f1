import { IsNull, MoreThan, type DataSource } from 'typeorm';
import { hashOfSecret, prefixOfSecret } from '../access/secrets.js';
import { ProjectEntity } from './project.entity.js';
import { WriteKeyEntity } from './write-key.entity.js';

const PROJECT_ID = /^[a-z][a-z0-9-]{0,62}$/;

export interface ProjectInput {
  /** `[a-z][a-z0-9-]{0,62}` */
  id: string;
  /** For people; an existing project keeps the name it has. */
  name: string;
  /** A key with which events may be sent. Only its SHA-256 is stored. A key that exists already stays as it is, revoked or not. */
  writeKey?: string;
  /** For people, to tell keys apart; default `default`. */
  writeKeyLabel?: string;
}

export interface WriteKeyHash {
  /** SHA-256 of the key, 64 hexadecimal digits. */
  keyHash: string;
  projectId: string;
}

/**
 * Makes the project, and its write key if one is given, unless they exist. Needs the owner's data source.
 * @throws {RangeError} when the id is not a project id; {Error} when the key already belongs to another project.
 */
export async function ensureProject(
  dataSource: DataSource,
  { id, name, writeKey, writeKeyLabel = 'default' }: ProjectInput,
): Promise<void> {
  if (!PROJECT_ID.test(id)) throw new RangeError(`project id ${JSON.stringify(id)} must match ${PROJECT_ID.source}: choose another id`);
  await dataSource.createQueryBuilder().insert().into(ProjectEntity).values({ id, name }).orIgnore().execute();
  if (writeKey === undefined) return;
  const keyHash = hashOfSecret(writeKey);
  const keys = dataSource.getRepository(WriteKeyEntity);
  const row = { project: { id }, keyHash, label: writeKeyLabel, prefix: prefixOfSecret(writeKey), createdBy: 'first start' };
  await keys.createQueryBuilder().insert().values(row).orIgnore().execute();
  const stored = await keys.findOneOrFail({ where: { keyHash }, relations: { project: true } });
  if (stored.project.id !== id)
    throw new Error(`the write key given for project ${id} already belongs to project ${stored.project.id}: make a new key`);
}

/** The keys that are valid now, hashed, for the collector's look-up. */
export async function listWriteKeyHashes(dataSource: DataSource): Promise<WriteKeyHash[]> {
  const valid = { revokedAt: IsNull() };
  const where = [
    { ...valid, expiresAt: IsNull() },
    { ...valid, expiresAt: MoreThan(new Date()) },
  ];
  const keys = await dataSource.getRepository(WriteKeyEntity).find({ where, relations: { project: true } });
  return keys.map((key) => ({ keyHash: key.keyHash, projectId: key.project.id }));
}

/** Keeps when write keys were last used. @param usedAt by hash of the key, ms since 1970. */
export async function noteWriteKeyUse(dataSource: DataSource, usedAt: ReadonlyMap<string, number>): Promise<void> {
  await dataSource.query(
    `UPDATE write_keys SET last_used_at = used.at
       FROM (SELECT hash, to_timestamp(ms / 1000) AS at FROM unnest($1::text[], $2::float8[]) AS given (hash, ms)) AS used
      WHERE key_hash = used.hash AND (last_used_at IS NULL OR last_used_at < used.at)`,
    [[...usedAt.keys()], [...usedAt.values()]],
  );
}

/** @returns `null` when the id is taken. */
export async function addProject(dataSource: DataSource, { id, name }: { id: string; name: string }): Promise<ProjectEntity | null> {
  const projects = dataSource.getRepository(ProjectEntity);
  const inserted = await projects.createQueryBuilder().insert().values({ id, name }).orIgnore().returning('id').execute();
  return (inserted.raw as unknown[]).length === 0 ? null : projects.findOneByOrFail({ id });
}

/** @returns `null` when there is no such project. */
export async function renameProject(dataSource: DataSource, { id, name }: { id: string; name: string }): Promise<ProjectEntity | null> {
  await dataSource.getRepository(ProjectEntity).update({ id }, { name });
  return dataSource.getRepository(ProjectEntity).findOneBy({ id });
}

/** All projects by id. Who has a pool of the reader's role uses ProjectReader. */
export const listProjects = (dataSource: DataSource): Promise<ProjectEntity[]> =>
  dataSource.getRepository(ProjectEntity).find({ order: { id: 'ASC' } });
