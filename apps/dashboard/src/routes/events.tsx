import { getRouteApi } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useEventList, type ListedEvent } from '../api/event-list.js';
import { EventDetail } from '../panels/event-detail.js';
import { searchFilter } from '../panels/event-fields.js';
import { EventsCard } from '../panels/events-card.js';
import { EventsSearchBox } from '../panels/events-search-box.js';
import { UserFacts } from '../panels/user-facts.js';
import { PageHeading } from '../ui/page-heading.js';
import type { EventsSearch } from './explore-search.js';
import { setParams, useView, type SetParams, type View, type ViewSearch } from './view.js';

const route = getRouteApi('/events');

/** What of the address narrows the events, beside the view. */
function useAsked(view: View, { q, user }: EventsSearch) {
  const { search } = view;
  return useMemo(
    () =>
      setParams(search, [
        ...(user === undefined ? [] : [{ field: 'user', op: 'is', value: user } as const]),
        ...(q === undefined ? [] : [searchFilter(q)]),
      ]),
    [search, q, user],
  );
}

/** The page's part of the address, and how it is changed. */
function useEventsAddress() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: EventsSearch & Pick<ViewSearch, 'filters'>, replace = false) =>
      void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false, replace }),
    [navigate],
  );
  const isOpen = search.event !== undefined;
  const open = useCallback(
    // Going from event to event is one step of Back.
    (event: ListedEvent | undefined) => change({ event: event?.eventId, at: event?.timestamp }, isOpen && event !== undefined),
    [change, isOpen],
  );
  return { search, change, open };
}

export function EventsPage() {
  const view = useView();
  const { search, change, open } = useEventsAddress();
  const { q, user, event: openId, at } = search;
  const asked = useAsked(view, search);
  const list = useEventList(asked);
  const params = list.opened.data?.params ?? asked;
  const narrowed = view.filters.length > 0 || q !== undefined || user !== undefined;
  const clear = narrowed ? () => change({ q: undefined, user: undefined, filters: undefined }) : undefined;
  const known = list.events?.find(({ eventId }) => eventId === openId);
  return (
    <>
      <PageHeading title="Events" note={user === undefined ? 'Every event, as it was stored' : `Timeline of ${user}`}>
        <EventsSearchBox text={q} onSearch={(text) => change({ q: text })} onEvent={(id) => change({ event: id, at: undefined })} />
      </PageHeading>
      {user !== undefined && <UserCard user={user} params={params} onClose={() => change({ user: undefined })} />}
      {/* As high as what the frame leaves, however many lines its filters take; the list scrolls inside. */}
      <div
        className={`grid shrink-0 grow basis-0 grid-cols-1 grid-rows-[minmax(26rem,1fr)] gap-4 ${
          openId ? 'lg:grid-cols-[minmax(0,1fr)_26rem]' : ''
        }`}
      >
        <EventsCard
          view={view}
          search={search}
          list={list}
          params={params}
          onOpen={open}
          onClear={clear}
          onColumns={(columns) => change({ columns })}
        />
        {openId && (
          <div className="flex min-h-0 flex-col sm:max-lg:h-[36rem]">
            <EventDetail key={openId} id={openId} at={at} known={known} view={view} onClose={() => open(undefined)} />
          </div>
        )}
      </div>
    </>
  );
}

function UserCard({ user, params, onClose }: { user: string; params: SetParams; onClose: () => void }) {
  return (
    <section aria-label="User" className="card mb-4 flex items-start gap-2 p-4">
      <div className="min-w-0 grow">
        <UserFacts user={user} params={params} />
      </div>
      <button type="button" aria-label="Show all users" title="Show all users" className="control border-transparent" onClick={onClose}>
        <X aria-hidden className="size-4" />
      </button>
    </section>
  );
}
