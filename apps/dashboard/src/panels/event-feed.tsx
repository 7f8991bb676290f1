import type { StoredEventDto } from '@analytics/dto';
import type { UseQueryResult } from '@tanstack/react-query';
import { ArrowUp } from 'lucide-react';
import { memo } from 'react';
import { useAnswer } from '../live/use-answer.js';
import { useLive, usePaused } from '../live/use-live.js';
import { recentParams, useView } from '../routes/view.js';
import { BUILT_IN_TYPES, compareTypes, typeLabel } from '../ui/event-types.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { EventRows } from './event-rows.js';
import { Nothing } from './nothing.js';
import { useHeldList } from './use-held-list.js';

/** As many as the API gives at most: about 7 s at the default rate. */
const LIMIT = 200;
export const FEED_HEIGHT = 600;

/** How far back the feed looks when the view has filters; without filters, as far as there are events. */
const FILTERED_PERIOD = '30m';

interface EventFeedProps {
  /** Only this type; omitted, all. */
  type?: string;
  onType: (type: string | undefined) => void;
}

/** The events that were stored last, newest first. It stands still while it is pointed at, focused, scrolled or opened. */
export const EventFeed = memo(function EventFeed(props: EventFeedProps) {
  const { filters } = useView();
  return filters.length > 0 ? <FilteredFeed {...props} /> : <WholeFeed {...props} />;
});

/** In the order of acceptance, so that late events are seen too. */
function WholeFeed(props: EventFeedProps) {
  const { project } = useView();
  const query = useLive({ query: 'recent', params: { project, limit: LIMIT, ...(props.type && { eventType: props.type }) } });
  return <FeedPanel {...props} query={query} note="newest first" />;
}

function FilteredFeed(props: EventFeedProps) {
  const { search } = useView();
  const { type } = props;
  const params = recentParams(search, FILTERED_PERIOD, type ? [{ field: 'type', op: 'is', value: type }] : []);
  const query = useAnswer('events', { ...params, limit: LIMIT });
  return <FeedPanel {...props} query={query} note="filtered, last 30 minutes, newest first" />;
}

interface FeedPanelProps extends EventFeedProps {
  query: Pick<UseQueryResult<{ events: StoredEventDto[] }, Error>, 'data' | 'error' | 'isPlaceholderData'> & { refetch: () => unknown };
  note: string;
}

function FeedPanel({ type, onType, query, note }: FeedPanelProps) {
  const { project, search, filters, change } = useView();
  const narrowed = filters.length > 0;
  return (
    <Panel
      title="Stored events"
      className="h-full"
      note={note}
      query={query}
      skeleton={<RowsSkeleton rows={14} height={41} />}
      actions={<TypeFilter type={type} onType={onType} />}
    >
      {({ events }) =>
        events.length > 0 ? (
          <Feed key={JSON.stringify([project, type, search.filters])} events={events} />
        ) : type ? (
          <NoneOfType type={type} onClear={() => onType(undefined)} />
        ) : (
          <Nothing
            project={project}
            words={narrowed ? 'No events in the last 30 minutes pass the filters.' : 'No events are stored.'}
            height={FEED_HEIGHT}
            teaching
            {...(narrowed && { onClear: () => change({ filters: undefined }) })}
          />
        )
      }
    </Panel>
  );
}

function Feed({ events }: { events: readonly StoredEventDto[] }) {
  const paused = usePaused();
  const { shown, fresh, held, hold, letGo, open, toggle, list } = useHeldList(events);
  return (
    <div
      className="-mx-4 -mb-4 flex grow flex-col"
      onMouseEnter={hold}
      onFocus={hold}
      onMouseLeave={letGo}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && letGo()}
    >
      <div className="flex h-8 shrink-0 items-center border-y border-line px-4 text-xs text-muted">
        {paused ? 'Paused: Space resumes' : held ? 'Standing still while you look' : 'Stands still while you point at it'}
        {fresh > 0 && (
          <button
            type="button"
            data-track="feed-new"
            className="ml-auto flex h-6 items-center gap-1 rounded-full bg-accent-soft px-2.5 font-medium text-accent"
            onClick={() => letGo('anyway')}
          >
            <ArrowUp aria-hidden className="size-3" /> {fresh >= LIMIT ? `${LIMIT}+` : fresh} new
          </button>
        )}
      </div>
      <EventRows events={shown} open={open} onToggle={toggle} onScroll={hold} list={list} height={FEED_HEIGHT} />
    </div>
  );
}

function TypeFilter({ type, onType }: EventFeedProps) {
  const { project } = useView();
  const summary = useLive({ query: 'summary', params: { project } });
  const custom = summary.data?.byType.map(({ eventType }) => eventType) ?? [];
  const types = [...new Set([...BUILT_IN_TYPES, ...custom, ...(type ? [type] : [])])].sort(compareTypes);
  return (
    <select
      aria-label="Event type"
      id="feed-type"
      className="control max-w-44 pr-1"
      value={type ?? ''}
      onChange={({ target }) => onType(target.value || undefined)}
    >
      <option value="">All types</option>
      {types.map((each) => (
        <option key={each} value={each}>
          {typeLabel(each)}
        </option>
      ))}
    </select>
  );
}

function NoneOfType({ type, onClear }: { type: string; onClear: () => void }) {
  return (
    <div className="flex flex-col items-center justify-center gap-3 text-muted" style={{ minHeight: FEED_HEIGHT }}>
      <p>No event of type “{type}” here.</p>
      <button type="button" data-track="feed-clear-type" className="control" onClick={onClear}>
        Show all types
      </button>
    </div>
  );
}
