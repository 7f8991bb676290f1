import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import { SESSION_DAYS } from '@analytics/timescale';

/** What a request shows to be let in. Keys are never taken from an address: those end up in logs and histories. */
export type Credential = { kind: 'session'; token: string } | { kind: 'key'; key: string };

const COOKIE = 'analytics_session';
/** Ours have 35 characters; nothing longer is worth a hash. */
const MAX_LENGTH = 128;
const DAY_SECONDS = 86_400;

/** The key of `Authorization: Bearer`, else the session's cookie; `undefined` where there is neither. */
export function credentialOf({ authorization, cookie }: IncomingHttpHeaders): Credential | undefined {
  if (authorization !== undefined) return keyCredential(/^Bearer +(\S+)$/i.exec(authorization.slice(0, MAX_LENGTH + 16))?.[1] ?? '');
  const token = cookie === undefined ? undefined : parseCookie(cookie)[COOKIE];
  return token === undefined || token === '' || token.length > MAX_LENGTH ? undefined : { kind: 'session', token };
}

/** A key given as it is. One that cannot be a key is kept as the empty one, which nobody has. */
export const keyCredential = (key: string): Credential => ({ kind: 'key', key: key.length > MAX_LENGTH ? '' : key });

/** The header that gives a session to a browser: out of reach of scripts, and not sent along by other sites' forms and images. */
export const sessionCookie = (token: string, secure: boolean): string =>
  stringifySetCookie({ name: COOKIE, value: token, path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: SESSION_DAYS * DAY_SECONDS });

/** The header that takes it away again. */
export const noSessionCookie = (secure: boolean): string =>
  stringifySetCookie({ name: COOKIE, value: '', path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: 0 });
