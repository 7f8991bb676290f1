import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { LiveFeed } from '../live/live-feed.js';
import { LiveFeedContext } from '../live/use-live.js';
import { useView, viewSearch } from '../routes/view.js';
import { FilterChips } from './filter-chips.js';
import { useFrameKeys } from './use-frame-keys.js';

const CHROME = { field: 'browser', op: 'is', value: 'Chrome' } as const;
const CART = { field: 'page_path', op: 'is', value: '/cart' } as const;
const NESTED = { or: [CHROME, { not: CART }] };

const told = jest.fn();
const feed = {
  snapshot: () => ({ pausedAt: null }),
  pause: () => told('pause'),
  resume: () => told('resume'),
} as unknown as LiveFeed;
const actions = {
  setRange: (state: string) => told('range', state),
  setEditing: (editing: unknown) => told('edit', editing),
  setHelping: () => told('help'),
};

function Page() {
  useFrameKeys(actions);
  const { filters, addFilter, change } = useView();
  return (
    <>
      <FilterChips
        label="Filters"
        filters={filters}
        onChange={(next) => change({ filters: next.length > 0 ? next : undefined })}
        onEdit={(index) => told('edit', index)}
      />
      <input aria-label="search" />
      <button type="button" onClick={() => addFilter(CHROME)}>
        Chrome only
      </button>
    </>
  );
}

async function open(address: string) {
  const root = createRootRoute({ validateSearch: viewSearch });
  const routes = ['/', '/live', '/events'].map((path) => createRoute({ getParentRoute: () => root, path, component: Page }));
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree: root.addChildren(routes), history });
  await act(async () => {
    render(
      <LiveFeedContext value={feed}>
        <RouterProvider router={router as never} />
      </LiveFeedContext>,
    );
    await router.load();
  });
  const said = () =>
    Object.fromEntries(Object.entries(viewSearch(router.state.location.search)).filter(([, value]) => value !== undefined));
  const press = (key: string, on: Element = document.body) => act(async () => void fireEvent.keyDown(on, { key }));
  const click = (name: string | RegExp) => act(async () => void fireEvent.click(screen.getByRole('button', { name })));
  return { said, press, click, path: () => router.state.location.pathname, back: () => act(async () => history.back()) };
}

const withFilters = (...filters: unknown[]) => `/?filters=${encodeURIComponent(JSON.stringify(filters))}`;

describe('the frame and the address', () => {
  // jsdom does not scroll.
  beforeAll(() => void (window.scrollTo = () => undefined));
  beforeEach(() => told.mockReset());
  afterEach(cleanup);

  it('says every filter as a chip, nested ones too, and takes away the one that is removed', async () => {
    const { said, click } = await open(withFilters(CHROME, NESTED));
    expect(screen.getAllByTestId('filter-chip').map(({ textContent }) => textContent)).toEqual([
      'Browser is Chrome',
      '(Browser is Chrome or not (Page is /cart))',
    ]);
    await click('Remove filter: Browser is Chrome');
    expect(said()).toEqual({ filters: [NESTED] });
  });

  it('adds a filter once, Back takes it away again, and the last one leaves no trace in the address', async () => {
    const { said, click, back } = await open(withFilters(CART));
    await click('Chrome only');
    await click('Chrome only');
    expect(said()).toEqual({ filters: [CART, CHROME] });
    await back();
    expect(said()).toEqual({ filters: [CART] });
    await click('Remove filter: Page is /cart');
    expect(said()).toEqual({});
  });

  it('opens a single condition to be changed, not a nested one', async () => {
    const { click } = await open(withFilters(NESTED, CART));
    await click('Page is /cart');
    expect(told.mock.calls).toEqual([['edit', 1]]);
    expect(screen.queryByRole('button', { name: /^\(Browser/ })).toBeNull();
  });

  it.each([
    ['d', { period: 'today' }],
    ['e', { period: 'yesterday' }],
    ['w', { period: 'last_7_days' }],
    ['m', { period: 'last_30_days' }],
    ['y', { period: 'last_12_months' }],
    ['r', {}],
  ])('%s chooses a range and lets go of the one before, its granularity and nothing else', async (key, range) => {
    const { said, press } = await open('/?from=2026-03-01T00:00:00.000Z&granularity=1m&project=shop');
    await press(key);
    expect(said()).toEqual({ project: 'shop', ...range });
  });

  it('x compares with the period before, and stops comparing', async () => {
    const { said, press } = await open('/?compareFrom=2026-03-01T00:00:00.000Z');
    await press('x');
    expect(said()).toEqual({});
    await press('x');
    expect(said()).toEqual({ compare: 'previous_period' });
  });

  it('leads to the Overview where a page has no such control, and stays where it has', async () => {
    const live = await open('/live');
    await live.press('w');
    expect(live.path()).toBe('/');
    cleanup();
    const events = await open('/events');
    await events.press('w');
    expect(events.path()).toBe('/events');
    await events.press('x');
    expect(events.path()).toBe('/');
  });

  it('opens what is asked for, and ignores keys while something is typed', async () => {
    const { press, said } = await open('/');
    await press('c');
    await press('/');
    await press('?');
    await press(' ');
    expect(told.mock.calls).toEqual([['range', 'custom'], ['edit', 'new'], ['help'], ['pause']]);
    await press('w', screen.getByLabelText('search'));
    expect(said()).toEqual({});
  });
});
