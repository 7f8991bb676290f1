/** Where a shared link leads: its token is the fragment, which browsers send to nobody. */
export const SHARED_PATH = '/shared';

const KEPT_AS = 'shared-link';

/**
 * The token of the shared link that this tab shows; `null`: the tab is an ordinary one. A token in the address is taken out of it
 * at the first look, and kept for this tab alone, so that a reload still works.
 */
export function sharedToken(): string | null {
  const { pathname, hash } = window.location;
  if (pathname === SHARED_PATH && hash.length > 1) {
    sessionStorage.setItem(KEPT_AS, hash.slice(1));
    window.history.replaceState(window.history.state, '', SHARED_PATH);
  }
  return sessionStorage.getItem(KEPT_AS);
}

/** Whether this tab shows a shared link: sums only, no single events, no values of a field. */
export const isVisitor = (): boolean => sharedToken() !== null;

/** Makes this tab an ordinary one again, in which a person's own session counts. */
export function leaveSharedLink(): void {
  sessionStorage.removeItem(KEPT_AS);
  window.location.assign('/');
}

/** The address that is told to others. */
export const sharedAddress = (token: string): string => `${window.location.origin}${SHARED_PATH}#${token}`;
