import { randomUUID } from 'node:crypto';
import type { EventAnswerDto, EventsAnswerDto, ProblemDto, UserAnswerDto, ValuesAnswerDto } from '@analytics/dto';
import type { IngestedEvent } from '@analytics/events';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { EventStore, pageView, RunningGateway } from '../gateway.fixture.js';

const RANGE = 'from=2026-03-29T00:00:00Z&to=2026-03-30T00:00:00Z';
const ODD_USER = "a/b?c=d&e#f%2F 'ü🙂";
const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const idAt = (time: string): string => {
  const hex = Date.parse(time).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
};
const event = (time: string, more: Partial<IngestedEvent> = {}): IngestedEvent =>
  pageView({ timestamp: time, received_at: time, event_id: idAt(time), ...more });

/** 30 events, three of each millisecond; one more outside of the range and one of another project. */
const EVENTS = Array.from({ length: 30 }, (_, index) =>
  event(new Date(Date.parse('2026-03-29T00:30:00Z') + Math.floor(index / 3)).toISOString(), {
    user_id: index % 10 === 0 ? ODD_USER : 'ann',
    event_type: index % 2 === 0 ? 'page_view' : 'signed_up',
  }),
);

const BAD_REQUESTS: [path: string, field: string, message: RegExp][] = [
  ['events?limit=0', 'limit', /1 to 500/],
  ['events?limit=501', 'limit', /1 to 500/],
  ['events?cursor=', 'cursor', /nextCursor/],
  ['events?cursor=abc', 'cursor', /is not the nextCursor/],
  [`events?cursor=${Buffer.alloc(48, 255).toString('base64url')}`, 'cursor', /is not the nextCursor/],
  [`events?cursor=${'x'.repeat(201)}`, 'cursor', /nextCursor/],
  ['events?metrics=events', 'metrics', /is not a parameter/],
  ['events?filters=x', 'filters', /must be an object/],
  ['events?offset=1', 'offset', /is not a parameter/],
  ['events/17', 'id', /a UUID/],
  [`events/${randomUUID()}?time=now`, 'time', /ISO 8601/],
  ['users/a%00b', 'id', /without NUL/],
  [`users/${'x'.repeat(1025)}`, 'id', /at most 1024/],
  ['values?field=colour', 'field', /must be a field/],
  ['values?field=properties.', 'field', /must be a field/],
  ['values?search=a%00', 'search', /without NUL/],
  ['values?limit=1001', 'limit', /1 to 1000/],
];

