import type { Filter } from '@analytics/dto/language';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useView, type ViewSearch } from '../routes/view.js';

const EVENTS_PAGE: string = '/events';

interface EventsLinkProps {
  /** Besides the view's own. */
  filters?: readonly Filter[];
  /** Instead of the view's own range. */
  range?: Pick<ViewSearch, 'from' | 'to' | 'period'>;
  /** Names the link where its text is a number only. */
  label?: string;
  className?: string;
  children: ReactNode;
}

/** From a number to exactly the events that it counts. */
export function EventsLink({ filters = [], range, label, className = '', children }: EventsLinkProps) {
  const { search } = useView();
  const said = new Set((search.filters ?? []).map((each) => JSON.stringify(each)));
  const all = [...(search.filters ?? []), ...filters.filter((each) => !said.has(JSON.stringify(each)))];
  const target: ViewSearch = {
    ...search,
    ...(range && { period: undefined, from: undefined, to: undefined, ...range }),
    filters: all.length > 0 ? all : undefined,
  };
  return (
    <Link
      to={EVENTS_PAGE}
      search={target}
      preload={false}
      aria-label={label}
      title="See these events"
      data-track="events-behind"
      className={`rounded underline-offset-2 hover:underline ${className}`}
    >
      {children}
    </Link>
  );
}
