import type { StoredEventDto } from '@analytics/dto';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import { EventRow } from './event-row.js';

interface EventRowsProps {
  events: readonly StoredEventDto[];
  open: string | null;
  onToggle: (eventId: string) => void;
  /** Called when the reader leaves the top. */
  onScroll: () => void;
  list: RefObject<HTMLDivElement | null>;
  height: number;
}

const ROW = 41;

/** Only the rows in view are on the page. */
export function EventRows({ events, open, onToggle, onScroll, list, height }: EventRowsProps) {
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW,
    getItemKey: (index) => events[index]?.eventId ?? index,
    overscan: 6,
  });
  return (
    <div
      ref={list}
      className="overflow-auto rounded-b-xl"
      style={{ flex: `1 0 ${height}px`, height }}
      onScroll={({ currentTarget }) => currentTarget.scrollTop > 0 && onScroll()}
    >
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const event = events[index];
          return (
            event && (
              <div
                key={key}
                data-index={index}
                ref={rows.measureElement}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <EventRow event={event} open={open === event.eventId} onToggle={onToggle} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
