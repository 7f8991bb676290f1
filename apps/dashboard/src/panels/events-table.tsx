import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type RefObject } from 'react';
import type { ListedEvent } from '../api/event-list.js';
import { typeColour, typeName } from '../ui/event-types.js';
import { zonedClock, zonedDate } from '../ui/zoned-time.js';
import { columnLabel, columnValue, gridTemplate, gridWidth } from './event-columns.js';

interface EventsTableProps {
  events: readonly ListedEvent[];
  /** How many there are on all pages. */
  total: number;
  columns: readonly string[];
  zone: string;
  /** Id of the event that is open. */
  open: string | undefined;
  onOpen: (event: ListedEvent | undefined) => void;
  /** Called when the reader comes near the end. */
  onMore: () => void;
  /** What stands below the last row. */
  ending: string;
  /** Set when the next page failed: asks for it again. */
  onRetry: (() => void) | undefined;
}

const ROW = 34;
const NEAR_THE_END = 40;
const PAGE_KEYS = 15;

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  j: 1,
  k: -1,
  PageDown: PAGE_KEYS,
  PageUp: -PAGE_KEYS,
  Home: -Infinity,
  End: Infinity,
};

/** Events, newest first. Only the rows in view are on the page; arrow keys go through them, Enter opens one, Escape closes it. */
export const EventsTable = memo(function EventsTable(props: EventsTableProps) {
  const { events, total, columns, zone, open, onOpen, onMore, ending, onRetry } = props;
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(() => events.findIndex(({ eventId }) => eventId === open));
  const rows = useVirtualizer({ count: events.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 12 });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= events.length - NEAR_THE_END) onMore();
  }, [last, events.length, onMore]);

  const onKeyDown = useRowKeys(props, active, (index) => {
    setActive(index);
    rows.scrollToIndex(index);
  });
  useFocusBack(open, box);
  const grid = { gridTemplateColumns: gridTemplate(columns), minWidth: `${gridWidth(columns)}rem` };
  return (
    <div
      ref={box}
      role="grid"
      aria-label="Events"
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={items.some(({ index }) => index === active) ? `event-row-${active}` : undefined}
      tabIndex={0}
      data-testid="events-table"
      onKeyDown={onKeyDown}
      className="min-h-0 grow overflow-auto rounded-b-xl text-[13px] outline-offset-[-2px]"
    >
      <HeadRow columns={columns} grid={grid} />
      <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const event = events[index];
          return (
            event && (
              <Row
                key={event.eventId}
                index={index}
                event={event}
                columns={columns}
                zone={zone}
                style={`translateY(${start}px)`}
                grid={grid}
                open={open === event.eventId}
                active={active === index}
                onPick={(picked) => {
                  setActive(index);
                  onOpen(open === picked.eventId ? undefined : picked);
                }}
              />
            )
          );
        })}
      </div>
      <Ending words={ending} onRetry={onRetry} />
    </div>
  );
});

/** Arrow keys go from row to row (with an open event, from event to event), Enter opens, Escape closes. */
function useRowKeys({ events, open, onOpen }: EventsTableProps, active: number, go: (index: number) => void) {
  return (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && open) return onOpen(undefined);
    if ((event.key === 'Enter' || event.key === ' ') && events[active]) {
      event.preventDefault();
      return onOpen(events[active]);
    }
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.min(events.length - 1, Math.max(0, active + step));
    go(next);
    if (open) onOpen(events[next]);
  };
}

/** Where an event was closed by a button that is gone with it, the keys go on working in the table. */
function useFocusBack(open: string | undefined, box: RefObject<HTMLDivElement | null>): void {
  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current && !open && document.activeElement === document.body) box.current?.focus({ preventScroll: true });
    wasOpen.current = open;
  }, [open, box]);
}

function HeadRow({ columns, grid }: { columns: readonly string[]; grid: CSSProperties }) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      style={grid}
      className="event-grid sticky top-0 z-10 h-8 border-b border-line bg-card text-xs text-muted max-sm:!hidden"
    >
      {['Time', ...columns.map(columnLabel)].map((label) => (
        <div key={label} role="columnheader" className="truncate">
          {label}
        </div>
      ))}
    </div>
  );
}

/** Below the last row: that there is more, that there is not, or that it could not be had. */
function Ending({ words, onRetry }: { words: string; onRetry: (() => void) | undefined }) {
  return (
    <div className="sticky left-0 flex min-h-10 w-full items-center justify-center gap-3 px-3 text-muted" role={onRetry && 'alert'}>
      {words}
      {onRetry && (
        <button type="button" className="control" data-track="events-retry" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface RowProps {
  index: number;
  event: ListedEvent;
  columns: readonly string[];
  zone: string;
  style: string;
  grid: CSSProperties;
  open: boolean;
  active: boolean;
  onPick: (event: ListedEvent) => void;
}

/** The open row, and the one that arrow keys have reached. */
const MARKED = 'aria-selected:bg-accent-soft data-active:outline-1 data-active:-outline-offset-1 data-active:outline-accent';

function Row({ index, event, columns, zone, style, grid, open, active, onPick }: RowProps) {
  const { eventId, eventType, timestamp } = event;
  return (
    <div
      role="row"
      id={`event-row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={open}
      data-testid="event-row"
      data-event-id={eventId}
      data-active={active || undefined}
      style={{ ...grid, transform: style }}
      onClick={() => onPick(event)}
      className={`event-grid absolute inset-x-0 top-0 h-[34px] cursor-pointer border-b border-line hover:bg-raised ${MARKED}`}
    >
      <div role="gridcell" className="truncate text-muted">
        <span className="max-sm:hidden">{zonedDate(timestamp, zone)} </span>
        <time dateTime={timestamp} className="text-ink">
          {zonedClock(timestamp, zone)}
        </time>
      </div>
      {columns.map((column) => (
        <div
          key={column}
          role="gridcell"
          className={`truncate ${column === 'summary' ? 'event-summary' : column === 'type' ? '' : 'text-muted max-sm:hidden'}`}
        >
          {column === 'type' ? <TypeMark type={eventType} /> : columnValue(event, column, zone)}
        </div>
      ))}
    </div>
  );
}

export function TypeMark({ type }: { type: string }) {
  return (
    <span className="flex min-w-0 items-center gap-2" title={type}>
      <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ background: `var(${typeColour(type)})` }} />
      <span className="truncate max-sm:sr-only">{typeName(type)}</span>
    </span>
  );
}
