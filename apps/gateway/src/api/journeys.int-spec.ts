import type { FunnelAnswerDto, PathsAnswerDto, ProblemDto, RetentionAnswerDto } from '@analytics/dto';
import type { IngestedEvent } from '@analytics/events';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { createPool, prepareDatabase } from '@analytics/timescale';
import { EventStore, pageView, RunningGateway } from '../gateway.fixture.js';

const RANGE = 'from=2026-03-27T00:00:00Z&to=2026-03-30T00:00:00Z';
const session = (number: number): string => `0190f3a2-0000-7000-8000-${String(number).padStart(12, '0')}`;
const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const page = (value: string) => ({ filters: { field: 'page_path', op: 'is', value } });
const STEPS = [{ name: 'Cart', ...page('/cart') }, page('/checkout'), { name: 'Order', filters: [{ field: 'type', op: 'is', value: 'purchase' }] }];

/** @param clock day and time of March 2026, in UTC. */
const event = (clock: string, user_id: string, number: number, path: string): IngestedEvent =>
  pageView({
    timestamp: `2026-03-${clock}Z`,
    received_at: '2026-03-31T00:00:00Z',
    user_id,
    ...(path === '' ? { event_type: 'purchase' } : {}),
    properties: { session_id: session(number), ...(path === '' ? {} : { page_url: `https://shop.example${path}` }) },
  });

const BAD_REQUESTS: [path: string, field: string, message: RegExp][] = [
  ['funnel', 'steps', /array of 2 to 8/],
  ['funnel?steps=x', 'steps', /array of 2 to 8/],
  [`funnel?steps=${json([{}])}`, 'steps', /array of 2 to 8/],
  [`funnel?steps=${json(Array.from({ length: 9 }, () => ({})))}`, 'steps', /array of 2 to 8/],
  [`funnel?steps=${json([{}, 5])}`, 'steps[1]', /must be an object/],
  [`funnel?steps=${json([{}, { filter: {} }])}`, 'steps[1]', /there are filters, name/],
  [`funnel?steps=${json([{}, { name: '' }])}`, 'steps[1].name', /1 to 100/],
  [`funnel?steps=${json([{}, { filters: { field: 'x', op: 'is', value: 1 } }])}`, 'steps[1].filters.field', /^steps\[1\]\.filters\.field must be a field/],
  [`funnel?steps=${json(STEPS)}&window=0s`, 'window', /1s to 90d/],
  [`funnel?steps=${json(STEPS)}&window=91d`, 'window', /1s to 90d/],
  [`funnel?steps=${json(STEPS)}&window=1w`, 'window', /1s to 90d/],
  [`funnel?steps=${json(STEPS)}&by=visitor`, 'by', /user, session/],
  ['retention?interval=month', 'interval', /day, week/],
  ['retention?start=x', 'start', /^start must be an object/],
  [`retention?return=${json({ field: 'x', op: 'is', value: 1 })}`, 'return.field', /^return\.field must be a field/],
  ['retention?period=200d', 'period', /201 days, and at most 100 are allowed; ask for a shorter range or interval=week/],
  ['paths', 'anchor', /the path of a page/],
  ['paths?anchor=', 'anchor', /the path of a page/],
  ['paths?anchor=/a%00', 'anchor', /the path of a page/],
  ['paths?anchor=/&direction=up', 'direction', /next, previous/],
  ['paths?anchor=/&depth=5', 'depth', /1 to 4/],
  ['paths?anchor=/&limit=51', 'limit', /1 to 50/],
  ['paths?anchor=/&metrics=events', 'metrics', /is not a parameter/],
];

