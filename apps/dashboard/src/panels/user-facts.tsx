import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useUser } from '../api/event-list.js';
import type { View } from '../routes/view.js';
import { count } from '../ui/format.js';
import { PanelContent } from '../ui/panel.js';
import { zonedMoment } from '../ui/zoned-time.js';

/** What a user did in the range of the view, in four numbers, and the way to all of it. */
export function UserFacts({ user, view, timeline = false }: { user: string; view: View; timeline?: boolean }) {
  const query = useUser(user, view.params);
  const seen = (at: string | null) => (at ? <time dateTime={at}>{zonedMoment(at, view.timeZone)}</time> : '–');
  return (
    <PanelContent title={`User ${user}`} query={query} skeleton={<div className="skeleton h-24" />}>
      {({ firstSeen, lastSeen, totalEvents, totalSessions }) => (
        <div className="flex flex-wrap items-end gap-x-8 gap-y-3">
          <dl className="flex flex-wrap gap-x-8 gap-y-3">
            <Fact name={timeline ? 'User' : 'Id'}>{user}</Fact>
            <Fact name="Events in the range">{count(totalEvents)}</Fact>
            <Fact name="Sessions">{count(totalSessions)}</Fact>
            <Fact name="First seen">{seen(firstSeen)}</Fact>
            <Fact name="Last seen">{seen(lastSeen)}</Fact>
          </dl>
          {!timeline && (
            <Link
              to="/events"
              data-track="user-timeline"
              className="control text-[13px]"
              search={(previous) => ({ ...previous, user, event: undefined, at: undefined })}
            >
              Timeline of this user
            </Link>
          )}
        </div>
      )}
    </PanelContent>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="font-medium break-words">{children}</dd>
    </div>
  );
}
