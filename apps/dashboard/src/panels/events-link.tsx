import type { Filter } from '@analytics/dto/language';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isVisitor } from '../api/shared-link.js';
import { useView, type ViewSearch } from '../routes/view.js';

const EVENTS_PAGE: string = '/events';

interface EventsLinkProps {
  /** Besides the view's own; one that the view has already counts once. */
  filters?: readonly Filter[];
  /** Instead of the view's own range. */
  range?: Pick<ViewSearch, 'from' | 'to' | 'period'>;
  /** Names the link where its text is a number only. */
  label?: string;
  title?: string;
  className?: string;
  children: ReactNode;
}

/** From a number to exactly the events that it counts. Who comes by a shared link sees the number alone. */
export function EventsLink({ filters = [], range, label, title = 'See these events', className = '', children }: EventsLinkProps) {
  const { search } = useView();
  if (isVisitor()) return <span className={className}>{children}</span>;
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
      title={title}
      data-track="events-behind"
      className={`rounded underline-offset-2 hover:underline ${className}`}
    >
      {children}
    </Link>
  );
}