describe('single events', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start({ REDIS_URL: redisUrl, DATABASE_READER_URL: database.readerUrl, DATABASE_ACCESS_URL: database.accessUrl });
    await store.store([...EVENTS, event('2026-03-30T00:00:00.000Z'), event('2026-03-29T00:30:00.000Z', { project_id: 'self' })]);
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const ask = <T>(path: string): Promise<T> => gateway.answer<T>(path);
  async function allPages(path: string): Promise<EventsAnswerDto[]> {
    const pages = [await ask<EventsAnswerDto>(path)];
    for (let next = pages[0]!.nextCursor; next !== null; next = pages.at(-1)!.nextCursor) pages.push(await ask(`${path}&cursor=${next}`));
    return pages;
  }
  const newestFirst = (events: IngestedEvent[]): string[] =>
    events.map(({ timestamp, event_id }) => `${timestamp} ${event_id}`).sort().reverse().map((text) => text.split(' ')[1]!);

  it.each([1, 2, 7, 29, 30, 31, 500])('are listed newest first, each on one page, in pages of %i', async (limit) => {
    const pages = await allPages(`events?${RANGE}&limit=${limit}`);
    expect(pages.flatMap(({ events }) => events.map(({ eventId }) => eventId))).toEqual(newestFirst(EVENTS));
    expect(pages).toHaveLength(Math.ceil(30 / limit));
    expect(pages[0]).toMatchObject({ query: { project: 'demo', filters: null, timeZone: 'UTC' }, source: 'raw', exact: true, completeThrough: null });
  });

  it('are those that the filters leave, of the range of the first page', async () => {
    const filters = json({ field: 'type', op: 'is', value: 'signed_up' });
    const pages = await allPages(`events?period=3650d&filters=${filters}&limit=4`);
    expect(pages.flatMap(({ events }) => events)).toHaveLength(15);
    expect(new Set(pages.map(({ query }) => query.to)).size).toBe(1);
    expect(new Set(pages.flatMap(({ events }) => events.map(({ eventType }) => eventType)))).toEqual(new Set(['signed_up']));
  });

  it('take no cursor of another question', async () => {
    const { nextCursor } = await ask<EventsAnswerDto>(`events?${RANGE}&limit=1`);
    for (const path of [`events?${RANGE}&timeZone=Europe/Berlin`, `events?${RANGE}&filters=${json({ field: 'os', op: 'exists' })}`, `users/ann?${RANGE}`]) {
      const { status, body } = await gateway.json<ProblemDto>(`/api/v1/${path}&cursor=${nextCursor}`);
      expect([status, body.errors[0]]).toEqual([400, expect.objectContaining({ field: 'cursor', message: expect.stringMatching(/another question/) as string })]);
    }
    expect((await ask<EventsAnswerDto>(`events?${RANGE}&limit=9&cursor=${nextCursor}`)).events).toHaveLength(9);
  });

  it('are found by the time within their id, by their own time, and among the newest', async () => {
    const [first] = EVENTS as [IngestedEvent];
    const { event: found } = await ask<EventAnswerDto>(`events/${first.event_id.toUpperCase()}`);
    expect(found).toMatchObject({ eventId: first.event_id, timestamp: first.timestamp, userId: ODD_USER, pageHost: 'shop.example', clockAdjusted: false });
    const [recent, old] = [pageView(), pageView({ timestamp: '2026-03-29T00:30:00.000Z' })];
    await store.store([recent, old].map((each) => ({ ...each, project_id: 'self' })));
    expect((await ask<EventAnswerDto>(`events/${recent.event_id}?project=self`)).event.eventId).toBe(recent.event_id);
    const lost = await gateway.json<ProblemDto>(`/api/v1/events/${old.event_id}?project=self`);
    expect([lost.status, lost.body.detail]).toEqual([404, expect.stringMatching(/give its timestamp as time/)]);
    expect((await ask<EventAnswerDto>(`events/${old.event_id}?project=self&time=${old.timestamp}`)).event.eventId).toBe(old.event_id);
    expect((await gateway.get(`/api/v1/events/${old.event_id}?time=${old.timestamp}`)).status).toBe(404);
  });

  it("are a user's timeline, whatever characters the user's id has", async () => {
    const answer = await ask<UserAnswerDto>(`users/${encodeURIComponent(ODD_USER)}?${RANGE}&limit=2`);
    expect(answer).toMatchObject({
      user: ODD_USER,
      query: { filters: null },
      firstSeen: '2026-03-29T00:30:00.000Z',
      lastSeen: '2026-03-29T00:30:00.006Z',
      totalEvents: 3,
      totalSessions: 3,
    });
    expect(answer.events).toHaveLength(2);
    const next = await ask<UserAnswerDto>(`users/${encodeURIComponent(ODD_USER)}?${RANGE}&limit=2&cursor=${answer.nextCursor}`);
    expect([next.events.length, next.nextCursor, next.totalEvents]).toEqual([1, null, 3]);
    expect(await ask<UserAnswerDto>(`users/nobody?${RANGE}`)).toMatchObject({ firstSeen: null, lastSeen: null, totalEvents: 0, events: [] });
  });

  it('tell which values there are to pick from', async () => {
    expect(await ask<ValuesAnswerDto>(`values?${RANGE}`)).toMatchObject({
      field: 'type',
      values: [
        { value: 'page_view', events: 15 },
        { value: 'signed_up', events: 15 },
      ],
      distinctValues: 2,
    });
    const found = await ask<ValuesAnswerDto>(`values?${RANGE}&field=user&search=${encodeURIComponent('F%2F')}&limit=1`);
    expect(found.values).toEqual([{ value: ODD_USER, events: 3 }]);
    expect((await ask<ValuesAnswerDto>(`values?${RANGE}&field=hour_of_day&timeZone=Australia/Lord_Howe`)).values).toEqual([{ value: '11', events: 30 }]);
    expect((await ask<ValuesAnswerDto>(`values?${RANGE}&field=properties.viewport_width&search=8`)).values).toEqual([{ value: '800', events: 30 }]);
  });

  it.each(BAD_REQUESTS)('are refused with what is wrong: %s', async (path, field, message) => {
    const { status, body } = await gateway.json<ProblemDto>(`/api/v1/${path}`);
    expect([status, body.errors[0]]).toEqual([400, expect.objectContaining({ field, message: expect.stringMatching(message) as string })]);
  });

  it('of a project that does not exist are 404', async () => {
    for (const path of ['events', `events/${randomUUID()}`, 'users/ann', 'values'])
      expect((await gateway.get(`/api/v1/${path}?project=shop`)).status).toBe(404);
  });
});
