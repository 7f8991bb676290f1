import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router';
import { Frame, NotFound, PageFailure } from './routes/frame.js';
import { frameSearch, liveSearch, overviewSearch, pipelineSearch, type FrameSearch } from './routes/search.js';

const root = createRootRoute({
  validateSearch: frameSearch,
  search: { middlewares: [retainSearchParams<FrameSearch>(['project'])] },
  component: Frame,
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

export const router = createRouter({
  routeTree: root.addChildren([overview, live, pipeline]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
