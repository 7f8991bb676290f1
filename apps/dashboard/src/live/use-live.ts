import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryClient, QueryKey, UseQueryOptions, UseQueryResult } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import {
  fetchAnswer,
  queryKeyOf,
  questionOf,
  type LiveQuestion,
  type LiveRequest,
  type Preset,
  type PresetAnswer,
} from '../api/live-request.js';
import type { LineState, LiveFeed } from './live-feed.js';

/** How often an answer is asked for by REST while the gateway does not push it. */
const POLL_MS = 5000;
const NOT_ASKED = ['not asked'] as const;

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
  return ({ key }: Pick<LiveQuestion, 'key'>, answer: object): void => {
    client.setQueryData(key, answer);
  };
}

/** The old answer may stand in for the new one only where it says the same thing about another stretch of time. */
function sameQuestion(before: QueryKey | undefined, request: LiveRequest): boolean {
  return JSON.stringify(before?.slice(0, 3)) === JSON.stringify(queryKeyOf(request).slice(0, 3));
}

interface Followed<A> {
  /** undefined: nothing is asked yet. */
  question: LiveQuestion | undefined;
  fetch: (signal: AbortSignal) => Promise<A>;
  placeholderData: NonNullable<UseQueryOptions<A>['placeholderData']>;
}

/**
 * An answer that stays up to date. The first one comes by REST or over the socket, whichever is faster; then the gateway pushes.
 * While it does not (no socket, refused subscription), REST is asked every 5 s. Paused, nothing on screen changes.
 */
export function useFollowed<A extends { asOf: string }>({ question, fetch, placeholderData }: Followed<A>): UseQueryResult<A, Error> {
  const feed = useLiveFeed();
  const client = useQueryClient();
  // Callers write questions inline: an equal one must not open a new subscription at every render.
  const [asked, setAsked] = useState(question);
  if (JSON.stringify(asked?.key) !== JSON.stringify(question?.key)) setAsked(question);
  useEffect(() => asked && feed.watch(asked), [feed, asked]);

  const queryKey = question?.key ?? NOT_ASKED;
  return useQuery<A, Error>({
    queryKey,
    queryFn: async ({ signal }) => {
      const answer = await fetch(signal);
      const pushed = client.getQueryData<A>(queryKey);
      return pushed && pushed.asOf > answer.asOf ? pushed : answer;
    },
    enabled: question !== undefined,
    staleTime: Infinity,
    refetchInterval: () => (!question || feed.serves(question) || isPaused(feed) ? false : POLL_MS),
    placeholderData,
  });
}

/** A preset, kept up to date. */
export function useLive<Q extends Preset>(request: LiveRequest<Q>): UseQueryResult<PresetAnswer<Q>, Error> {
  return useFollowed<PresetAnswer<Q>>({
    question: questionOf(request),
    fetch: (signal) => fetchAnswer(request, signal),
    placeholderData: ((previous: PresetAnswer<Q> | undefined, before: { queryKey: QueryKey } | undefined) =>
      sameQuestion(before?.queryKey, request) ? previous : undefined) as Followed<PresetAnswer<Q>>['placeholderData'],
  });
}
