import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { CircleHelp } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { projectsQuery } from '../api/gateway-client.js';
import { useLiveFeed } from '../live/use-live.js';
import { AccountMenu } from '../ui/account-menu.js';
import { HelpDialog } from '../ui/help-dialog.js';
import { LiveBadge, PauseButton } from '../ui/live-badge.js';
import { Logo } from '../ui/logo.js';
import { Failure } from '../ui/panel.js';
import { ThemeButton } from '../ui/theme-button.js';
import { useHotkeys } from '../ui/use-hotkeys.js';

const PAGES = [
  { to: '/', label: 'Overview' },
  { to: '/live', label: 'Live' },
  { to: '/events', label: 'Events' },
  { to: '/funnels', label: 'Funnels' },
  { to: '/retention', label: 'Retention' },
  { to: '/paths', label: 'Paths' },
  { to: '/pipeline', label: 'Pipeline' },
] as const;

/** The project whose events are shown; `demo` unless the address says otherwise. */
export const useProject = (): string => useSearch({ strict: false, select: ({ project }) => project ?? 'demo' });

/** What is around every page. */
export function Frame() {
  const [helping, setHelping] = useState(false);
  useFrameKeys(setHelping);
  useDocumentTitle();
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-card focus:p-2"
      >
        Skip to the content
      </a>
      <TopBar onHelp={() => setHelping(true)} />
      <main id="content" className="mx-auto max-w-[1300px] px-3 pt-4 pb-10 sm:px-5">
        <Outlet />
      </main>
      {helping && <HelpDialog onClose={() => setHelping(false)} />}
    </>
  );
}

function TopBar({ onHelp }: { onHelp: () => void }) {
  const project = useProject();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-canvas">
      <div className="mx-auto flex max-w-[1300px] flex-wrap items-center gap-x-2 gap-y-2 px-3 py-2 sm:px-5">
        <Link to="/" id="brand" className="flex items-center gap-2 rounded-md text-[15px] font-semibold">
          <Logo />
          <span className="hidden lg:inline">Analytics</span>
          <span className="sr-only lg:hidden">Analytics</span>
        </Link>
        <Navigation />
        <div className="ml-auto flex items-center gap-2 max-md:order-last max-md:w-full">
          <ProjectPicker project={project} />
          <div className="max-md:ml-auto">
            <LiveBadge project={project} />
          </div>
          <PauseButton />
        </div>
        <div className="flex items-center gap-2 max-md:ml-auto">
          <ThemeButton />
          <button
            type="button"
            className="control max-md:hidden"
            aria-label="Help: keys and signs"
            title="Help (?)"
            data-track="help-open"
            onClick={onHelp}
          >
            <CircleHelp aria-hidden className="size-4" />
          </button>
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

function Navigation() {
  return (
    <nav aria-label="Pages" className="flex gap-0.5 sm:ml-2">
      {PAGES.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          id={`nav-${label.toLowerCase()}`}
          activeOptions={{ exact: true, includeSearch: false }}
          className="rounded-md px-2.5 py-1.5 text-muted hover:text-ink"
          activeProps={{ className: 'bg-raised font-medium !text-ink' }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

function ProjectPicker({ project }: { project: string }) {
  const navigate = useNavigate();
  const { data = [] } = useQuery(projectsQuery);
  const names = data.some(({ id }) => id === project) ? data : [...data, { id: project, name: project }];
  return (
    <select
      aria-label="Project"
      id="project-picker"
      className="control max-w-36 min-w-0 pr-1 text-left sm:max-w-48"
      value={project}
      onChange={({ target }) => void navigate({ to: '.', search: (previous) => ({ ...previous, project: target.value }) })}
    >
      {names.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function useFrameKeys(setHelping: (open: boolean) => void): void {
  const feed = useLiveFeed();
  const navigate = useNavigate();
  const keys = useMemo(
    () => ({
      ' ': () => (feed.snapshot().pausedAt === null ? feed.pause() : feed.resume()),
      r: () => {
        feed.resume();
        void navigate({ to: '/', search: (previous) => ({ ...previous, range: undefined }) });
      },
      d: () => void navigate({ to: '/', search: (previous) => ({ ...previous, range: '24h' }) }),
      '?': () => setHelping(true),
    }),
    [feed, navigate, setHelping],
  );
  useHotkeys(keys);
}

function useDocumentTitle(): void {
  const { pathname } = useLocation();
  useEffect(() => {
    const label = pathname === '/settings' ? 'Settings' : PAGES.find(({ to }) => to === pathname)?.label;
    document.title = `${label ?? 'Not found'} · Analytics`;
  }, [pathname]);
}

export function NotFound() {
  return (
    <div className="card px-6 py-16 text-center">
      <h1 className="mb-2 text-lg font-semibold">There is no page at this address</h1>
      <Link to="/" id="not-found-overview" className="text-accent underline-offset-2 hover:underline">
        Go to the overview
      </Link>
    </div>
  );
}

/** A page whose code did not arrive, or that broke: the frame stays. */
export function PageFailure({ reset }: { reset: () => void }) {
  return (
    <div className="card">
      <Failure sentence="This page could not be shown." onRetry={reset} />
    </div>
  );
}
