import { isNativeError } from 'node:util/types';

/** Errors of the connection itself have a code of Node or, from pg, none but one of these messages. */
const CONNECTION_CODE = /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$)/;
const CONNECTION_MESSAGE = /^(Connection terminated|Query read timeout|timeout exceeded when trying|Client has encountered a)/;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const OUTAGE = /^(08|53|55|57|58)/;
const NOT_PREPARED = /^(28|3D000|3F000|42P01|42501|42703)/;
const STATEMENT_TIMEOUT = '57014';

/**
 * Tells an outage of the database from a bug of ours.
 * @returns one sentence for the client, or undefined when the error has another cause.
 */
export function describeDatabaseOutage(error: unknown): string | undefined {
  if (!isNativeError(error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === STATEMENT_TIMEOUT) return 'the database took too long to answer; ask for a shorter range or a coarser granularity';
  if (NOT_PREPARED.test(code)) return `the database is not prepared for reading (${error.message}); run the migrations and try again`;
  if (OUTAGE.test(code) || CONNECTION_CODE.test(code) || CONNECTION_MESSAGE.test(error.message))
    return 'the database does not answer at the moment; try again in a few seconds';
  return undefined;
}
