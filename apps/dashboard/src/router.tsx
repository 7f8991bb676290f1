import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router';
import { SHARED_PATH, sharedToken } from './api/shared-link.js';
import { Door } from './routes/door.js';
import { eventsSearch, funnelsSearch, pathsSearch, retentionSearch } from './routes/explore-search.js';
import { NotFound, PageFailure } from './routes/frame.js';
import { liveSearch, overviewSearch, pipelineSearch, settingsSearch, signInSearch } from './routes/search.js';
import { VIEW_KEYS, viewSearch, type ViewSearch } from './routes/view.js';

const root = createRootRoute({
  validateSearch: viewSearch,
  search: { middlewares: [retainSearchParams<ViewSearch>([...VIEW_KEYS])] },
  component: Door,
  notFoundComponent: NotFound,
  errorComponent: PageFailure,
});

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import('./routes/overview.js'), 'OverviewPage'),
});

const live = createRoute({
  getParentRoute: () => root,
  path: '/live',
  validateSearch: liveSearch,
  component: lazyRouteComponent(() => import('./routes/live.js'), 'LivePage'),
});

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: eventsSearch,
  component: lazyRouteComponent(() => import('./routes/events.js'), 'EventsPage'),
});

const funnels = createRoute({
  getParentRoute: () => root,
  path: '/funnels',
  validateSearch: funnelsSearch,
  component: lazyRouteComponent(() => import('./routes/funnels.js'), 'FunnelsPage'),
});

const retention = createRoute({
  getParentRoute: () => root,
  path: '/retention',
  validateSearch: retentionSearch,
  component: lazyRouteComponent(() => import('./routes/retention.js'), 'RetentionPage'),
});

const paths = createRoute({
  getParentRoute: () => root,
  path: '/paths',
  validateSearch: pathsSearch,
  component: lazyRouteComponent(() => import('./routes/paths.js'), 'PathsPage'),
});

const pipeline = createRoute({
  getParentRoute: () => root,
  path: '/pipeline',
  validateSearch: pipelineSearch,
  component: lazyRouteComponent(() => import('./routes/pipeline.js'), 'PipelinePage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('./routes/settings.js'), 'SettingsPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./routes/sign-in.js'), 'SignInPage'),
});

/** Has no page of its own: the door leads from here to the one that is shared. */
const shared = createRoute({ getParentRoute: () => root, path: SHARED_PATH });

// A shared link's token leaves the address before the router, and whoever asks it, looks there.
sharedToken();

export const router = createRouter({
  routeTree: root.addChildren([overview, live, events, funnels, retention, paths, pipeline, settings, signIn, shared]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
