import type { DeadLetterDto, DeadLettersDto, SessionDto } from '@analytics/dto';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { answerRest, type RestAnswer } from '../api/rest.fixture.js';
import { sessionQuery } from '../api/session.js';
import { LiveFeed } from '../live/live-feed.js';
import { eventually, snapshotOf, startLiveServer } from '../live/live-server.fixture.js';
import { cacheSink, LiveFeedContext } from '../live/use-live.js';
import type { PipelineSearch } from '../routes/search.js';
import { DeadLetters } from './dead-letters.js';

const letter = (id: number, part: Partial<DeadLetterDto> = {}): DeadLetterDto => ({
  id,
  deadAt: '2026-01-31T12:00:00.000Z',
  state: 'dead',
  resolvedAt: null,
  projectId: 'demo',
  eventId: null,
  reason: `reason ${id}`,
  payload: '{"a":1}',
  payloadEncoding: 'text',
  payloadComplete: true,
  stream: 'analytics_events',
  partition: 0,
  entryId: '1-0',
  itemIndex: 0,
  ...part,
});
const answerOf = (...rows: DeadLetterDto[]): DeadLettersDto => ({
  asOf: '2026-01-31T12:00:00.000Z',
  total: rows.length,
  byReason: rows.map(({ reason }) => ({ reason, count: 1 })),
  rows,
});

