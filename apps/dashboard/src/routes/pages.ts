/** What the frame offers on a page. The project, the live state and the link are on every one. */
type Control = 'range' | 'granularity' | 'compare' | 'filters' | 'export';

interface Page {
  to: string;
  label: string;
  controls: readonly Control[];
}

const ALL: readonly Control[] = ['range', 'granularity', 'compare', 'filters', 'export'];
const SET: readonly Control[] = ['range', 'filters'];

/** The pages in the order of the navigation. A control that would change nothing on a page is not there. */
export const PAGES: readonly Page[] = [
  { to: '/', label: 'Overview', controls: ALL },
  { to: '/live', label: 'Live', controls: ['filters'] },
  { to: '/events', label: 'Events', controls: [...SET, 'export'] },
  { to: '/funnels', label: 'Funnels', controls: SET },
  { to: '/retention', label: 'Retention', controls: SET },
  { to: '/paths', label: 'Paths', controls: SET },
  { to: '/pipeline', label: 'Pipeline', controls: [] },
];
const SETTINGS: Page = { to: '/settings', label: 'Settings', controls: [] };

/** The page at a path; undefined: there is none. */
export const pageAt = (pathname: string): Page | undefined => [...PAGES, SETTINGS].find(({ to }) => to === pathname);
