import type { SessionDto, SharedViewDto } from '@analytics/dto';
import type { Filter } from '@analytics/dto/language';
import { Outlet, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { Eye } from 'lucide-react';
import { useEffect } from 'react';
import { leaveSharedLink } from '../api/shared-link.js';
import { LiveBadge, PauseButton } from '../ui/live-badge.js';
import { Logo } from '../ui/logo.js';
import { ThemeButton } from '../ui/theme-button.js';
import { addressOf, PAGE_PATHS } from './view-address.js';
import { DEFAULT_PERIOD, useView, type ViewSearch } from './view.js';

const PERIODS = {
  '30m': 'Last 30 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  today: 'Today',
  yesterday: 'Yesterday',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '365d': 'Last 365 days',
} as const;

/** A session by a shared link. */
export type SharedSession = SessionDto & { shared: SharedViewDto; project: string };

export const isSharedSession = (session: SessionDto | null): session is SharedSession =>
  session !== null && session.shared !== null && session.project !== null;

/** What is around the one page that a shared link shows. Whatever else is in the address leads back to it. */
export function SharedFrame({ session }: { session: SharedSession }) {
  const { name, project, projects, shared } = session;
  const { filters = [] } = shared.search as { filters?: Filter[] };
  useEffect(() => {
    document.title = `${name} · Analytics`;
  }, [name]);
  if (!useIsAtHome(session)) return null;
  const projectName = projects.find(({ id }) => id === project)?.name ?? project;
  return (
    <>
      <header className="sticky top-0 z-20 border-b border-line bg-canvas">
        <div className="mx-auto flex max-w-[1300px] flex-wrap items-center gap-2 px-3 py-2 sm:px-5">
          <Logo />
          <span className="min-w-0 truncate text-[15px] font-semibold">{name}</span>
          <div className="ml-auto flex items-center gap-2 max-md:order-last max-md:w-full">
            <PeriodPicker />
            <div className="max-md:ml-auto">
              <LiveBadge project={project} />
            </div>
            <PauseButton />
          </div>
          <div className="flex items-center gap-2 max-md:ml-auto">
            <ThemeButton />
            <button type="button" className="control" data-track="shared-leave" onClick={leaveSharedLink}>
              Leave
            </button>
          </div>
        </div>
        <p role="note" className="border-t border-line bg-accent-soft">
          <span className="mx-auto flex max-w-[1300px] items-center gap-2 px-3 py-1.5 text-[13px] sm:px-5">
            <Eye aria-hidden className="size-4 shrink-0" />
            <span className="min-w-0 break-words">
              Shared view of {projectName} (read-only){filters.length > 0 && `, only where ${filters.map(inWords).join(' and ')}`}
            </span>
          </span>
        </p>
      </header>
      <main id="content" className="mx-auto max-w-[1300px] px-3 pt-4 pb-10 sm:px-5">
        <Outlet />
      </main>
    </>
  );
}

/** Leads to the page that is shared, and to its project. @returns whether it is there. */
function useIsAtHome({ project, shared }: SharedSession): boolean {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const chosen = (useSearch({ strict: false }) as ViewSearch).project;
  const isPage = pathname === PAGE_PATHS[shared.page];
  const isProject = chosen === project;
  useEffect(() => {
    // The link's filters are the gateway's to hold, so they are not in the address, where they would seem to be the reader's to change.
    if (!isPage) void navigate({ ...addressOf({ page: shared.page, search: { ...shared.search, filters: undefined }, project }), replace: true });
    else if (!isProject) void navigate({ to: '.', search: (previous) => ({ ...previous, project }), replace: true });
  }, [navigate, isPage, isProject, shared, project]);
  return isPage && isProject;
}

/** The one thing that the reader of a link may choose everywhere. */
function PeriodPicker() {
  const { search, change } = useView();
  const period = search.from === undefined ? (search.period ?? DEFAULT_PERIOD) : 'custom';
  const known = Object.hasOwn(PERIODS, period);
  return (
    <select
      aria-label="Period"
      className="control pr-1 text-left"
      value={period}
      onChange={({ target }) => change({ period: target.value, from: undefined, to: undefined })}
    >
      {!known && <option value={period}>{period === 'custom' ? 'As shared' : period}</option>}
      {Object.entries(PERIODS).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}

/** A filter as a reader says it. */
function inWords(filter: Filter): string {
  if ('and' in filter) return `(${filter.and.map(inWords).join(' and ')})`;
  if ('or' in filter) return `(${filter.or.map(inWords).join(' or ')})`;
  if ('not' in filter) return `not (${inWords(filter.not)})`;
  const { field, op } = filter;
  if (op === 'exists') return `${field} ${filter.value === false ? 'is absent' : 'is present'}`;
  return `${field} ${op.replaceAll('_', ' ')} ${'values' in filter ? filter.values.join(', ') : filter.value}`;
}

/** For who comes with a link that opens nothing: it was revoked, has expired, or was not copied whole. */
export function LinkEnded() {
  useEffect(() => {
    document.title = 'Shared view · Analytics';
    // Another link that is pasted here changes the fragment alone, and would load nothing.
    const again = () => window.location.reload();
    window.addEventListener('hashchange', again);
    return () => window.removeEventListener('hashchange', again);
  }, []);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-4 text-center">
      <Logo />
      <h1 className="text-lg font-semibold">This link shows nothing any more</h1>
      <p className="max-w-md text-muted">It has expired, was revoked, or was not copied whole. Ask whoever gave it to you for a new one.</p>
      <button type="button" className="control" data-track="shared-leave" onClick={leaveSharedLink}>
        Go to Analytics
      </button>
    </main>
  );
}
