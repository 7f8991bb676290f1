import type { ProblemDto } from '@analytics/dto';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, RunningGateway } from '../gateway.fixture.js';

const GRANULARITIES = '10s, 1m, 5m, 15m, 1h, 1d';
const PROJECT = 'project must be a project id: a-z, then a-z, 0-9 or -, at most 63 characters';
const EVENT_TYPE = 'eventType must be an event type: a-z, then a-z, 0-9 or _, at most 64 characters';
const DIMENSIONS = 'dimension must be one of pages, referrers, buttons, endpoints, errors, browsers, systems, devices, countries';
const instant = (field: string): string =>
  `${field} must be an ISO 8601 instant with a zone, such as 2026-01-31T11:00:00Z (in a URL write + as %2B)`;
const upTo = (limit: number): string => `limit must be a whole number from 1 to ${limit}`;
const LAST = 'last must be a length of time: 1 to 9999 and m, h or d, such as 30m, 6h or 7d';
const REASON = 'reason must be a text of 1 to 200 characters, none of them a control character';
const LETTER_ID = 'before must be the id of a dead letter, a whole number from 1';
const FAR_BACK = 'from must not reach back beyond 2000-01-01T00:00:00Z';

const BAD_REQUESTS: [path: string, ...messages: string[]][] = [
  ['metrics/summary?project=', PROJECT],
  ['metrics/summary?project=Demo', PROJECT],
  ['metrics/summary?project=a&project=b', 'project is given more than once; give it once'],
  ['metrics/summary?project=demo%00', PROJECT],
  ['metrics/summary?project=demo;drop%20table%20events', PROJECT],
  ['metrics/realtime?project[]=demo', 'project[] is not a parameter; there are project'],
  ['metrics/hourly?__proto__=1', '__proto__ is not a parameter; there are project'],
  ['metrics/hourly?toString=1', 'toString is not a parameter; there are project'],
  ['metrics/hourly?constructor=1', 'constructor is not a parameter; there are project'],
  ['metrics/hourly?projectId=demo', 'projectId is not a parameter; there are project'],
  ['metrics/timeseries?granularity=1ms', `granularity must be one of ${GRANULARITIES}`],
  ['metrics/timeseries?granularity=1m&granularity=1h', 'granularity is given more than once; give it once'],
  ['metrics/timeseries?granularity=toString', `granularity must be one of ${GRANULARITIES}`],
  ['metrics/timeseries?byType=1', 'byType must be true or false'],
  ['metrics/timeseries?byType=', 'byType must be true or false'],
  ['metrics/timeseries?eventType=Page%20View', EVENT_TYPE],
  ["metrics/timeseries?eventType=x'%20or%20'1'='1", EVENT_TYPE],
  ['metrics/timeseries?granularity=x&byType=y', `granularity must be one of ${GRANULARITIES}`, 'byType must be true or false'],
  ['metrics/timeseries?from=yesterday', instant('from')],
  ['metrics/timeseries?from=2026-01-31', instant('from')],
  ['metrics/timeseries?from=2026-01-31T11:00:00', instant('from')],
  ['metrics/timeseries?from=2026-02-30T11:00:00Z', instant('from')],
  ['metrics/timeseries?from=2026-W05-1T11:00:00Z', instant('from')],
  ['metrics/timeseries?from=2026-01-31T11:00:00+02:00', instant('from')],
  ['metrics/timeseries?to=2026-01-31T25:00:00Z', instant('to')],
  ['metrics/timeseries?to=%2B275760-09-13T00:00:00Z', instant('to')],
  ['metrics/timeseries?to=1', instant('to')],
  ['metrics/timeseries?from=1999-12-31T23:59:59Z&granularity=1d', FAR_BACK],
  ['metrics/timeseries?from=1000-01-01T00:00:00Z&granularity=1d', FAR_BACK],
  ['metrics/timeseries?last=9999d&granularity=1d', 'last must not reach back beyond 2000-01-01T00:00:00Z'],
  ['metrics/timeseries?to=9999-12-31T00:00:00Z', 'to must not be more than 366 days from now'],
  ['metrics/timeseries?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from must be before to'],
  ['metrics/timeseries?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from must be before to'],
  ['metrics/timeseries?from=2999-01-01T00:00:00Z', 'from must be before to (which is now when it is not given)'],
  ['metrics/timeseries?last=1w', LAST],
  ['metrics/timeseries?last=0h', LAST],
  ['metrics/timeseries?last=1h&last=2h', 'last is given more than once; give it once'],
  ['metrics/timeseries?last=1h&to=2026-01-01T00:00:00Z', 'last must not be given together with from or to'],
  [
    'metrics/timeseries?from=2026-01-01T00:00:00Z&to=2026-01-08T00:00:00Z&granularity=10s',
    'granularity 10s would make 60480 buckets, and at most 2000 are allowed; for this range use one of 15m, 1h, 1d',
  ],
  [
    'metrics/timeseries?from=2001-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&granularity=1d',
    'granularity 1d would make 9131 buckets, and at most 2000 are allowed; ask for a shorter range',
  ],
  ['metrics/top?dimension=pages;drop%20table%20events', DIMENSIONS],
  ['metrics/top?dimension=constructor', DIMENSIONS],
  ['metrics/top?limit=0', upTo(100)],
  ['metrics/top?limit=101', upTo(100)],
  ['metrics/top?limit=-1', upTo(100)],
  ['metrics/top?limit=1.5', upTo(100)],
  ['metrics/top?limit=0x10', upTo(100)],
  ['metrics/top?limit=NaN', upTo(100)],
  ['metrics/top?limit=', upTo(100)],
  ['metrics/top?limit=5&limit=6', 'limit is given more than once; give it once'],
  ['metrics/top?from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from must be at most 366 days before to'],
  ['events/recent?limit=1e9', upTo(200)],
  ['events/recent?limit=201', upTo(200)],
  ['events/recent?eventType=', EVENT_TYPE],
  ['events/recent?before=2026-01-01T00:00:00Z', 'before is not a parameter; there are eventType, limit, project'],
  ['pipeline?verbose=1', 'verbose is not a parameter; there are project'],
  ['ledger?last=8d', 'from must be at most 7 days before to'],
  ['ledger?last=1h&from=2026-01-01T00:00:00Z', 'last must not be given together with from or to'],
  ['ledger?to=1', instant('to')],
  ['ledger?granularity=1m', 'granularity is not a parameter; there are from, last, project, to'],
  ['dead-letters?project=', PROJECT],
  ['dead-letters?state=alive', 'state must be one of dead, replayed, discarded'],
  ['dead-letters?state=dead&state=replayed', 'state is given more than once; give it once'],
  ['dead-letters?reason=', REASON],
  ['dead-letters?reason=a%00b', REASON],
  [`dead-letters?reason=${'x'.repeat(201)}`, REASON],
  ['dead-letters?limit=201', upTo(200)],
  ['dead-letters?before=0', LETTER_ID],
  ['dead-letters?before=now', LETTER_ID],
  ['dead-letters?before=99999999999999999999', LETTER_ID],
];

