import type { SessionDto, SharedViewDto } from '@analytics/dto';
import type { Filter } from '@analytics/dto/language';
import { Outlet, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { Eye } from 'lucide-react';
import { useEffect, useState } from 'react';
import { leaveSharedLink } from '../api/shared-link.js';
import type { FilterEditing } from '../frame/filter-picker.js';
import { filterWords } from '../frame/filter-words.js';
import type { PickerState } from '../frame/range-picker.js';
import { ViewBar } from '../frame/view-bar.js';
import { Logo } from '../ui/logo.js';
import { ThemeButton } from '../ui/theme-button.js';
import { addressOf, PAGES } from './pages.js';
import type { ViewSearch } from './view.js';

/** A session by a shared link. */
type SharedSession = SessionDto & { shared: SharedViewDto; project: string };

export const isSharedSession = (session: SessionDto | null): session is SharedSession =>
  session !== null && session.shared !== null && session.project !== null;

/** What is around the one page that a shared link shows. Whatever else is in the address leads back to it. */
export function SharedFrame({ session }: { session: SharedSession }) {
  const { name, project, projects, shared } = session;
  const [range, setRange] = useState<PickerState>('closed');
  const [editing, setEditing] = useState<FilterEditing>('none');
  const { filters = [] } = shared.search as { filters?: Filter[] };
  useEffect(() => {
    document.title = `${name} · Analytics`;
  }, [name]);
  if (!useIsAtHome(session)) return null;
  const projectName = projects.find(({ id }) => id === project)?.name ?? project;
  return (
    <>
      <header>
        <div className="mx-auto flex max-w-[1300px] items-center gap-2 px-3 py-2 sm:px-5">
          <Logo />
          <span className="min-w-0 truncate text-[15px] font-semibold">{name}</span>
          <div className="ml-auto flex items-center gap-2">
            <ThemeButton />
            <button type="button" className="control" data-track="shared-leave" onClick={leaveSharedLink}>
              Leave
            </button>
          </div>
        </div>
        <p role="note" className="bg-accent-soft">
          <span className="mx-auto flex max-w-[1300px] items-center gap-2 px-3 py-1.5 text-[13px] sm:px-5">
            <Eye aria-hidden className="size-4 shrink-0" />
            <span className="min-w-0 break-words">
              Shared view of {projectName} (read-only){filters.length > 0 && `, only where ${filters.map(filterWords).join(' and ')}`}
            </span>
          </span>
        </p>
      </header>
      <ViewBar range={range} onRange={setRange} editing={editing} onEditing={setEditing} />
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
  const isPage = pathname === PAGES[shared.page].to;
  const isProject = chosen === project;
  useEffect(() => {
    // The link's filters are the gateway's to hold, so they are not in the address, where they would seem to be the reader's to change.
    const search = { ...shared.search, filters: undefined };
    if (!isPage) void navigate({ ...addressOf({ page: shared.page, search, project }), replace: true });
    else if (!isProject) void navigate({ to: '.', search: (previous) => ({ ...previous, project }), replace: true });
  }, [navigate, isPage, isProject, shared, project]);
  return isPage && isProject;
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
