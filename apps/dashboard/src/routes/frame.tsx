import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { CircleHelp } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { FilterEditing } from '../frame/filter-picker.js';
import type { PickerState } from '../frame/range-picker.js';
import { useFrameKeys } from '../frame/use-frame-keys.js';
import { ViewBar } from '../frame/view-bar.js';
import { AccountMenu } from '../ui/account-menu.js';
import { Logo } from '../ui/logo.js';
import { Failure } from '../ui/panel.js';
import { ThemeButton } from '../ui/theme-button.js';
import { labelAt, PAGES } from './pages.js';
import { useView } from './view.js';

const HelpDialog = lazy(() => import('../ui/help-dialog.js'));

/** The project whose events are shown; `demo` unless the address says otherwise. */
export const useProject = (): string => useView().project;

/** What is around every page. */
export function Frame() {
  const [helping, setHelping] = useState(false);
  const [range, setRange] = useState<PickerState>('closed');
  const [editing, setEditing] = useState<FilterEditing>('none');
  useFrameKeys({ setRange, setEditing, setHelping });
  useDocumentTitle();
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-card focus:p-2"
      >
        Skip to the content
      </a>
      <TopBar onHelp={() => setHelping(true)} />
      <ViewBar range={range} onRange={setRange} editing={editing} onEditing={setEditing} />
      <main id="content" className="mx-auto flex w-full max-w-[1300px] grow flex-col px-3 pt-4 pb-10 sm:px-5">
        <Outlet />
      </main>
      {helping && (
        <Suspense>
          <HelpDialog onClose={() => setHelping(false)} />
        </Suspense>
      )}
    </div>
  );
}

function TopBar({ onHelp }: { onHelp: () => void }) {
  return (
    <header className="mx-auto flex w-full max-w-[1300px] flex-wrap items-center gap-x-2 px-3 pt-2.5 sm:px-5">
      <Link to="/" id="brand" className="flex items-center gap-2 rounded-md text-[15px] font-semibold">
        <Logo />
        <span>Analytics</span>
      </Link>
      <Navigation />
      <div className="ml-auto flex items-center gap-2">
        <ThemeButton />
        <button
          type="button"
          className="control"
          aria-label="Help: keys and signs"
          title="Help (?)"
          data-track="help-open"
          onClick={onHelp}
        >
          <CircleHelp aria-hidden className="size-4" />
        </button>
        <AccountMenu />
      </div>
    </header>
  );
}

/** On a phone a line of its own, to be pushed sideways: its end fades, and the page that is open is in sight. */
function Navigation() {
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const open = nav.current?.querySelector<HTMLElement>('[aria-current=page]');
    if (nav.current && open) nav.current.scrollLeft = open.offsetLeft - (nav.current.clientWidth - open.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav
      ref={nav}
      aria-label="Pages"
      className="relative flex gap-0.5 max-md:order-last max-md:-mx-3 max-md:mt-1 max-md:w-screen max-md:overflow-x-auto max-md:mask-r-from-85% max-md:pr-[15vw] max-md:pl-2 md:ml-3"
    >
      {Object.values(PAGES).map(({ to, label }) => (
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

function useDocumentTitle(): void {
  const { pathname } = useLocation();
  const { project } = useView();
  useEffect(() => {
    document.title = `${labelAt(pathname)} · ${project} · Analytics`;
  }, [pathname, project]);
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