describe('query parameters', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  it.each(BAD_REQUESTS)('refuses %s, naming the field and what is allowed', async (path, ...message) => {
    const { status, body } = await gateway.json<ProblemDto>(`/api/v1/${path}`);
    expect({ status, messages: body.errors.map((each) => each.message) }).toEqual({ status: 400, messages: message });
    const given = new URLSearchParams(path.split('?')[1]);
    for (const { field } of body.errors) expect([...given.keys(), 'from']).toContain(field);
  });

  it('answers with a problem document: its type, each parameter as it was given, and what is allowed', async () => {
    const { status, headers, text } = await gateway.get('/api/v1/metrics/timeseries?granularity=1ms&byType=y');
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
    const messages = [`granularity must be one of ${GRANULARITIES}`, 'byType must be true or false'];
    expect(JSON.parse(text)).toEqual({
      type: 'urn:analytics:problem:invalid-parameter',
      title: 'Bad Request',
      status: 400,
      detail: messages.join('; '),
      instance: '/api/v1/metrics/timeseries',
      errors: [
        { field: 'granularity', value: '1ms', message: messages[0], allowed: GRANULARITIES.split(', ') },
        { field: 'byType', value: 'y', message: messages[1], allowed: ['true', 'false'] },
      ],
    });
  });

  it('takes every allowed granularity and the longest allowed series', async () => {
    for (const granularity of GRANULARITIES.split(', ')) {
      expect((await gateway.json(`/api/v1/metrics/timeseries?granularity=${granularity}`)).status).toBe(200);
    }
    const longest = `from=2026-01-01T00:00:00Z&to=${new Date(Date.parse('2026-01-01') + 20_000_000).toISOString()}&granularity=10s`;
    const { status, body } = await gateway.json<{ buckets: number[] }>(`/api/v1/metrics/timeseries?${longest}`);
    expect([status, body.buckets.length]).toEqual([200, 2000]);
  });

  it('answers 404 for an unknown project, naming it and the ones there are', async () => {
    for (const path of ['metrics/summary', 'metrics/top', 'metrics/timeseries', 'events/recent', 'pipeline', 'ledger', 'dead-letters']) {
      const { status, body } = await gateway.json<ProblemDto>(`/api/v1/${path}?project=shop`);
      expect([status, body]).toEqual([404, expect.objectContaining({ type: 'urn:analytics:problem:not-found', title: 'Not Found', status: 404 })]);
      expect(body.detail).toBe('project shop does not exist; there are demo, self');
    }
  });

  it('survives a thousand unknown parameters with a short answer', async () => {
    const path = `/api/v1/metrics/summary?${Array.from({ length: 1000 }, (_, index) => `a${index}=1`).join('&')}`;
    const { status, body } = await gateway.json<ProblemDto>(path);
    expect(status).toBe(400);
    expect(body.errors.length).toBeLessThanOrEqual(10);
  });

  it.each(['/api', '/api/v1', '/api/v2/metrics/summary', '/api/v1/metrics', '/api/v1/metrics/%c0', '/api/v1/../../etc/passwd'])(
    'answers 404 as JSON for the unknown path %s',
    async (path) => {
      const { status, body } = await gateway.json<ProblemDto>(path);
      expect([status, body.status, body.title]).toEqual([404, 404, 'Not Found']);
      expect(body.detail).toMatch(/^there is no GET \//);
    },
  );

  it('tells nothing of its inside in any error', async () => {
    for (const [path] of BAD_REQUESTS) {
      const { text } = await gateway.get(`/api/v1/${path}`);
      expect(text).not.toMatch(/\.ts|\.js|node_modules|select /i);
    }
  });
});
