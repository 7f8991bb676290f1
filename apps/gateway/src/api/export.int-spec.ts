import { request, type IncomingMessage } from 'node:http';
import type { EventsAnswerDto, ProblemDto, TotalsAnswerDto } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { createPool, prepareDatabase } from '@analytics/timescale';
import { ADMIN_KEY, EventStore, pageView, RunningGateway } from '../gateway.fixture.js';

const RANGE = 'from=2026-03-29T00:00:00Z&to=2026-03-30T00:00:00Z';
const BULK = 'from=2026-04-01T00:00:00Z&to=2026-04-02T00:00:00Z';
const BULK_EVENTS = 30_000;
const LESS_THAN_BULK = 'from=2026-04-01T00:00:00.001Z&to=2026-04-02T00:00:00Z';
const event = (second: number, user_id: string, properties: Record<string, unknown>) =>
  pageView({ timestamp: new Date(Date.parse('2026-03-29T12:00:00Z') - second * 1000).toISOString(), user_id, properties, event_type: 'custom' });

const EVENTS = [
  event(0, '=1+1', { amount: -5, text: '-5' }),
  event(1, 'a "b", c', { amount: 2.5, text: '' }),
  event(2, 'two\nlines', { amount: 'many', text: '@x', flag: true }),
  event(3, 'ü🙂', { amount: { nested: 1 }, text: '\tx' }),
];

