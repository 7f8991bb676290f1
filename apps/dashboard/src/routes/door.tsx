import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation, useMatches } from '@tanstack/react-router';
import { useEffect } from 'react';
import { sessionQuery } from '../api/session.js';
import { isVisitor, SHARED_PATH } from '../api/shared-link.js';
import { useLiveFeed } from '../live/use-live.js';
import { Failure } from '../ui/panel.js';
import { Frame } from './frame.js';
import { isSharedSession, LinkEnded, SharedFrame } from './shared.js';

/** Around everything: who is not signed in is led to the sign-in page, and from there back. A tab with a shared link shows that alone. */
export function Door() {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const feed = useLiveFeed();
  const { pathname, href } = useLocation();
  const signedIn = Boolean(session);
  useEffect(() => {
    if (!signedIn) return;
    feed.connect();
    return () => feed.hangUp();
  }, [feed, signedIn]);

  if (session === undefined) return error && <Failure sentence={error.message} onRetry={() => void refetch()} />;
  if (isVisitor() || pathname === SHARED_PATH) return isSharedSession(session) ? <SharedFrame session={session} /> : <LinkEnded />;
  if (pathname === '/sign-in') return <SignInOnly />;
  if (!session) return <Navigate to="/sign-in" search={href === '/' ? {} : { back: href }} replace />;
  return <Frame />;
}

/** Until the code of the sign-in page is here, the page before it still matches: nobody who is signed out may see it ask. */
function SignInOnly() {
  const shown = useMatches({ select: (matches) => matches.at(-1)?.pathname });
  return shown === '/sign-in' && <Outlet />;
}
