import { guard } from './guard.js';
import { clip } from './text.js';

const SESSION_IDLE_MS = 30 * 60_000;
const USER = 'analytics_user';
const SESSION = 'analytics_session';

/**
 * A random UUID. `crypto.randomUUID` exists only on https and localhost; elsewhere the browser names a blob by one (W3C File API, 8.2),
 * which costs less code than the digits would.
 */
export const newId = (): string => crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);

/** The page's own script tag may name the user for this page. */
let user = (document.currentScript as HTMLScriptElement | null)?.dataset.user;

/** Names the user from now on and in later visits; an empty id makes them anonymous anew. */
export function identify(id?: string | null): void {
  user = clip(id || `anon_${newId()}`, 128);
  // Where storage is forbidden, reading `localStorage` itself throws: ids then live as long as the page.
  guard(() => (localStorage[USER] = user))();
}

/** Who is using the page: as identified, or a random id that this browser keeps. */
export function userId(): string {
  if (!user) identify(guard(() => localStorage[USER])());
  return user as string;
}

let visit: [id: string, lastSeen: number] | undefined;

/** The id of the visit in this tab; it is renewed after 30 minutes without an event. */
export function sessionId(): string {
  const now = Date.now();
  visit ??= guard(() => sessionStorage[SESSION].split(','))();
  visit = [visit && now - visit[1] < SESSION_IDLE_MS ? visit[0] : newId(), now];
  guard(() => (sessionStorage[SESSION] = visit))();
  return visit[0];
}
