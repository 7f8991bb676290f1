import { DatabaseError } from 'pg';

/** What a failed statement means for the batch that it carried. */
export type FailureKind =
  /** It passes by itself: the same work may be done again. */
  | 'transient'
  /** The data is at fault: the same data will fail again. */
  | 'data'
  /** The database is not as it should be (a missing table or grant): waiting helps only when somebody mends it. */
  | 'setup';

export const LOCK_NOT_AVAILABLE = '55P03';
export const UNIQUE_VIOLATION = '23505';
export const INVALID_PASSWORD = '28P01';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const STATEMENT_TIMEOUT = '57014';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; a class is the first two characters. */
const KINDS: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ['08', 'transient'], // connection exception
  ['25P03', 'transient'], // idle_in_transaction_session_timeout: this process was stopped for too long
  ['40', 'transient'], // transaction rollback: serialization failure, deadlock
  ['53', 'transient'], // insufficient resources: disk full, out of memory, too many connections
  ['55', 'transient'], // not in the required state: lock not available, object in use
  ['57', 'transient'], // operator intervention: shutdown, crash recovery, cancelled statement
  ['58', 'transient'], // system error: I/O
  ['21', 'data'], // cardinality violation
  ['22', 'data'], // data exception: NUL in text, number out of range, bad JSON
  ['23', 'data'], // integrity constraint violation
  ['54', 'data'], // program limit exceeded: a value is too long for an index or a JSON string
]);

/** The SQLSTATE of an error that PostgreSQL reported; `undefined` for every other, such as a broken connection. */
export const sqlStateOf = (error: unknown): string | undefined => (error instanceof DatabaseError ? error.code : undefined);

/** Errors without a SQLSTATE come from the connection (refused, reset, timed out) and pass. */
export function failureKindOf(error: unknown): FailureKind {
  const state = sqlStateOf(error);
  if (state === undefined) return 'transient';
  return KINDS.get(state) ?? KINDS.get(state.slice(0, 2)) ?? 'setup';
}

/** One line for logs and dead letters: the database's message, its detail and the SQLSTATE. */
export function describeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof DatabaseError)) return message || 'the connection to PostgreSQL failed';
  return [message, error.detail, `(SQLSTATE ${error.code ?? 'unknown'})`].filter(Boolean).join(' ');
}
