import { ArrowUp, Download } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import type { ListedEvent, useEventList } from '../api/event-list.js';
import { DEFAULT_COLUMNS, type EventsSearch } from '../routes/explore-search.js';
import type { SetParams, View } from '../routes/view.js';
import { count } from '../ui/format.js';
import { PanelContent, RowsSkeleton } from '../ui/panel.js';
import { columnsShown } from './event-columns.js';
import { ColumnsMenu } from './events-columns-menu.js';
import { EventsTable } from './events-table.js';
import { Nothing } from './nothing.js';

interface EventsCardProps {
  view: View;
  search: EventsSearch;
  /** Of the list: with instants, once it is opened. */
  params: SetParams;
  list: ReturnType<typeof useEventList>;
  onOpen: (event: ListedEvent | undefined) => void;
  onClear: (() => void) | undefined;
  onColumns: (columns: string | undefined) => void;
}

/** The list with its count, its columns, its files, and what came since it was opened. */
export function EventsCard({ view, search, params, list, onOpen, onClear, onColumns }: EventsCardProps) {
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
    <section aria-label="Events" className="card flex min-w-0 flex-col">
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
        <Counts list={list} />
        <div className="ml-auto flex items-center gap-2">
          <ColumnsMenu columns={columns} onChange={setColumns} />
          <ExportLinks params={params} />
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
              <div className="overflow-auto p-4">
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
function ExportLinks({ params }: { params: SetParams }) {
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
