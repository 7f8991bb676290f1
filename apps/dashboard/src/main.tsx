import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { io } from 'socket.io-client';
import { whenSignedOut } from './api/gateway-client.js';
import { trackOwnUse } from './api/self-tracking.js';
import { endSession, sessionQuery } from './api/session.js';
import { sharedToken } from './api/shared-link.js';
import { LiveFeed, type LiveSocket } from './live/live-feed.js';
import { cacheSink, LiveFeedContext } from './live/use-live.js';
import { router } from './router.js';

const client = new QueryClient({
  defaultOptions: { queries: { retry: 1, retryDelay: 500, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: 'always' } },
});
const socket: LiveSocket = io({
  path: '/socket.io',
  transports: ['websocket', 'polling'],
  reconnectionDelay: 500,
  reconnectionDelayMax: 5000,
  // A session's cookie comes by itself.
  auth: (tell) => {
    const key = sharedToken();
    tell(key === null ? {} : { key });
  },
  // The page of who is signed in connects it.
  autoConnect: false,
});
const signedOut = (): void => void endSession(client);
whenSignedOut(signedOut);
// While the code of the page is on its way.
void client.prefetchQuery(sessionQuery);
const feed = new LiveFeed(socket, cacheSink(client), Date.now, signedOut);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <LiveFeedContext value={feed}>
        <RouterProvider router={router} />
      </LiveFeedContext>
    </QueryClientProvider>
  </StrictMode>,
);
void trackOwnUse(client);
