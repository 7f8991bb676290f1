import type { Filter } from '@analytics/dto/language';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface EventsLinkProps {
  /** All filters that the number counts by, those of the view included. */
  filters: readonly Filter[];
  /** The range that the number is of; left out, the view's own. */
  range?: { from: string; to: string };
  children: ReactNode;
  className?: string;
  title?: string;
}

/** A number that leads to exactly the events behind it: the count there is the number. */
export function EventsLink({ filters, range, children, className = '', title = 'Show these events' }: EventsLinkProps) {
  return (
    <Link
      to="/events"
      title={title}
      data-track="events-link"
      className={`underline-offset-2 hover:underline ${className}`}
      // The rest of the view stays by itself.
      search={{
        filters: filters.length > 0 ? [...filters] : undefined,
        ...(range && { period: undefined, from: range.from, to: range.to }),
      }}
    >
      {children}
    </Link>
  );
}
