import type { SavedViewDto, SharedPage, ViewPage } from '@analytics/dto';
import { VIEW_KEYS } from './view.js';

/** What the frame offers on a page. The project, the live state and the link are on every one. */
type Control = 'range' | 'granularity' | 'compare' | 'filters' | 'export';

interface Page {
  to: string;
  label: string;
  controls: readonly Control[];
}

const ALL: readonly Control[] = ['range', 'granularity', 'compare', 'filters', 'export'];
const SET: readonly Control[] = ['range', 'filters'];

/** The pages in the order of the navigation; each can be kept as a view. A control that would change nothing on a page is not there. */
export const PAGES: Readonly<Record<ViewPage, Page>> = {
  overview: { to: '/', label: 'Overview', controls: ALL },
  live: { to: '/live', label: 'Live', controls: ['filters'] },
  events: { to: '/events', label: 'Events', controls: [...SET, 'export'] },
  funnels: { to: '/funnels', label: 'Funnels', controls: SET },
  retention: { to: '/retention', label: 'Retention', controls: SET },
  paths: { to: '/paths', label: 'Paths', controls: SET },
  pipeline: { to: '/pipeline', label: 'Pipeline', controls: [] },
};
const NAMES = Object.keys(PAGES) as ViewPage[];
const SHARED: Readonly<Record<SharedPage, true>> = { overview: true, funnels: true, retention: true, paths: true };

/** The page at a path; undefined: none that can be kept. */
export const pageAt = (pathname: string): ViewPage | undefined => NAMES.find((name) => PAGES[name].to === pathname);

/** What the page at a path is called. */
export function labelAt(pathname: string): string {
  const page = pageAt(pathname);
  return page ? PAGES[page].label : pathname === '/settings' ? 'Settings' : 'Not found';
}

/** What the frame offers at a path. */
export function controlsAt(pathname: string): readonly Control[] {
  const page = pageAt(pathname);
  return page ? PAGES[page].controls : [];
}

/** Whether whoever has a link may see the page; the others show single events or the whole system. */
export const isShared = (page: ViewPage): page is SharedPage => Object.hasOwn(SHARED, page);

/** Where a view leads. What it leaves open must not stay as it is now. */
export function addressOf({ page, search, project }: Pick<SavedViewDto, 'page' | 'search' | 'project'>) {
  const nothing = Object.fromEntries(VIEW_KEYS.map((key) => [key, undefined]));
  // Routes are known by name elsewhere; which ones there are is a list of the gateway's.
  return { to: PAGES[page].to as '/', search: { ...nothing, ...search, project } };
}
