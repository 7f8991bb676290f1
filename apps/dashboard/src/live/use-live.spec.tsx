import type { RecentEventsDto } from '@analytics/dto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { LiveFeed } from './live-feed.js';
import { eventually, patchOf, problemOf, startLiveServer } from './live-server.fixture.js';
import { failingSince } from './use-freshness.js';
import { questionOf } from '../api/live-request.js';
import { answerRest } from '../api/rest.fixture.js';
import { useAnswer } from './use-answer.js';
import { cacheSink, LiveFeedContext, useLive } from './use-live.js';

const answerAt = (asOf: string): RecentEventsDto => ({ asOf, events: [] });

function Viewer({ limit = 10 }: { limit?: number }) {
  const { data, error } = useLive({ query: 'recent', params: { project: 'demo', limit } });
  return <output>{error ? error.message : (data?.asOf ?? 'waiting')}</output>;
}

describe('useLive, on a real socket', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let client: QueryClient;
  let feed: LiveFeed;
  let rest: () => Promise<unknown>;

  beforeEach(async () => {
    server = await startLiveServer();
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    feed = new LiveFeed(server.connect(), cacheSink(client));
    answerRest(async () => ({ status: 200, body: await rest() }));
    rest = () => new Promise(() => undefined);
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    await server.close();
  });

  const show = (viewers: React.ReactNode) =>
    render(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={feed}>{viewers}</LiveFeedContext>
      </QueryClientProvider>,
    );
  const settle = (expectation: () => void) => act(() => eventually(expectation));
  const shown = () => screen.getAllByRole('status').map(({ textContent }) => textContent);

  it('shows the answer of the socket when REST is silent, then each frame', async () => {
    show(<Viewer />);
    await settle(() => expect(shown()).toEqual(['2026-01-31T12:00:00.000Z']));
    server.push(patchOf(server.subscribed[0]?.id ?? '', answerAt('2026-01-31T12:00:05.000Z'), 2));
    await settle(() => expect(shown()).toEqual(['2026-01-31T12:00:05.000Z']));
  });

  it('shows the answer of REST when the socket refuses', async () => {
    server.answerWith(() => ({ ok: false, problem: problemOf('too many subscriptions') }));
    rest = async () => answerAt('2026-01-31T11:59:00.000Z');
    show(<Viewer />);
    await settle(() => expect(shown()).toEqual(['2026-01-31T11:59:00.000Z']));
  });

  it('keeps a newer pushed answer when an older one of REST comes late', async () => {
    let arrive: (answer: RecentEventsDto) => void = () => undefined;
    rest = () => new Promise((resolve) => (arrive = resolve));
    show(<Viewer />);
    await settle(() => expect(shown()).toEqual(['2026-01-31T12:00:00.000Z']));
    await act(async () => arrive(answerAt('2026-01-31T11:00:00.000Z')));
    expect(shown()).toEqual(['2026-01-31T12:00:00.000Z']);
  });

  it('shares one subscription between equal viewers and ends it with the last of them', async () => {
    const { rerender, unmount } = show([<Viewer key="a" />, <Viewer key="b" />]);
    await settle(() => expect(shown()).toEqual(['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z']));
    expect(server.subscribed).toHaveLength(1);
    rerender(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={feed}>{[<Viewer key="a" />]}</LiveFeedContext>
      </QueryClientProvider>,
    );
    server.push(patchOf(server.subscribed[0]?.id ?? '', answerAt('2026-01-31T12:00:09.000Z'), 2));
    await settle(() => expect(shown()).toEqual(['2026-01-31T12:00:09.000Z']));
    unmount();
    await eventually(() => expect(server.unsubscribed).toHaveLength(1));
  });

  it('keeps an answer of the query language up to date as well', async () => {
    function Total() {
      const { data } = useAnswer('totals', { project: 'demo', metrics: 'events' });
      return <output>{data ? String(data.totals?.[0] ?? data.asOf) : 'waiting'}</output>;
    }
    show(<Total />);
    await settle(() => expect(shown()).toEqual(['2026-01-31T12:00:00.000Z']));
    expect(server.subscribed[0]).toMatchObject({ question: 'totals', params: { project: 'demo', metrics: 'events' } });
    server.push(patchOf(server.subscribed[0]?.id ?? '', { totals: [7] }, 2));
    await settle(() => expect(shown()).toEqual(['7']));
  });

  it('says since when a question on screen has been failing, until an answer comes', async () => {
    server.answerWith(() => ({ ok: false, problem: problemOf('the database does not answer') }));
    rest = () => Promise.reject(new Error('broken off'));
    show(<Viewer />);
    await settle(() => expect(shown()).toEqual(['The gateway cannot be reached. Check that it is running.']));
    expect(failingSince(client)).toBeGreaterThan(0);
    const question = questionOf({ query: 'recent', params: { project: 'demo', limit: 10 } });
    act(() => cacheSink(client)(question, answerAt('2026-01-31T12:00:10.000Z')));
    expect(failingSince(client)).toBeNull();
  });
});
