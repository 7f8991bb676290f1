import type { DataSource } from 'typeorm';
import { hashOfSecret, newSecret, prefixOfSecret } from './secrets.js';

/** Links of a project at most that can be opened now. */
export const MOST_LINKS = 200;

export interface LinkInput {
  projectId: string;
  /** Told to who opens it. */
  name: string;
  /** Name of a page of the dashboard. */
  page: string;
  /** The address's search as JSON, an object; its filters hold for whatever is asked with the link. */
  search: string;
  /** Who made it; `null`: a key. */
  personId: number | null;
  /** E-mail of a person, or what else made it. */
  createdBy: string;
  /** `null`: it does not expire. */
  expiresAt: Date | null;
}

/** What is kept of a shared link: a key of scope `view`. Its token is not. */
export interface SharedLink extends LinkInput {
  id: number;
  prefix: string;
  createdAt: Date;
  /** Exact to a minute. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const KEPT = `id::int, project_id AS "projectId", name, page, search, person_id::int AS "personId", created_by AS "createdBy",
  expires_at AS "expiresAt", prefix, created_at AS "createdAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

const INSERT = `
  INSERT INTO api_keys (scope, project_id, name, page, search, person_id, created_by, expires_at, key_hash, prefix)
  SELECT 'view', $1::text, $2::text, $3::text, $4::text, $5::bigint, $6::text, $7::timestamptz, $8::text, $9::text
   WHERE (SELECT count(*) FROM api_keys
           WHERE project_id = $1 AND scope = 'view' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) < ${MOST_LINKS}
  RETURNING ${KEPT}`;

/** Whose links: of the person, or with `null` everybody's. */
const OF = `project_id = $1 AND scope = 'view' AND ($2::bigint IS NULL OR person_id = $2)`;

/** Makes a link. @returns its token, which is never told again; `null` when the project has {@link MOST_LINKS} already. */
export async function addLink(tables: DataSource, input: LinkInput): Promise<(SharedLink & { token: string }) | null> {
  const { projectId, name, page, search, personId, createdBy, expiresAt } = input;
  const token = newSecret('vk');
  const values = [projectId, name, page, search, personId, createdBy, expiresAt, hashOfSecret(token), prefixOfSecret(token)];
  const [made] = await tables.query<SharedLink[]>(INSERT, values);
  return made ? { ...made, token } : null;
}

/** Newest first, revoked ones included; of one person, or with `null` everybody's. */
export const listLinks = (tables: DataSource, projectId: string, personId: number | null): Promise<SharedLink[]> =>
  tables.query<SharedLink[]>(`SELECT ${KEPT} FROM api_keys WHERE ${OF} ORDER BY id DESC`, [projectId, personId]);

/** Doing it again is safe. @returns false when the person, or with `null` anybody, has no such link. */
export async function revokeLink(tables: DataSource, projectId: string, id: number, personId: number | null): Promise<boolean> {
  const [, count] = await tables.query<[unknown[], number]>(
    `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE ${OF} AND id = $3`,
    [projectId, personId, id],
  );
  return count > 0;
}
