import type { ListedEventDto } from '@analytics/dto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { LiveFeed } from '../live/live-feed.js';
import { eventually, problemOf, startLiveServer } from '../live/live-server.fixture.js';
import { cacheSink, LiveFeedContext } from '../live/use-live.js';
import { useEventList } from './event-list.js';
import { answerRest, type RestAnswer } from './rest.fixture.js';

const START = Date.parse('2026-01-31T12:00:00.000Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const event = (index: number, timestamp: string): ListedEventDto => ({
  eventId: `event ${index}`,
  timestamp,
  receivedAt: timestamp,
  eventType: 'page_view',
  userId: 'ada',
  properties: {},
  pagePath: null,
  pageHost: null,
  referrerHost: null,
  sessionId: null,
  browser: null,
  os: null,
  device: null,
  country: null,
  clockAdjusted: false,
});

/** Stored events, and a gateway before them that answers with pages of them; those of the last second are not complete yet. */
class Store {
  readonly asked: URLSearchParams[] = [];
  readonly events: ListedEventDto[] = [];
  failing = false;

  add(count: number, at: number): void {
    for (let index = 0; index < count; index++) this.events.push(event(this.events.length, iso(at)));
  }

  answer(path: string): RestAnswer {
    const { pathname, searchParams } = new URL(path, 'http://gateway');
    this.asked.push(searchParams);
    if (this.failing) return { status: 503, body: { detail: 'The database does not answer.' } };
    const from = searchParams.get('from') ?? iso(START - 3_600_000);
    const to = searchParams.get('to') ?? iso(START + 10_000);
    const range = this.events.filter(({ timestamp }) => timestamp >= from && timestamp < to);
    const about = { query: { from, to }, asOf: iso(START), completeThrough: iso(START - 1000), exact: true };
    if (pathname.endsWith('/totals')) return { status: 200, body: { ...about, totals: [range.length, 1, 0] } };
    const limit = Number(searchParams.get('limit'));
    const begin = Number(searchParams.get('cursor') ?? 0);
    const nextCursor = begin + limit < range.length ? String(begin + limit) : null;
    return { status: 200, body: { ...about, events: range.slice(begin, begin + limit), nextCursor } };
  }
}

function List() {
  const { opened, pages, events = [], more, renew, fresh, nextFailed } = useEventList({ project: 'demo', period: '1h', timeZone: 'UTC' });
  return (
    <>
      <output aria-label="count">{opened.data?.events}</output>
      <output aria-label="listed">{events.map(({ eventId }) => eventId).join(',')}</output>
      <output aria-label="new">{fresh}</output>
      <output aria-label="state">{nextFailed ? pages.error?.message : pages.hasNextPage ? 'more' : 'end'}</output>
      <button onClick={more}>more</button>
      <button onClick={renew}>renew</button>
    </>
  );
}

describe('the list of events', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let client: QueryClient;
  let store: Store;

  beforeEach(async () => {
    server = await startLiveServer();
    server.answerWith(() => ({ ok: false, problem: problemOf('only REST answers here') }));
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    store = new Store();
    answerRest(async (_, path) => store.answer(path));
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    await server.close();
  });

  const open = () =>
    render(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={new LiveFeed(server.connect(), cacheSink(client))}>
          <List />
        </LiveFeedContext>
      </QueryClientProvider>,
    );
  const settle = (expectation: () => void) => act(() => eventually(expectation));
  const said = (name: string) => screen.getByRole('status', { name }).textContent ?? '';
  const listed = () => said('listed').split(',').filter(Boolean);
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

  it('yields every event once, as many as it counts, however often more is asked for', async () => {
    store.add(250, START - 60_000);
    open();
    await settle(() => expect(listed()).toHaveLength(100));
    expect(said('count')).toBe('250');
    for (let reader = 0; reader < 5; reader++) press('more');
    await settle(() => expect(listed()).toHaveLength(200));
    for (let reader = 0; reader < 5; reader++) press('more');
    await settle(() => expect(said('state')).toBe('end'));
    expect(listed()).toEqual(store.events.map(({ eventId }) => eventId));
  });

  it('asks for every page of the same instants, where everything is stored', async () => {
    store.add(150, START - 60_000);
    open();
    await settle(() => expect(listed()).toHaveLength(100));
    press('more');
    await settle(() => expect(listed()).toHaveLength(150));
    const pages = store.asked.filter((asked) => asked.has('limit'));
    expect(pages.map((asked) => [asked.get('from'), asked.get('to'), asked.get('period')])).toEqual(
      Array.from({ length: 2 }, () => [iso(START - 3_600_000), iso(START - 1000), null]),
    );
  });

  it('counts newer events and moves nothing until they are asked for', async () => {
    store.add(5, START - 60_000);
    store.add(3, START - 500);
    open();
    await settle(() => expect(said('new')).toBe('3'));
    expect([said('count'), listed().length]).toEqual(['5', 5]);
    store.add(2, START - 30_000);
    press('renew');
    await settle(() => expect([said('count'), listed().length]).toEqual(['7', 7]));
  });

  it('keeps what it has when the next page fails, and goes on from there', async () => {
    store.add(150, START - 60_000);
    open();
    await settle(() => expect(listed()).toHaveLength(100));
    store.failing = true;
    press('more');
    await settle(() => expect(said('state')).toBe('The database does not answer.'));
    expect(listed()).toHaveLength(100);
    store.failing = false;
    press('more');
    await settle(() => expect(listed()).toHaveLength(150));
  });
});
