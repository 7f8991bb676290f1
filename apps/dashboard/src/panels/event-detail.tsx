import { Link } from '@tanstack/react-router';
import { Copy, Equal, EqualNot, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useEvent, type ListedEvent } from '../api/event-list.js';
import type { View } from '../routes/view.js';
import { fieldLabel } from '../frame/filter-words.js';
import { age } from '../ui/format.js';
import { PanelContent, RowsSkeleton } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import { Snippet } from '../ui/snippet.js';
import { zonedMoment } from '../ui/zoned-time.js';
import { conditionOn, fieldsOf } from './event-fields.js';
import { TypeMark } from './events-table.js';
import { UserFacts } from './user-facts.js';

interface EventDetailProps {
  id: string;
  at: string | undefined;
  /** The event, if the list has it. */
  known: ListedEvent | undefined;
  view: View;
  onClose: () => void;
}

type Tab = 'fields' | 'json' | 'user';
const TABS = [
  { value: 'fields', label: 'Fields' },
  { value: 'json', label: 'JSON' },
  { value: 'user', label: 'User' },
] as const;

/** All that is known of one event, and the ways on from each of its values. */
export function EventDetail({ id, at, known, view, onClose }: EventDetailProps) {
  const [tab, setTab] = useState<Tab>('fields');
  const asked = useEvent(id, at, view.project, known);
  return (
    <aside
      aria-label="Event"
      data-testid="event-detail"
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
      className="event-detail card flex min-h-0 min-w-0 grow flex-col"
    >
      <header className="flex items-center gap-2 border-b border-line p-2 pl-3">
        <Segmented label="Event as" options={TABS} value={tab} onChange={setTab} />
        <CopyLink />
        <button
          type="button"
          aria-label="Close the event"
          title="Close (Esc)"
          data-track="event-close"
          className="control border-transparent"
          onClick={onClose}
        >
          <X aria-hidden className="size-4" />
        </button>
      </header>
      <div
        tabIndex={0}
        role="region"
        aria-label="About the event"
        className="flex min-h-0 grow flex-col overflow-auto p-3 outline-offset-[-2px]"
      >
        <PanelContent
          title="Event"
          query={known ? { ...asked, data: known, error: null } : asked}
          skeleton={<RowsSkeleton rows={12} height={34} />}
        >
          {(event) =>
            tab === 'fields' ? (
              <Fields event={event} view={view} />
            ) : tab === 'json' ? (
              <Snippet title={event.eventId} name="event" code={JSON.stringify(event, null, 2)} />
            ) : (
              <UserFacts user={event.userId} params={view.params} way />
            )
          }
        </PanelContent>
      </div>
    </aside>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(location.href).then(() => setCopied(true));
  return (
    <button
      type="button"
      className="control ml-auto border-transparent text-[13px] text-muted"
      data-track="event-link"
      onClick={() => void copy().catch(() => setCopied(false))}
      onBlur={() => setCopied(false)}
    >
      <Copy aria-hidden className="size-3.5" /> {copied ? 'Copied' : 'Link'}
    </button>
  );
}

function Fields({ event, view }: { event: ListedEvent; view: View }) {
  const { timestamp, receivedAt, clockAdjusted, eventType, eventId } = event;
  return (
    <div className="flex flex-col gap-3 text-[13px]">
      <div className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium">
          <TypeMark type={eventType} />
        </span>
        <time dateTime={timestamp}>{zonedMoment(timestamp, view.timeZone)}</time>
        <span className="text-muted">{delayWords(timestamp, receivedAt, clockAdjusted)}</span>
      </div>
      <dl>
        <Line name="Id">
          <span className="font-mono text-xs break-all">{eventId}</span>
        </Line>
        {fieldsOf(event).map(({ field, value }) => (
          <Line key={field} name={fieldLabel(field)} title={field}>
            <span className="min-w-0 grow break-words">
              {field === 'user' ? (
                <Link
                  to="/events"
                  data-track="event-user"
                  className="text-accent underline-offset-2 hover:underline"
                  search={(previous) => ({ ...previous, user: String(value), event: undefined, at: undefined })}
                >
                  {value}
                </Link>
              ) : (
                String(value)
              )}
            </span>
            {(['is', 'is_not'] as const).map((op) => {
              const condition = conditionOn(field, value, op);
              const words = `${op === 'is' ? 'Only' : 'Without'} ${fieldLabel(field)} ${String(value)}`;
              return (
                condition && (
                  <button
                    key={op}
                    type="button"
                    aria-label={words}
                    title={words}
                    data-track={`filter-${op}`}
                    className="grid size-6 shrink-0 place-items-center rounded-md text-muted hover:bg-raised hover:text-ink"
                    onClick={() => view.addFilter(condition)}
                  >
                    {op === 'is' ? <Equal aria-hidden className="size-3.5" /> : <EqualNot aria-hidden className="size-3.5" />}
                  </button>
                )
              );
            })}
          </Line>
        ))}
      </dl>
    </div>
  );
}

function Line({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <div className="flex min-h-8 items-start gap-2 border-t border-line py-1">
      <dt className="w-28 shrink-0 truncate pt-0.5 text-muted" title={title}>
        {name}
      </dt>
      <dd className="flex min-w-0 grow items-start gap-1 pt-0.5">{children}</dd>
    </div>
  );
}

function delayWords(timestamp: string, receivedAt: string, adjusted: boolean): string {
  if (adjusted) return "accepted at once; the client's clock was ahead";
  const ms = Date.parse(receivedAt) - Date.parse(timestamp);
  return `accepted ${ms < 1000 ? `${Math.max(0, ms)} ms` : age(ms)} later`;
}
