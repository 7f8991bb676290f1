import { getRouteApi } from '@tanstack/react-router';
import { ArrowUp, Download, X } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useEventList, type ListedEvent } from '../api/event-list.js';
import { EventDetail } from '../panels/event-detail.js';
import { searchFilter } from '../panels/event-fields.js';
import { columnsShown } from '../panels/event-columns.js';
import { EventsSearchBox } from '../panels/events-search-box.js';
import { EventsTable } from '../panels/events-table.js';
import { ColumnsMenu } from '../panels/events-columns-menu.js';
import { Nothing } from '../panels/nothing.js';
import { UserFacts } from '../panels/user-facts.js';
import { count } from '../ui/format.js';
import { PageHeading } from '../ui/page-heading.js';
import { PanelContent, RowsSkeleton } from '../ui/panel.js';
import { DEFAULT_COLUMNS, type EventsSearch } from './explore-search.js';
import { setParams, useView, type View, type ViewSearch } from './view.js';

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

export function EventsPage() {
  const view = useView();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, user, event: openId, at } = search;
  const asked = useAsked(view, search);
  const list = useEventList(asked);
  const change = useCallback(
    (part: EventsSearch & Pick<ViewSearch, 'filters'>, replace = false) =>
      void navigate({ search: (previous) => ({ ...previous, ...part }), resetScroll: false, replace }),
    [navigate],
  );
  const isOpen = openId !== undefined;
  const open = useCallback(
    // Going from event to event is one step of Back.
    (event: ListedEvent | undefined) => change({ event: event?.eventId, at: event?.timestamp }, isOpen && event !== undefined),
    [change, isOpen],
  );
  const close = useCallback(() => open(undefined), [open]);
  const narrowed = view.filters.length > 0 || q !== undefined || user !== undefined;
  const clear = narrowed ? () => change({ q: undefined, user: undefined, filters: undefined }) : undefined;
  return (
    <>
      <PageHeading title="Events" note={user === undefined ? 'Every event, as it was stored' : `Timeline of ${user}`}>
        <EventsSearchBox text={q} onSearch={(text) => change({ q: text })} onEvent={(id) => change({ event: id, at: undefined })} />
      </PageHeading>
      {user !== undefined && (
        <section aria-label="User" className="card mb-4 flex items-start gap-2 p-4">
          <div className="min-w-0 grow">
            <UserFacts user={user} view={view} timeline />
          </div>
          <button
            type="button"
            aria-label="Show all users"
            title="Show all users"
            className="control border-transparent"
            onClick={() => change({ user: undefined })}
          >
            <X aria-hidden className="size-4" />
          </button>
        </section>
      )}
      <div className={`grid grid-cols-1 gap-4 ${isOpen ? 'lg:grid-cols-[minmax(0,1fr)_26rem]' : ''}`}>
        <EventsCard
          view={view}
          search={search}
          list={list}
          onOpen={open}
          onClear={clear}
          onColumns={(columns) => change({ columns })}
          asked={asked}
        />
        {isOpen && (
          <div className="flex flex-col sm:h-[calc(100dvh-13.5rem)] sm:min-h-[26rem]">
            <EventDetail
              key={openId}
              id={openId}
              at={at}
              known={list.events?.find(({ eventId }) => eventId === openId)}
              view={view}
              onClose={close}
            />
          </div>
        )}
      </div>
    </>
  );
}

interface EventsCardProps {
  view: View;
  search: EventsSearch;
  asked: ReturnType<typeof setParams>;
  list: ReturnType<typeof useEventList>;
  onOpen: (event: ListedEvent | undefined) => void;
  onClear: (() => void) | undefined;
  onColumns: (columns: string | undefined) => void;
}

