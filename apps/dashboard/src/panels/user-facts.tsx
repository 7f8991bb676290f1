import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useUser } from '../api/event-list.js';
import type { SetParams } from '../routes/view.js';
import { count } from '../ui/format.js';
import { PanelContent } from '../ui/panel.js';
import { zonedMoment } from '../ui/zoned-time.js';

interface UserFactsProps {
  user: string;
  /** Of these events. */
  params: SetParams;
  /** Shows the way to all that the user did. */
  way?: boolean;
}

/** What a user did, in four numbers. */
export function UserFacts({ user, params, way = false }: UserFactsProps) {
  const query = useUser(user, params);
  const seen = (at: string | null) => (at ? <time dateTime={at}>{zonedMoment(at, params.timeZone)}</time> : '–');
  return (
    <PanelContent title={`User ${user}`} query={query} skeleton={<div className="skeleton h-24" />}>
      {({ firstSeen, lastSeen, totalEvents, totalSessions }) => (
        <div className="flex flex-wrap items-end gap-x-8 gap-y-3">
          <dl className="flex flex-wrap gap-x-8 gap-y-3">
            <Fact name="User">{user}</Fact>
            <Fact name="Events in the range">{count(totalEvents)}</Fact>
            <Fact name="Sessions">{count(totalSessions)}</Fact>
            <Fact name="First seen">{seen(firstSeen)}</Fact>
            <Fact name="Last seen">{seen(lastSeen)}</Fact>
          </dl>
          {way && (
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
