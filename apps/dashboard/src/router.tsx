import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router';
import { Door } from './routes/door.js';
import { NotFound, PageFailure } from './routes/frame.js';
import { frameSearch, liveSearch, overviewSearch, pipelineSearch, settingsSearch, signInSearch, type FrameSearch } from './routes/search.js';

const root = createRootRoute({
  validateSearch: frameSearch,
  search: { middlewares: [retainSearchParams<FrameSearch>(['project'])] },
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

export const router = createRouter({
  routeTree: root.addChildren([overview, live, pipeline, settings, signIn]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