describe('the dead letters panel, on a real socket', () => {
  let server: Awaited<ReturnType<typeof startLiveServer>>;
  let client: QueryClient;
  let asked: string[];
  let rest: () => Promise<RestAnswer>;
  const search = jest.fn<void, [PipelineSearch]>();
  const json = (body: object, status = 200): RestAnswer => ({ status, body });

  beforeEach(async () => {
    server = await startLiveServer();
    client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    signInAs('admin');
    asked = [];
    search.mockReset();
    rest = () => new Promise(() => undefined);
    // The list comes over the socket.
    answerRest((method, path) => {
      asked.push(`${method} ${path}`);
      return path.includes('?') ? new Promise(() => undefined) : rest();
    });
  });
  afterEach(async () => {
    cleanup();
    client.clear();
    await server.close();
  });

  const signInAs = (role: 'admin' | 'viewer') => client.setQueryData(sessionQuery.queryKey, { role } as SessionDto);
  const settle = (expectation: () => void) => act(() => eventually(expectation));
  const posts = () => asked.filter((each) => each.startsWith('POST'));
  const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
  const button = (name: string | RegExp) => screen.queryByRole('button', { name });
  const decision = () => screen.getByRole('group', { name: 'Decision' });

  async function show(answer: DeadLettersDto, chosen: PipelineSearch = {}): Promise<void> {
    server.answerWith(({ id }) => ({ ok: true, frame: snapshotOf(id, answer) }));
    render(
      <QueryClientProvider client={client}>
        <LiveFeedContext value={new LiveFeed(server.connect(), cacheSink(client))}>
          <DeadLetters project="demo" search={chosen} onSearch={search} />
        </LiveFeedContext>
      </QueryClientProvider>,
    );
    await settle(() => expect(screen.queryByRole('status', { name: 'Dead letters is loading' })).toBeNull());
  }
  const push = (answer: DeadLettersDto) => server.push(snapshotOf(server.subscribed.at(-1)?.id ?? '', answer, 2));

  it('lists the letters that wait for a decision, and opens one to what was received', async () => {
    await show(answerOf(letter(2), letter(1)));
    expect(server.subscribed.at(-1)?.params).toEqual({ state: 'dead', limit: 20 });
    press(/reason 2/);
    expect(button(/reason 2/)?.getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByLabelText('Payload').textContent).toBe('{\n  "a": 1\n}');
    expect(screen.getByText(/received in analytics_events:\{0\} 1-0, item 0, as JSON/)).toBeTruthy();
  });

  it('loads the whole of a payload that the list gives in part', async () => {
    rest = async () => json(letter(1, { payload: '{"whole":true}' }));
    await show(answerOf(letter(1, { payload: '{"who', payloadComplete: false })));
    press(/reason 1/);
    await settle(() => expect(screen.getByLabelText('Payload').textContent).toContain('"whole": true'));
    expect(asked).toContain('GET /api/v1/dead-letters/1');
  });

  it('replays a letter and says what came of it in its place, though the list no longer has it', async () => {
    rest = async () => json({ id: 1, result: 'replayed' });
    await show(answerOf(letter(1)));
    press(/reason 1/);
    press('Replay');
    await settle(() => expect(within(decision()).getByRole('status').textContent).toMatch(/^Stored/));
    expect(posts()).toEqual(['POST /api/v1/dead-letters/1/replay']);
    expect(document.activeElement).toBe(decision());
    push(answerOf());
    await settle(() => expect(button('Replay')).toBeNull());
    expect(within(decision()).getByRole('status').textContent).toMatch(/^Stored/);
  });

  it('asks once when it is pressed twice, and takes a second answer for what it is', async () => {
    let answer: (response: RestAnswer) => void = () => undefined;
    rest = () => new Promise((resolve) => (answer = resolve));
    await show(answerOf(letter(1)));
    press(/reason 1/);
    press('Replay');
    await settle(() => expect(screen.getByText('Working on it …')).toBeTruthy());
    press('Replay');
    expect(posts()).toHaveLength(1);
    await act(async () => answer(json({ id: 1, result: 'already', reason: 'it was replayed before' })));
    await settle(() => expect(screen.getByText('Nothing to do: it was replayed before.')).toBeTruthy());
  });

  it('discards only when it is pressed again, and forgets the first press when it is left', async () => {
    rest = async () => json({ id: 1, result: 'discarded' });
    await show(answerOf(letter(1)));
    press(/reason 1/);
    press('Discard');
    fireEvent.blur(screen.getByRole('button', { name: 'Discard for good?' }));
    press('Discard');
    expect(posts()).toEqual([]);
    press('Discard for good?');
    await settle(() => expect(screen.getByText(/^Discarded\./)).toBeTruthy());
    expect(posts()).toEqual(['POST /api/v1/dead-letters/1/discard']);
  });

  it.each([
    [json({ id: 1, result: 'invalid', reason: 'user_id: expected text' }), 'It still cannot be stored: user_id: expected text'],
    [
      json({ status: 503, detail: 'the stream-consumer does not answer' }, 503),
      'It could not be done: the stream-consumer does not answer. It is safe to press again.',
    ],
  ])('leaves the choice when it did not work (%#)', async (response, words) => {
    rest = async () => response;
    await show(answerOf(letter(1)));
    press(/reason 1/);
    press('Replay');
    await settle(() => expect(screen.getByText(words)).toBeTruthy());
    expect(button('Replay')).not.toBeNull();
  });

  it('offers nothing to do about a letter that is settled', async () => {
    await show(answerOf(letter(1, { state: 'replayed', resolvedAt: '2026-01-31T12:30:00.000Z' })), { letters: 'all' });
    press(/reason 1/);
    expect(button('Replay')).toBeNull();
    expect(within(decision()).getByRole('status').textContent).toMatch(/^Replayed, Sat 31 Jan \d\d:30\.$/);
  });

  it('leaves the decision to administrators', async () => {
    signInAs('viewer');
    await show(answerOf(letter(1)));
    press(/reason 1/);
    expect([button('Replay'), button('Discard')]).toEqual([null, null]);
    expect(within(decision()).getByRole('status').textContent).toContain('administrator');
  });

  it('filters by state, reason and project', async () => {
    await show(answerOf(letter(1, { reason: `long\n${'x'.repeat(300)}` })), { letters: 'discarded', reason: 'page_url', of: 'project' });
    expect(server.subscribed.at(-1)?.params).toEqual({ project: 'demo', state: 'discarded', reason: 'page_url', limit: 20 });
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'long' } });
    press('All');
    fireEvent.change(screen.getByLabelText('Of which project'), { target: { value: '' } });
    expect(search.mock.calls).toEqual([[{ reason: 'long' }], [{ letters: 'all' }], [{ of: undefined }]]);
  });

  it('says why it is empty, and how to see more', async () => {
    await show(answerOf());
    expect(screen.getByText('None waits for a decision.')).toBeTruthy();
    cleanup();
    await show(answerOf(), { reason: 'nothing' });
    press('Show all reasons and projects');
    expect(search).toHaveBeenCalledWith({ reason: undefined, of: undefined });
  });
});