describe('journeys', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let addresses: Parameters<typeof RunningGateway.start>[0];

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo']);
    addresses = { REDIS_URL: redisUrl, DATABASE_READER_URL: database.readerUrl, DATABASE_ACCESS_URL: database.accessUrl };
    gateway = await RunningGateway.start(addresses);
    await store.store([
      // Her first attempt is too slow for an hour; the second one takes 10 and 20 s.
      event('27T10:00:00', 'ann', 1, '/cart'),
      event('27T11:30:00', 'ann', 1, '/cart'),
      event('27T11:30:10', 'ann', 1, '/checkout'),
      event('27T11:30:30', 'ann', 1, ''),
      // He reloads, and orders after the end of the range, within the hour.
      event('29T23:30:00', 'bob', 2, '/cart'),
      event('29T23:30:20', 'bob', 2, '/cart'),
      event('29T23:30:30', 'bob', 2, '/checkout'),
      event('30T00:10:00', 'bob', 2, ''),
      // Checkout before the cart is no checkout after it.
      event('27T09:00:00', 'cid', 3, '/checkout'),
      event('27T09:01:00', 'cid', 3, '/cart'),
      event('27T09:02:00', 'cid', 3, '/'),
      event('28T09:00:00', 'cid', 4, '/'),
    ]);
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const ask = <T>(path: string): Promise<T> => gateway.answer<T>(path);

  it('are counted by the best attempt of each user', async () => {
    const answer = await ask<FunnelAnswerDto>(`funnel?${RANGE}&steps=${json(STEPS)}`);
    expect(answer).toMatchObject({ query: { project: 'demo', filters: null }, exact: true, by: 'user', window: '1h', complete: true });
    expect(answer.steps).toEqual([
      { name: 'Cart', count: 3, shareOfFirst: 1, shareOfPrevious: 1, dropOff: 0, medianSeconds: null },
      // Ten seconds, and thirty since the first view of the cart.
      { name: 'Step 2', count: 2, shareOfFirst: 2 / 3, shareOfPrevious: 2 / 3, dropOff: 1, medianSeconds: 20 },
      { name: 'Order', count: 2, shareOfFirst: 2 / 3, shareOfPrevious: 1, dropOff: 0, medianSeconds: (20 + 2370) / 2 },
    ]);
    const long = await ask<FunnelAnswerDto>(`funnel?${RANGE}&steps=${json(STEPS)}&window=1d&by=session&filters=${json({ field: 'user', op: 'is', value: 'ann' })}`);
    expect(long.steps.map(({ count, medianSeconds }) => [count, medianSeconds])).toEqual([
      [1, null],
      [1, 5410],
      [1, 20],
    ]);
  });

  it('of nobody have no shares', async () => {
    const { steps } = await ask<FunnelAnswerDto>(`funnel?period=1h&steps=${json(STEPS)}`);
    expect(steps[1]).toEqual({ name: 'Step 2', count: 0, shareOfFirst: null, shareOfPrevious: null, dropOff: 0, medianSeconds: null });
  });

  it('are told to be open while an attempt may still get further', async () => {
    const { complete } = await ask<FunnelAnswerDto>(`funnel?period=1h&steps=${json(STEPS)}&window=90d`);
    expect(complete).toBe(false);
  });

  it('are brought back by the day of the first one, with days that are not whole marked', async () => {
    const { cohorts } = await ask<RetentionAnswerDto>(`retention?${RANGE}&timeZone=Europe/Berlin`);
    expect(cohorts.map(({ size, complete, periods }) => [size, complete, ...periods.map(({ count }) => count)])).toEqual([
      [2, false, 1, 0, 0],
      [0, true, 0, 0],
      [0, true, 0],
      // Half past one in the night, by the clocks of Berlin.
      [1, false],
    ]);
    expect(cohorts[0]!.periods[0]).toEqual({ period: 1, from: '2026-03-27T23:00:00.000Z', to: '2026-03-28T23:00:00.000Z', complete: true, count: 1, share: 0.5 });
    expect(cohorts[1]!.periods[0]!.share).toBeNull();
    const weeks = await ask<RetentionAnswerDto>(`retention?${RANGE}&interval=week&start=${json({ field: 'page_path', op: 'is', value: '/cart' })}`);
    expect(weeks.cohorts.map(({ size }) => size)).toEqual([3]);
  });

  it('go from page to page, and to one', async () => {
    const next = await ask<PathsAnswerDto>(`paths?${RANGE}&anchor=/cart&depth=2&limit=1`);
    expect(next).toMatchObject({ anchor: '/cart', direction: 'next', sessions: 3 });
    expect(next.steps).toEqual([
      {
        step: 1,
        links: [
          { from: '/cart', to: '/checkout', sessions: 2, share: 2 / 3 },
          { from: '/cart', to: '(other)', sessions: 1, share: 1 / 3 },
        ],
      },
      {
        step: 2,
        links: [
          { from: '/checkout', to: '(end)', sessions: 2, share: 2 / 3 },
          { from: '(other)', to: '(end)', sessions: 1, share: 1 / 3 },
        ],
      },
    ]);
    const previous = await ask<PathsAnswerDto>(`paths?${RANGE}&anchor=/cart&direction=previous&depth=1`);
    expect(previous.steps[0]!.links.map(({ to, sessions }) => [to, sessions])).toEqual([
      ['(end)', 2],
      ['/checkout', 1],
    ]);
    expect(await ask<PathsAnswerDto>(`paths?${RANGE}&anchor=/nowhere&depth=1`)).toMatchObject({ sessions: 0, steps: [{ step: 1, links: [] }] });
  });

  it('are the same from segments as from the events, and tell where they were read when asked to', async () => {
    const paths = [
      `funnel?${RANGE}&steps=${json(STEPS)}`,
      `retention?${RANGE}&timeZone=Europe/Berlin&start=${json({ field: 'page_path', op: 'is', value: '/cart' })}`,
      `paths?${RANGE}&anchor=/cart`,
    ];
    const told = async (path: string) => {
      const { source, explain, ...answer } = await ask<FunnelAnswerDto>(`${path}&explain=true`);
      return { source, explain, answer: { ...answer, asOf: undefined } };
    };
    const before = await Promise.all(paths.map(told));
    await store.compact();
    const after = await Promise.all(paths.map(told));
    expect(after.map(({ answer }) => answer)).toEqual(before.map(({ answer }) => answer));
    for (const { source, explain } of after) expect([source, explain]).toMatchObject(['rollup', { source: 'rollup', tables: ['event_segments'], eventSeconds: 0 }]);
    const other = await told(`${paths[2]}&filters=${json({ field: 'user', op: 'is', value: 'ann' })}`);
    expect(other).toMatchObject({ source: 'raw', explain: { tables: ['events'], reason: 'segments do not have user' }, answer: { sessions: 1 } });
    expect(await ask(paths[0]!)).not.toHaveProperty('explain');
  });

  it('that take too long from the events are refused for now, with what would help', async () => {
    const hasty = `${database.readerUrl}?options=${encodeURIComponent('-c statement_timeout=100')}`;
    const slow = await RunningGateway.start({ ...addresses, DATABASE_READER_URL: hasty });
    const owner = createPool(database.ownerUrl, { max: 1, applicationName: 'gateway-spec' });
    const client = await owner.connect();
    try {
      await client.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
      const { status, body } = await slow.json<ProblemDto>(`/api/v1/paths?anchor=/&filters=${json({ field: 'user', op: 'is', value: 'ann' })}`);
      expect([status, body.detail]).toEqual([503, expect.stringMatching(/segments do not have user.*ask for a shorter range, or filter by nothing but type/)]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
      await owner.end();
      await slow.close();
    }
  });

  it.each(BAD_REQUESTS)('are refused with what is wrong: %s', async (path, field, message) => {
    const { status, body } = await gateway.json<ProblemDto>(`/api/v1/${path}`);
    expect([status, body.errors[0]]).toEqual([400, expect.objectContaining({ field, message: expect.stringMatching(message) as string })]);
  });
});
