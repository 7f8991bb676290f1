import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, render, screen, within } from '@testing-library/react';
import { answerRest, type RestAnswer } from '../api/rest.fixture.js';
import { LiveFeed } from '../live/live-feed.js';
import { eventually, problemOf, startLiveServer } from '../live/live-server.fixture.js';
import { cacheSink, LiveFeedContext } from '../live/use-live.js';
import { LivePage } from './live.js';
import { liveSearch } from './search.js';
import { viewSearch } from './view.js';

const CHROME = { field: 'browser', op: 'is', value: 'Chrome' } as const;
const TOTALS = { asOf: '2026-01-31T12:00:00.000Z', exact: true, totals: [1234], query: { from: '2026-01-31T11:55:00.000Z', to: '2026-01-31T12:00:00.000Z' } };

describe('the live page', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let client: QueryClient;
  beforeAll(() => void (window.scrollTo = () => undefined));
  beforeEach(async () => {
    server = await startLiveServer();
    server.answerWith(() => ({ ok: false, problem: problemOf('not now') }));
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    await server.close();
  });

  async function open(address: string, rest: (path: string) => RestAnswer | undefined = () => undefined): Promise<void> {
    answerRest(async (_method, path) => rest(path) ?? new Promise(() => undefined));
    const root = createRootRoute({ validateSearch: viewSearch });
    const at = (path: string, component: () => React.ReactNode) =>
      createRoute({ getParentRoute: () => root, path, validateSearch: liveSearch, component });
    const routeTree = root.addChildren([at('/live', LivePage), at('/events', () => null)]);
    const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
    await act(async () => {
      render(
        <QueryClientProvider client={client}>
          <LiveFeedContext value={new LiveFeed(server.connect(), cacheSink(client))}>
            <RouterProvider router={router as never} />
          </LiveFeedContext>
        </QueryClientProvider>,
      );
      await router.load();
    });
  }
  const settle = (expectation: () => void) => act(() => eventually(expectation));
  /** What is followed: each question with its period and its filters. The types that can be chosen are those of the project, whatever the filters. */
  const followed = () =>
    server.subscribed
      .filter(({ question }) => question !== 'metrics/summary')
      .map(({ question, params }) => [question, params?.['period'], JSON.parse((params?.['filters'] as string | undefined) ?? '[]') as unknown[]] as const);

  it('follows every number and the feed under all the filters of the view', async () => {
    await open(`/live?period=7d&type=error&filters=${encodeURIComponent(JSON.stringify([CHROME]))}`);
    await settle(() => expect(followed()).toHaveLength(7));
    expect(followed().every(([, , filters]) => JSON.stringify(filters[0]) === JSON.stringify(CHROME))).toBe(true);
    expect(followed().map(([question, period]) => `${question} ${String(period)}`).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'breakdown 30m'),
      'events 30m',
      'timeseries 1m',
      'timeseries 30m',
      'totals 5m',
    ]);
    expect(followed().find(([question]) => question === 'events')?.[2]).toEqual([CHROME, { field: 'type', op: 'is', value: 'error' }]);
  });

  it('shows without filters whatever was accepted last, late events too', async () => {
    await open('/live');
    await settle(() => expect(followed()).toHaveLength(7));
    expect(followed().map(([question]) => question)).toContain('events/recent');
  });

  it('says who is active, and leads from the number to exactly these events', async () => {
    await open('/live', (path) => (path.startsWith('/api/v1/totals?') ? { status: 200, body: TOTALS } : undefined));
    await settle(() => expect(screen.getByTestId('live-users').textContent).toBe('1,234'));
    const { search } = new URL(within(screen.getByTestId('live-users')).getByRole<HTMLAnchorElement>('link').href);
    const asked = new URLSearchParams(search);
    expect([asked.get('from'), asked.get('to')]).toEqual([TOTALS.query.from, TOTALS.query.to]);
    expect(JSON.parse(asked.get('filters') ?? '')).toEqual([{ field: 'user', op: 'exists' }]);
    expect(screen.getByText('1,234 users active in the last 5 minutes').getAttribute('role')).toBe('status');
  });

  it('keeps the failure of one panel to itself, with a way to try again', async () => {
    await open('/live', (path) => (path.includes('by=page_path') ? { status: 503, body: problemOf('the database does not answer') } : undefined));
    await settle(() => expect(screen.getAllByRole('alert')).toHaveLength(1));
    const failed = within(screen.getByRole('region', { name: 'Top pages now' }));
    expect(failed.getByRole('alert').textContent).toContain('the database does not answer');
    expect(failed.getByRole('button', { name: 'Try again' })).toBeTruthy();
    expect(screen.getByRole('status', { name: 'Top errors now is loading' })).toBeTruthy();
  });
});