function EventsCard({ view, search, asked, list, onOpen, onClear, onColumns }: EventsCardProps) {
  const { opened, pages, events, more, nextFailed } = list;
  const columns = useMemo(() => columnsShown(search.columns), [search.columns]);
  const setColumns = (next: readonly string[]) => onColumns(next.join(',') === DEFAULT_COLUMNS.join(',') ? undefined : next.join(','));
  const total = opened.data?.events ?? 0;
  const query = {
    data: opened.data && events,
    error: opened.error ?? (events ? null : pages.error),
    isPlaceholderData: opened.isPlaceholderData || pages.isPlaceholderData,
    refetch: () => (opened.error ? opened.refetch() : pages.refetch()),
  };
  const { fetchNextPage } = pages;
  const retry = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const ending = nextFailed
    ? `The next events could not be loaded: ${pages.error?.message ?? ''}`
    : pages.hasNextPage
      ? 'Loading the next events …'
      : `All ${count(events?.length ?? 0)} events are shown`;
  return (
    <section aria-label="Events" className="card flex h-[calc(100dvh-13.5rem)] min-h-[26rem] min-w-0 flex-col">
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
        <Counts list={list} />
        <div className="ml-auto flex items-center gap-2">
          <ColumnsMenu columns={columns} onChange={setColumns} />
          <ExportLinks params={opened.data?.params ?? asked} />
        </div>
      </header>
      <div className="flex min-h-0 grow flex-col [&>div]:min-h-0">
        <PanelContent
          title="The list of events"
          query={query}
          skeleton={
            <div className="p-4">
              <RowsSkeleton rows={14} height={34} />
            </div>
          }
        >
          {(rows) =>
            rows.length > 0 ? (
              <EventsTable
                key={opened.data?.id}
                events={rows}
                total={total}
                columns={columns}
                zone={view.timeZone}
                open={search.event}
                onOpen={onOpen}
                onMore={more}
                ending={ending}
                onRetry={nextFailed ? retry : undefined}
              />
            ) : (
              <div className="p-4">
                <Nothing
                  project={view.project}
                  words={onClear ? 'No event of this range fits the filters.' : 'There is no event in this range.'}
                  height={320}
                  teaching
                  onClear={onClear}
                />
              </div>
            )
          }
        </PanelContent>
      </div>
    </section>
  );
}

function Counts({ list: { opened, fresh, renew } }: Pick<EventsCardProps, 'list'>) {
  const { data } = opened;
  if (!data) return <div className="skeleton h-6 w-40" />;
  const about = data.estimated ? '≈ ' : '';
  return (
    <>
      <p className={opened.isPlaceholderData ? 'opacity-50' : ''}>
        <strong data-testid="events-count" data-value={data.events} className="text-base font-semibold">
          {count(data.events)}
        </strong>{' '}
        {data.events === 1 ? 'event' : 'events'}
        <span className="text-muted max-sm:hidden">
          {' '}
          · {about}
          {count(data.users)} {data.users === 1 ? 'user' : 'users'} · {about}
          {count(data.sessions)} {data.sessions === 1 ? 'session' : 'sessions'}
        </span>
      </p>
      {fresh > 0 && (
        <button
          type="button"
          data-testid="events-new"
          data-track="events-new"
          className="flex h-7 items-center gap-1 rounded-full bg-accent-soft px-3 text-[13px] font-medium text-accent"
          onClick={renew}
        >
          <ArrowUp aria-hidden className="size-3.5" /> {count(fresh)} new
        </button>
      )}
    </>
  );
}

/** The same events as files: of the same range, so with as many rows as the list. */
function ExportLinks({ params }: { params: ReturnType<typeof setParams> }) {
  const link = (format: string, children: ReactNode) => (
    <a
      className="control rounded-none border-l-0 text-[13px] first:rounded-l-lg first:border-l last:rounded-r-lg"
      href={`/api/v1/export?${new URLSearchParams({ ...params, format }).toString()}`}
      download={`${params.project}-events.${format}`}
      data-track={`export-${format}`}
    >
      {children}
    </a>
  );
  return (
    <div role="group" aria-label="Export these events" className="flex max-sm:hidden">
      {link(
        'csv',
        <>
          <Download aria-hidden className="size-4" /> CSV
        </>,
      )}
      {link('ndjson', 'NDJSON')}
    </div>
  );
}
