import type { SavedViewDto, SessionDto } from '@analytics/dto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, retainSearchParams, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { answerRest, type RestAnswer } from '../api/rest.fixture.js';
import { sessionQuery } from '../api/session.js';
import { VIEW_KEYS, viewSearch, type ViewSearch } from '../routes/view.js';
import { ShareMenu } from './share-menu.js';

const FILTERS = [{ field: 'country', op: 'is', value: 'CH' }];
const ADDRESS = `/?project=shop&period=7d&filters=${encodeURIComponent(JSON.stringify(FILTERS))}`;
const VIEW: SavedViewDto = {
  id: 7,
  project: 'shop',
  name: 'Today',
  page: 'paths',
  search: { period: 'today' },
  forEveryone: true,
  owner: 'Ada',
  mayChange: true,
  createdAt: '2026-01-31T12:00:00.000Z',
  updatedAt: '2026-01-31T12:00:00.000Z',
};

describe('the share menu', () => {
  let client: QueryClient;
  let sent: [string, unknown][];
  let answers: Record<string, RestAnswer>;

  beforeEach(() => {
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    sent = [];
    answers = {
      'POST /api/v1/views?project=shop': { status: 201, body: { ...VIEW, id: 9 } },
      'PATCH /api/v1/views/7?project=shop': { status: 200, body: VIEW },
      'POST /api/v1/links?project=shop': { status: 201, body: { name: 'Swiss', token: 'vk_made' } },
      'POST /api/v1/views/9/links?project=shop': { status: 201, body: { name: 'Swiss', token: 'vk_made' } },
    };
    answerRest(async (method, path, { body }) => {
      if (method === 'GET') return { status: 200, body: [VIEW] };
      sent.push([`${method} ${path}`, body]);
      return answers[`${method} ${path}`] ?? { status: 404, body: {} };
    });
    window.scrollTo = () => undefined;
    // jsdom draws no dialogs.
    HTMLDialogElement.prototype.showModal = function () {
      this.open = true;
    };
  });
  afterEach(() => {
    cleanup();
    client.clear();
  });

  // Not within act(), which would hold back what is loaded lazily.
  const settle = (expectation: () => void) => waitFor(expectation, { timeout: 5000 });
  const item = (name: string) => screen.getByRole('menuitem', { name });

  async function open(role: 'admin' | 'viewer', address = ADDRESS) {
    client.setQueryData(sessionQuery.queryKey, { role } as SessionDto);
    window.history.replaceState(null, '', address);
    const search = { middlewares: [retainSearchParams<ViewSearch>([...VIEW_KEYS])] };
    const root = createRootRoute({ component: ShareMenu, validateSearch: viewSearch, search });
    const pages = ['/', '/paths', '/live', '/settings'].map((path) => createRoute({ getParentRoute: () => root, path }));
    const router = createRouter({ routeTree: root.addChildren(pages) });
    render(
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>,
    );
    await settle(() => expect(screen.getByRole('button')).toBeTruthy());
    fireEvent.click(screen.getByRole('button'));
    await settle(() => expect(item('Today')).toBeTruthy());
  }
  async function fill(dialog: string, values: Record<string, string>) {
    await settle(() => expect(screen.getByLabelText(Object.keys(values)[0]!)).toBeTruthy());
    for (const [label, value] of Object.entries(values)) fireEvent.change(screen.getByLabelText(label), { target: { value } });
    fireEvent.submit(screen.getByRole('dialog', { name: dialog, hidden: true }).querySelector('form')!);
  }
  const address = { page: 'overview', search: JSON.stringify({ project: 'shop', period: '7d', filters: FILTERS }) };

  it('opens a saved view as it was saved: what it left open is not taken from the page before', async () => {
    await open('viewer');
    fireEvent.click(item('Today'));
    await settle(() => expect(window.location.pathname).toBe('/paths'));
    expect(Object.fromEntries(new URLSearchParams(window.location.search))).toEqual({ period: 'today', project: 'shop' });
  });

  it('saves the page and its address under a name', async () => {
    await open('viewer');
    fireEvent.click(item('Save this view …'));
    await fill('Save this view', { Name: 'Swiss', 'Who sees it': 'yes' });
    await settle(() => expect(sent).toEqual([['POST /api/v1/views?project=shop', { ...address, name: 'Swiss', forEveryone: true }]]));
  });

  it('saves in the place of an older view, whose name and readers stay', async () => {
    await open('viewer');
    fireEvent.click(item('Save this view …'));
    await fill('Save this view', { 'Save as': '7' });
    await settle(() => expect(sent).toEqual([['PATCH /api/v1/views/7?project=shop', address]]));
  });

  it('makes a link of the address for an administrator, and shows it once', async () => {
    await open('admin');
    fireEvent.click(item('Share read-only link …'));
    await fill('Share a read-only link', { Name: 'Swiss' });
    await settle(() => expect(screen.getByText(`${window.location.origin}/shared#vk_made`)).toBeTruthy());
    expect(sent).toEqual([['POST /api/v1/links?project=shop', { ...address, name: 'Swiss' }]]);
  });

  it('makes a link of a view of his own for a viewer, who saves it once however often the rest is tried', async () => {
    const made = answers['POST /api/v1/views/9/links?project=shop']!;
    answers['POST /api/v1/views/9/links?project=shop'] = { status: 503, body: { detail: 'the database is away' } };
    await open('viewer');
    fireEvent.click(item('Share read-only link …'));
    await fill('Share a read-only link', { Name: 'Swiss', 'Last day': '2099-01-31' });
    await settle(() => expect(screen.getByRole('alert', { hidden: true }).textContent).toBe('the database is away'));
    answers['POST /api/v1/views/9/links?project=shop'] = made;
    await fill('Share a read-only link', { Name: 'Swiss', 'Last day': '2099-01-31' });
    await settle(() => expect(screen.getByText(/\/shared#vk_made$/)).toBeTruthy());
    const link = ['POST /api/v1/views/9/links?project=shop', { expiresAt: new Date('2099-01-31T23:59:59').toISOString() }];
    expect(sent).toEqual([['POST /api/v1/views?project=shop', { ...address, name: 'Swiss', forEveryone: false }], link, link]);
  });

  it('shares no page that shows single events', async () => {
    await open('admin', '/live?project=shop');
    expect(item('This page cannot be shared read-only').getAttribute('aria-disabled')).toBe('true');
  });
});
