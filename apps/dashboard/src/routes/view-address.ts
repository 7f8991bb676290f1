import type { SavedViewDto, SharedPage, ViewPage } from '@analytics/dto';
import { VIEW_KEYS } from './view.js';

/** Paths of the pages that can be kept as views. */
export const PAGE_PATHS: Readonly<Record<ViewPage, string>> = {
  overview: '/',
  live: '/live',
  events: '/events',
  funnels: '/funnels',
  retention: '/retention',
  paths: '/paths',
  pipeline: '/pipeline',
};
const PAGES = Object.keys(PAGE_PATHS) as ViewPage[];
const SHARED: Readonly<Record<SharedPage, true>> = { overview: true, funnels: true, retention: true, paths: true };

export const pageAt = (pathname: string): ViewPage | undefined => PAGES.find((page) => PAGE_PATHS[page] === pathname);

/** Whether whoever has a link may see the page; the others show single events or the whole system. */
export const isShared = (page: ViewPage): page is SharedPage => Object.hasOwn(SHARED, page);

/** Where a view leads. What it leaves open must not stay as it is now. */
export function addressOf({ page, search, project }: Pick<SavedViewDto, 'page' | 'search' | 'project'>) {
  const nothing = Object.fromEntries(VIEW_KEYS.map((key) => [key, undefined]));
  // Routes are known by name elsewhere; which ones there are is a list of the gateway's.
  return { to: PAGE_PATHS[page] as '/', search: { ...nothing, ...search, project } };
}
