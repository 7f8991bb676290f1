import type { LiveAnswers, LiveQueryName } from '@analytics/dto';
import { useQuery, useQueryClient, type QueryClient, type QueryKey, type UseQueryResult } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import { fetchAnswer, queryKeyOf, requestKey, type LiveRequest } from '../api/live-request.js';
import type { LineState, LiveFeed } from './live-feed.js';

/** How often an answer is asked for by REST while the gateway does not push it. */
const POLL_MS = 5000;

export const LiveFeedContext = createContext<LiveFeed | null>(null);

/** @throws when there is no LiveFeedContext above. */
export function useLiveFeed(): LiveFeed {
  const feed = use(LiveFeedContext);
  if (!feed) throw new Error('useLiveFeed needs a LiveFeedContext above it');
  return feed;
}

/** The state of the line; renders again at every pulse, so use it only in small components. */
export function useLine(): LineState {
  const feed = useLiveFeed();
  return useSyncExternalStore(feed.onChange, feed.snapshot);
}

const isPaused = (feed: LiveFeed): boolean => feed.snapshot().pausedAt !== null;

/** Whether the reader holds the screen still; renders again only when that changes. */
export function usePaused(): boolean {
  const feed = useLiveFeed();
  return useSyncExternalStore(feed.onChange, () => isPaused(feed));
}

/** Where the feed puts its answers: into the same cache that REST fills. */
export function cacheSink(client: QueryClient) {
  return (request: LiveRequest, answer: LiveAnswers[LiveQueryName]): void => {
    client.setQueryData(queryKeyOf(request), answer);
  };
}

/** The old answer may stand in for the new one only where it says the same thing about another stretch of time. */
function sameQuestion(before: QueryKey | undefined, request: LiveRequest): boolean {
  return JSON.stringify(before?.slice(0, 3)) === JSON.stringify(queryKeyOf(request).slice(0, 3));
}

/**
 * An answer that stays up to date. The first one comes by REST or over the socket, whichever is faster; then the gateway pushes.
 * While it does not (no socket, refused subscription), REST is asked every 5 s. Paused, nothing on screen changes.
 */
export function useLive<Q extends LiveQueryName>(request: LiveRequest<Q>): UseQueryResult<LiveAnswers[Q], Error> {
  const feed = useLiveFeed();
  const client = useQueryClient();
  // Callers write requests inline: an equal one must not open a new subscription at every render.
  const [asked, setAsked] = useState(request);
  if (requestKey(asked) !== requestKey(request)) setAsked(request);
  useEffect(() => feed.watch(asked), [feed, asked]);

  return useQuery<LiveAnswers[Q], Error>({
    queryKey: queryKeyOf(request),
    queryFn: async ({ signal }) => {
      const answer = await fetchAnswer(request, signal);
      const pushed = client.getQueryData<LiveAnswers[Q]>(queryKeyOf(request));
      return pushed && pushed.asOf > answer.asOf ? pushed : answer;
    },
    staleTime: Infinity,
    refetchInterval: () => (feed.serves(request) || isPaused(feed) ? false : POLL_MS),
    placeholderData: (previous, before) => (sameQuestion(before?.queryKey, request) ? previous : undefined),
  });
}
