import type { ListedEventDto } from '@analytics/dto';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useAnswer } from '../live/use-answer.js';
import type { SetParams } from '../routes/view.js';
import { answered, api } from './gateway-client.js';
import type { Answer } from './questions.js';

export type ListedEvent = ListedEventDto;

const PAGE = 100;
const METRICS = 'events,users,sessions';
/** A range that ends no longer ago than so many ms moves with the present: periods end with the ten seconds, or the minute, that passes. */
const PRESENT_MS = 90_000;

/** A list as it was when it was opened: events that arrive later belong to no page of it. */
interface OpenedList {
  /** Of this opening; opened again, the same range may have other events. */
  id: number;
  /** With instants for its range. */
  params: SetParams;
  /** New events may still fall into the range. */
  open: boolean;
  events: number;
  users: number;
  sessions: number;
  /** Users and sessions are estimates; events never are. */
  estimated: boolean;
}

let openings = 0;

const totals = async (params: SetParams, metrics: string, signal: AbortSignal): Promise<Answer<'totals'>> =>
  answered(api.GET('/api/v1/totals', { params: { query: { ...params, metrics } }, signal }));

/** A range is cut where everything that was accepted is stored, so that its count and its pages speak of the same events. */
async function openList(asked: SetParams, signal: AbortSignal): Promise<OpenedList> {
  const { query, completeThrough, asOf } = await totals(asked, 'events', signal);
  const complete = completeThrough ?? asOf;
  const to = query.to < complete ? query.to : complete > query.from ? complete : query.to;
  const { project, timeZone, filters } = asked;
  const params = { project, timeZone, ...(filters && { filters }), from: query.from, to };
  const { totals: counts, exact } = await totals(params, METRICS, signal);
  const [events, users, sessions] = counts;
  const open = asked.to === undefined && Date.parse(query.to) > Date.parse(asOf) - PRESENT_MS;
  return { id: ++openings, params, open, events: events ?? 0, users: users ?? 0, sessions: sessions ?? 0, estimated: !exact };
}

/** The events of a set, newest first, page by page; what arrives while they are looked at is only counted. */
export function useEventList(asked: SetParams) {
  const client = useQueryClient();
  const opened = useQuery({
    queryKey: ['event-list', asked],
    queryFn: ({ signal }) => openList(asked, signal),
    staleTime: Infinity,
    // An address that is opened again later is another list.
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const params = opened.data?.params;
  const pages = useInfiniteQuery({
    queryKey: ['event-pages', opened.data?.id],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/api/v1/events', { params: { query: { ...params, limit: PAGE, ...(pageParam && { cursor: pageParam }) } }, signal }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: params !== undefined,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages;
  const events = useMemo(() => data?.pages.flatMap((page) => page.events), [data]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const renew = useCallback(() => void client.invalidateQueries({ queryKey: ['event-list'] }), [client]);
  return { opened, pages, events, more, renew, fresh: useFresh(opened.data), nextFailed: isFetchNextPageError };
}

/** How many events came into the range since the list was opened, late ones included. */
function useFresh(list: OpenedList | undefined): number {
  const { from, to, ...rest } = list?.params ?? {};
  const until = list?.open ? {} : { to };
  const live = useAnswer('totals', list && { ...rest, from, ...until, metrics: 'events' });
  const now = live.isPlaceholderData ? undefined : live.data?.totals[0];
  return list && typeof now === 'number' ? Math.max(0, now - list.events) : 0;
}

/** One event by its id. @param at its time, if it is known: without it only the newest days are searched. */
export function useEvent(id: string | undefined, at: string | undefined, project: string, known: ListedEvent | undefined) {
  return useQuery({
    queryKey: ['event', project, id, at],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/events/{id}', { params: { path: { id: id ?? '' }, query: { project, ...(at && { time: at }) } }, signal })),
    enabled: id !== undefined && known === undefined,
    staleTime: Infinity,
    select: ({ event }): ListedEvent => event,
  });
}

/** A user's share of a set of events. */
export function useUser(user: string, params: SetParams) {
  return useQuery({
    queryKey: ['user', user, params],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/users/{id}', { params: { path: { id: user }, query: { ...params, limit: 1 } }, signal })),
    staleTime: 10_000,
    placeholderData: (previous) => (previous?.user === user ? previous : undefined),
  });
}
