import type { StoredEventDto } from '@analytics/dto';
import { Link } from '@tanstack/react-router';
import { ArrowUpRight, ChevronRight } from 'lucide-react';
import { memo } from 'react';
import { typeColour, typeName } from '../ui/event-types.js';
import { timeOfDay } from '../ui/format.js';
import { summaryOf } from './event-summary.js';

interface EventRowProps {
  event: StoredEventDto;
  open: boolean;
  onToggle: (eventId: string) => void;
}

/** One stored event in a line; opened, all that is known about it. */
export const EventRow = memo(function EventRow({ event, open, onToggle }: EventRowProps) {
  const { eventId, eventType, receivedAt, userId, browser, device } = event;
  return (
    <div data-testid="feed-row" data-event-id={eventId} className="border-b border-line">
      <button
        type="button"
        aria-expanded={open}
        data-track="feed-row"
        onClick={() => onToggle(eventId)}
        className="flex h-10 w-full items-center gap-3 px-4 text-left text-[13px] hover:bg-raised"
      >
        <time dateTime={receivedAt} className="shrink-0 text-muted">
          {timeOfDay(receivedAt)}
        </time>
        <span className="flex w-24 shrink-0 items-center gap-2 max-sm:w-2.5" title={eventType}>
          <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ background: `var(${typeColour(eventType)})` }} />
          <span className="truncate max-sm:sr-only">{typeName(eventType)}</span>
        </span>
        <span className="min-w-0 grow truncate">{summaryOf(event)}</span>
        <span className="w-28 shrink-0 truncate text-right text-muted max-sm:hidden">{userId}</span>
        <span className="w-44 shrink-0 truncate text-right text-muted max-xl:hidden">{[browser, device].filter(Boolean).join(', ')}</span>
        <ChevronRight aria-hidden className={`size-4 shrink-0 text-muted ${open ? 'rotate-90' : ''}`} />
      </button>
      {open && <WholeEvent event={event} />}
    </div>
  );
});

/** All that was stored, and the way to the page where each of its values leads on. */
function WholeEvent({ event }: { event: StoredEventDto }) {
  return (
    <div className="bg-raised">
      <pre tabIndex={0} role="region" aria-label="The event as JSON" className="max-h-72 overflow-auto px-4 py-3 font-mono text-xs leading-5">
        {JSON.stringify(event, null, 2)}
      </pre>
      <Link
        to="/events"
        search={{ event: event.eventId, at: event.timestamp }}
        data-track="feed-event-page"
        className="mb-2 ml-2 inline-flex h-8 items-center gap-1 rounded-md px-2 text-[13px] text-accent underline-offset-2 hover:underline"
      >
        Open among the events <ArrowUpRight aria-hidden className="size-3.5" />
      </Link>
    </div>
  );
}
