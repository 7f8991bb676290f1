import type { SessionDto } from '@analytics/dto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { answerRest } from '../api/rest.fixture.js';
import { LiveFeed } from '../live/live-feed.js';
import { eventually, startLiveServer } from '../live/live-server.fixture.js';
import { cacheSink, LiveFeedContext } from '../live/use-live.js';
import { EventsLink } from '../panels/events-link.js';
import { NothingHere } from '../panels/nothing.js';
import { Door } from './door.js';
import { viewSearch } from './view.js';

const FILTERS = [
  { field: 'country', op: 'is', value: 'CH' },
  { or: [{ field: 'type', op: 'in', values: ['a', 'b'] }, { field: 'button', op: 'exists' }] },
];
const LINK: SessionDto = {
  kind: 'link',
  name: 'Swiss funnel',
  email: null,
  role: 'viewer',
  project: 'shop',
  projects: [{ id: 'shop', name: 'Web shop', createdAt: '2026-01-31T12:00:00.000Z' }],
  shared: { page: 'funnels', search: { period: '7d', filters: FILTERS } },
};

/** Has what leads to single events, and what asks for them. */
function Page({ path }: { path: string }) {
  return (
    <>
      <p>{`page ${path}`}</p>
      <EventsLink>12</EventsLink>
      <NothingHere what="clicks" height={100} teaching />
    </>
  );
}

describe('a tab with a shared link', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let client: QueryClient;
  let asked: string[];
  let session: { status: number; body: unknown };

  beforeEach(async () => {
    server = await startLiveServer();
    // What jsdom has not.
    window.scrollTo = () => undefined;
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    session = { status: 200, body: LINK };
    asked = [];
    answerRest(async (_method, path) => {
      asked.push(path);
      return path === '/api/v1/session' ? session : { status: 403, body: {} };
    });
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    sessionStorage.clear();
    await server.close();
  });

  /** The door and pages that say their names. */
  async function open(address: string) {
    window.history.replaceState(null, '', address);
    const root = createRootRoute({ component: Door, validateSearch: viewSearch });
    const pages = ['/', '/funnels', '/live', '/settings', '/shared', '/sign-in'].map((path) =>
      createRoute({ getParentRoute: () => root, path, component: () => <Page path={path} /> }),
    );
    const router = createRouter({ routeTree: root.addChildren(pages) });
    const feed = new LiveFeed(server.connect(), cacheSink(client));
    render(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={feed}>
          <RouterProvider router={router as never} />
        </LiveFeedContext>
      </QueryClientProvider>,
    );
    await settle(() => expect(screen.getByRole('main')).toBeTruthy());
    return router;
  }
  const settle = (expectation: () => void) => act(() => eventually(expectation));
  const page = () => screen.queryByText(/^page /)?.textContent;

  it('shows the shared page of its project and period, says what it is, and offers nothing else', async () => {
    await open('/shared#vk_secret');
    await settle(() => expect(page()).toBe('page /funnels'));
    expect(Object.fromEntries(new URLSearchParams(window.location.search))).toEqual({ project: 'shop', period: '7d' });
    expect(screen.getByRole('note').textContent).toBe(
      'Shared view of Web shop (read-only), only where Country is Switzerland and (Event type is a or b or Button is set)',
    );
    for (const role of ['navigation', 'link'] as const) expect(screen.queryByRole(role)).toBeNull();
    const never = [/^Project/, /^Account/, /^Share/, /^Export/];
    expect(never.flatMap((name) => screen.queryAllByRole('button', { name }))).toEqual([]);
  });

  it.each(['/', '/live', '/settings?tab=keys', '/sign-in', '/funnels?project=demo'])('leads back from %s', async (address) => {
    sessionStorage.setItem('shared-link', 'vk_secret');
    await open(address);
    await settle(() => expect([page(), new URLSearchParams(window.location.search).get('project')]).toEqual(['page /funnels', 'shop']));
  });

  it('asks for nothing but sums, and leads to no single event', async () => {
    await open('/shared#vk_secret');
    await settle(() => expect(screen.getByText('No clicks in the last 7 days.')).toBeTruthy());
    expect([screen.getByText('12').closest('a'), asked, server.subscribed]).toEqual([null, ['/api/v1/session'], []]);
  });

  it('lets the reader choose the range', async () => {
    await open('/shared#vk_secret');
    await settle(() => expect(page()).toBe('page /funnels'));
    fireEvent.click(screen.getByRole('button', { name: 'Range: Last 7 days' }));
    fireEvent.click(await screen.findByRole('button', { name: /^Today/ }));
    await settle(() => expect(new URLSearchParams(window.location.search).get('period')).toBe('today'));
  });

  it.each([
    ['a link that has ended', { status: 401, body: {} }],
    ['a key that is no link', { status: 200, body: { ...LINK, kind: 'key', shared: null } }],
  ])('says so for %s, and asks nobody to sign in', async (_, answer) => {
    session = answer;
    await open('/shared#vk_secret');
    await settle(() => expect(screen.getByRole('heading').textContent).toBe('This link shows nothing any more'));
    expect(page()).toBeUndefined();
  });

  it('says so for an address without a token, and a person stays signed in elsewhere', async () => {
    session = { status: 200, body: { ...LINK, kind: 'person', shared: null, project: null } };
    const router = await open('/shared');
    await settle(() => expect(screen.getByRole('heading').textContent).toBe('This link shows nothing any more'));
    await act(() => router.navigate({ to: '/live' }));
    await settle(() => expect([page(), screen.queryByRole('navigation') === null]).toEqual(['page /live', false]));
  });
});