describe('an export', () => {
  let database: FreshDatabase;
  let owner: ReturnType<typeof createPool>;
  let store: EventStore;
  let gateway: RunningGateway;
  let addresses: Parameters<typeof RunningGateway.start>[0];

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'spec-owner' });
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo']);
    addresses = { REDIS_URL: redisUrl, DATABASE_READER_URL: database.readerUrl, DATABASE_ACCESS_URL: database.accessUrl };
    gateway = await RunningGateway.start(addresses);
    const padding = 'x'.repeat(1000);
    const bulk = Array.from({ length: BULK_EVENTS }, (_, index) =>
      pageView({ event_type: 'custom', timestamp: new Date(Date.parse('2026-04-01T00:00:00Z') + index).toISOString(), properties: { padding } }),
    );
    await store.store([...EVENTS, ...bulk]);
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await owner?.end();
    await database?.drop();
  });

  /** An export whose body nobody has read yet. */
  const begun = (path: string, { url }: RunningGateway = gateway): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } }, resolve).on('error', reject).end();
    });
  async function textOf(response: IncomingMessage): Promise<string> {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  }

  it('as CSV keeps numbers, and takes the power from formulas', async () => {
    const { status, headers, text } = await gateway.get(`/api/v1/export?${RANGE}&columns=timestamp,user,properties.amount,properties.text,properties.flag`);
    expect([status, headers.get('content-type'), headers.get('x-row-count')]).toEqual([200, 'text/csv; charset=utf-8; header=present', '4']);
    expect(headers.get('content-disposition')).toBe('attachment; filename="events-demo-20260329T000000Z-20260330T000000Z.csv"');
    expect(headers.get('x-query-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(text.split('\r\n')).toEqual([
      'timestamp,user,properties.amount,properties.text,properties.flag',
      "2026-03-29T12:00:00.000Z,'=1+1,-5,'-5,",
      '2026-03-29T11:59:59.000Z,"a ""b"", c",2.5,"",',
      `2026-03-29T11:59:58.000Z,"two\nlines",many,'@x,true`,
      "2026-03-29T11:59:57.000Z,ü🙂,,'\tx,",
      '',
    ]);
  });

  it('as NDJSON has an object a line, and a last line that says it is whole', async () => {
    const { headers, text } = await gateway.get(`/api/v1/export?${RANGE}&format=ndjson&columns=user,properties,duration_ms,properties.amount`);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const rows = text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(rows).toEqual([
      ...EVENTS.map(({ user_id, properties }) => ({
        user: user_id,
        properties,
        duration_ms: null,
        'properties.amount': typeof properties['amount'] === 'object' ? null : properties['amount'],
      })),
      { _manifest: { rows: 4, complete: true } },
    ]);
  });

  it('has as many rows as there are events, those of the pages of events', async () => {
    const response = await begun(`export?${BULK}&columns=event_id`);
    const rows = (await textOf(response)).trimEnd().split('\r\n').slice(1);
    const { totals } = (await gateway.json<TotalsAnswerDto>(`/api/v1/totals?${BULK}`)).body;
    expect([rows.length, totals[0], response.headers['x-row-count']]).toEqual([BULK_EVENTS, BULK_EVENTS, String(BULK_EVENTS)]);
    const { events } = (await gateway.json<EventsAnswerDto>(`/api/v1/events?${BULK}&limit=500`)).body;
    expect(rows.slice(0, 500)).toEqual(events.map(({ eventId }) => eventId));
  });

  it('waits for its client, and the fifth at a time is refused until one of four has ended', async () => {
    const running = await Promise.all([1, 2, 3, 4].map(() => begun(`export?${BULK}&format=ndjson`)));
    const fifth = await gateway.json<ProblemDto>(`/api/v1/export?${RANGE}`);
    expect([fifth.status, fifth.body.type]).toEqual([429, 'urn:analytics:problem:too-many-requests']);
    running[0]!.destroy();
    await eventually(async () => expect((await gateway.get(`/api/v1/export?${RANGE}`)).status).toBe(200));
    for (const response of running.slice(1)) expect(JSON.parse((await textOf(response)).trimEnd().split('\n').at(-1)!)).toEqual({ _manifest: { rows: BULK_EVENTS, complete: true } });
  });

  it('that fails on its way ends with a broken connection and not as a shorter file', async () => {
    const response = await begun(`export?${BULK}&format=csv`);
    expect(response.statusCode).toBe(200);
    await owner.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway-export' AND datname = current_database()");
    await expect(textOf(response)).rejects.toThrow(/aborted|reset/);
    await eventually(async () => expect((await gateway.get(`/api/v1/export?${RANGE}`)).status).toBe(200));
  });

  describe('of a gateway with other bounds', () => {
    let narrow: RunningGateway;
    beforeAll(async () => {
      const bounds = { EXPORT_MAX_ROWS: String(BULK_EVENTS - 1), EXPORT_STALL_MS: '300' };
      narrow = await RunningGateway.start({ ...addresses, ...bounds });
    });
    afterAll(() => narrow?.close());

    it('is refused before its first byte when it is too large, with how large it is', async () => {
      const { status, body } = await narrow.json<ProblemDto>(`/api/v1/export?${BULK}`);
      expect(status).toBe(400);
      const message = `from covers ${BULK_EVENTS} events, and an export has at most ${BULK_EVENTS - 1}; ask for a shorter range or add filters`;
      expect(body.errors).toEqual([{ field: 'from', value: '2026-04-01T00:00:00Z', message }]);
      expect((await narrow.get(`/api/v1/export?${RANGE}`)).headers.get('x-row-count')).toBe('4');
    });

    it('whose client takes nothing ends with a broken connection, and makes room for the next', async () => {
      const stalled = await Promise.all([1, 2, 3, 4].map(() => begun(`export?${LESS_THAN_BULK}&format=ndjson`, narrow)));
      const open = `SELECT FROM pg_stat_activity WHERE application_name = 'gateway-export' AND datname = current_database() AND xact_start IS NOT NULL`;
      await eventually(async () => expect((await owner.query(open)).rowCount).toBe(0));
      expect((await narrow.get(`/api/v1/export?${RANGE}`)).status).toBe(200);
      for (const response of stalled) await expect(textOf(response)).rejects.toThrow(/aborted|reset/);
    });
  });

  it.each([
    ['format=xml', 'format', /csv, ndjson/],
    ['columns=', 'columns[0]', /must name columns: event_id/],
    ['columns=user,user', 'columns', /different/],
    ['columns=properties.', 'columns[0]', /must name columns/],
    ['columns=user;drop%20table', 'columns[0]', /must name columns/],
    ['limit=5', 'limit', /is not a parameter/],
    ['filters=%5B%5D', 'filters', /1 to 50/],
  ])('is refused with what is wrong: %s', async (query, field, message) => {
    const { status, body } = await gateway.json<ProblemDto>(`/api/v1/export?${query}`);
    expect([status, body.errors[0]]).toEqual([400, expect.objectContaining({ field, message: expect.stringMatching(message) as string })]);
  });
});
