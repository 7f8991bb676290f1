import type { DataSource } from 'typeorm';
import type { PersonEntity, Role } from './person.entity.js';
import { hashOfSecret, newSecret } from './secrets.js';
import { SessionEntity } from './session.entity.js';

/** A session ends so many days after it began, and after so many without use. */
export const SESSION_DAYS = 30;
export const SESSION_IDLE_DAYS = 7;

/** Whoever holds a credential that is valid now. */
export type Holder = { /** SHA-256 of the key or token. */ credential: string } & (
  | { kind: 'person'; id: number; email: string; name: string; role: Role }
  | { kind: 'key'; id: string; name: string; scope: 'read' | 'admin'; /** `null`: all projects. */ projectId: string | null }
  | SharedView
);

/** Whoever has a shared link sees this page of this project, narrowed to the filters in `search`. */
export interface SharedView {
  kind: 'link';
  id: string;
  name: string;
  projectId: string;
  page: string;
  /** The address's search as JSON, an object. */
  search: string;
}

// Last use is exact to a minute, so that asking does not mean writing.
const STALE = `interval '1 minute'`;
const SESSION_IS_VALID = `s.expires_at > now() AND s.last_seen_at > now() - interval '${SESSION_IDLE_DAYS} days' AND p.disabled_at IS NULL`;
const KEY_IS_VALID = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

const SESSION = `
  SELECT p.id::int, p.email, p.name, p.role, s.last_seen_at < now() - ${STALE} AS stale
    FROM sessions s JOIN people p ON p.id = s.person_id
   WHERE s.token_hash = $1 AND ${SESSION_IS_VALID}`;

const KEY = `
  SELECT 'a' || id AS id, name, scope, project_id AS "projectId", page, search, coalesce(last_used_at < now() - ${STALE}, true) AS stale
    FROM api_keys
   WHERE key_hash = $1 AND ${KEY_IS_VALID}`;

const VALID = `
  SELECT s.token_hash AS credential FROM sessions s JOIN people p ON p.id = s.person_id
   WHERE s.token_hash = ANY($1) AND ${SESSION_IS_VALID}
  UNION ALL
  SELECT key_hash FROM api_keys WHERE key_hash = ANY($1) AND ${KEY_IS_VALID}`;

const SEEN = `UPDATE sessions SET last_seen_at = now() WHERE token_hash = ANY($1) AND last_seen_at < now() - ${STALE}`;
const USED = 'UPDATE api_keys SET last_used_at = now() WHERE key_hash = $1';

type Person = Omit<Extract<Holder, { kind: 'person' }>, 'credential' | 'kind'>;
type FoundKey =
  | { id: string; name: string; scope: 'read' | 'admin'; projectId: string | null; page: null; search: null }
  | { id: string; name: string; scope: 'view'; projectId: string; page: string; search: string };

/** The person whose session this token is. @returns `null` when there is none, or it has ended. */
export async function findSession(tables: DataSource, token: string): Promise<Holder | null> {
  const credential = hashOfSecret(token);
  const [row] = await tables.query<(Person & { stale: boolean })[]>(SESSION, [credential]);
  if (!row) return null;
  const { stale, ...person } = row;
  if (stale) await tables.query(SEEN, [[credential]]);
  return { kind: 'person', credential, ...person };
}

/** The holder of this key for reading or administration, or of this shared link. @returns `null` when none is valid now. */
export async function findApiKey(tables: DataSource, key: string): Promise<Holder | null> {
  const credential = hashOfSecret(key);
  const [row] = await tables.query<(FoundKey & { stale: boolean })[]>(KEY, [credential]);
  if (!row) return null;
  if (row.stale) await tables.query(USED, [credential]);
  const { id, name, scope, projectId, page, search } = row;
  if (scope === 'view') return { kind: 'link', credential, id, name, projectId, page, search };
  return { kind: 'key', credential, id, name, scope, projectId };
}

/** Which of these credentials are still valid. Holding a connection open with a session counts as using it. */
export async function validCredentials(tables: DataSource, credentials: string[]): Promise<Set<string>> {
  const rows = await tables.query<{ credential: string }[]>(VALID, [credentials]);
  const valid = rows.map(({ credential }) => credential);
  if (valid.length > 0) await tables.query(SEEN, [valid]);
  return new Set(valid);
}

/** Begins a session, and forgets those that have ended. @returns the token, which is not kept. */
export async function openSession(tables: DataSource, person: PersonEntity, userAgent: string): Promise<string> {
  const token = newSecret('st');
  await tables.query(`DELETE FROM sessions WHERE expires_at < now() OR last_seen_at < now() - interval '${SESSION_IDLE_DAYS} days'`);
  await tables.query(
    `INSERT INTO sessions (token_hash, person_id, expires_at, user_agent) VALUES ($1, $2, now() + interval '${SESSION_DAYS} days', $3)`,
    [hashOfSecret(token), person.id, userAgent],
  );
  await tables.query('UPDATE people SET last_sign_in_at = now() WHERE id = $1', [person.id]);
  return token;
}

/** A person who is signed in, in one browser. */
export interface OpenSession {
  /** Beginning of the token's hash: tells sessions apart, and opens nothing. */
  id: string;
  createdAt: Date;
  /** Exact to a minute. */
  lastSeenAt: Date;
  userAgent: string;
  /** Whether it is the one of this credential. */
  current: boolean;
}

/** A person's sessions that have not ended, the one used last first. @param credential hash of the session that asks. */
export const listSessions = (tables: DataSource, personId: number, credential: string): Promise<OpenSession[]> =>
  tables.query<OpenSession[]>(
    `SELECT left(s.token_hash, 16) AS id, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", s.user_agent AS "userAgent",
            s.token_hash = $2 AS current
       FROM sessions s JOIN people p ON p.id = s.person_id
      WHERE s.person_id = $1 AND ${SESSION_IS_VALID} ORDER BY s.last_seen_at DESC, s.created_at DESC`,
    [personId, credential],
  );

/** Ends one of a person's sessions by its id. @returns false when he has none of it. */
export async function endSessionOf(tables: DataSource, personId: number, id: string): Promise<boolean> {
  const sql = 'DELETE FROM sessions WHERE person_id = $1 AND left(token_hash, 16) = $2';
  const [, count] = await tables.query<[unknown[], number]>(sql, [personId, id]);
  return count > 0;
}

export async function endSession(tables: DataSource, credential: string): Promise<void> {
  await tables.getRepository(SessionEntity).delete({ tokenHash: credential });
}
