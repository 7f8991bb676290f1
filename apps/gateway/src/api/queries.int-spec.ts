import type {
  BreakdownAnswerDto,
  HeatmapAnswerDto,
  ProblemDto,
  ProblemErrorDto,
  QuestionDto,
  TimeseriesAnswerDto,
  TotalsAnswerDto,
} from '@analytics/dto';
import { ALLOWED_FIELDS, ALLOWED_METRICS, TotalsQuestionDto } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { apiCall, EventStore, pageView, RunningGateway } from '../gateway.fixture.js';
import { QueryPipe } from '../queries/query.pipe.js';

const HOME = 'https://shop.example/';
const CART = 'https://shop.example/cart';
const RANGE = 'from=2026-03-28T00:00:00Z&to=2026-03-31T00:00:00Z';
const at = (clock: string) => ({ timestamp: `2026-03-${clock}Z`, received_at: '2026-03-31T00:00:00Z' });
const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const deep = (levels: number): unknown => (levels === 0 ? { field: 'type', op: 'is', value: 'x' } : { not: deep(levels - 1) });

const DAY_OF_25 = 'from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z';
const WIDTHS = ['auto', '1s', '10s', '1m', '5m', '15m', '30m', '1h', '6h', '1d', '1w', '1mo'];

type Fault = [path: string, field: string, message: RegExp, allowed?: readonly string[]];
const filter = (value: unknown, field: string, message: RegExp, allowed?: readonly string[]): Fault => [
  `totals?filters=${typeof value === 'string' ? encodeURIComponent(value) : json(value)}`,
  field,
  message,
  allowed,
];

const BAD_REQUESTS: Fault[] = [
  ['totals?metric=events', 'metric', /there are compare, compareFrom, exact, explain, filters, from, metrics, period, project, timeZone, to$/],
  ['totals?metrics=visits', 'metrics[0]', /^metrics must name metrics: events, users/, ALLOWED_METRICS],
  ['totals?metrics=events,events', 'metrics', /different/, ALLOWED_METRICS],
  ['totals?metrics=', 'metrics[0]', /^metrics must name/, ALLOWED_METRICS],
  ['totals?metrics=sum(page_path)', 'metrics[0]', /^metrics must name/, ALLOWED_METRICS],
  ['totals?metrics=sum(properties.)', 'metrics[0]', /^metrics must name/, ALLOWED_METRICS],
  ['totals?metrics=toString', 'metrics[0]', /^metrics must name/, ALLOWED_METRICS],
  ['totals?metrics=__proto__', 'metrics[0]', /^metrics must name/, ALLOWED_METRICS],
  ['totals?metrics=events&metrics=users', 'metrics', /more than once/],
  [`totals?metrics=${json(Array.from({ length: 11 }, (_, n) => `sum(properties.${n})`))}`, 'metrics', /1 to 10/, ALLOWED_METRICS],
  ['totals?period=last_5_days', 'period', /^period must be one of today, yesterday/],
  ['totals?period=24h&from=2026-01-01T00:00:00Z', 'period', /must not be given together/],
  ['totals?to=2026-01-01T00:00:00Z', 'to', /together with from/],
  ['totals?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from', /before to/],
  ['totals?from=1999-01-01T00:00:00Z', 'from', /2000-01-01/],
  ['totals?period=9999d', 'period', /2000-01-01/],
  ['totals?from=2026-01-01', 'from', /ISO 8601/],
  ['totals?timeZone=%2B02:00', 'timeZone', /IANA/],
  ['totals?timeZone=Mars/Olympus', 'timeZone', /IANA/],
  ["totals?timeZone=UTC';select 1", 'timeZone', /IANA/],
  ['totals?compare=last_decade', 'compare', /must be one of/, ['previous_period', 'same_weekday', 'previous_year']],
  ['totals?compare=previous_year&compareFrom=2026-01-01T00:00:00Z', 'compareFrom', /together with compare/],
  ['totals?compareFrom=1990-01-01T00:00:00Z', 'compareFrom', /2000-01-01/],
  ['heatmap?compare=previous_year', 'compare', /is not a parameter/],
  ['heatmap?period=1h', 'period', /at least a day/],
  ['timeseries?granularity=2m', 'granularity', /must be one of/, WIDTHS],
  [
    'timeseries?from=2026-01-01T00:00:00Z&to=2026-01-31T00:00:00Z&granularity=1m',
    'granularity',
    /more than 2000 buckets; for this range use auto or one of 30m, 1h/,
    ['auto', '30m', '1h', '6h', '1d', '1w', '1mo'],
  ],
  ['breakdown?by=props', 'by[0]', /^by must name fields/, ALLOWED_FIELDS],
  ['breakdown?by=type;drop%20table%20events', 'by[0]', /^by must name fields/, ALLOWED_FIELDS],
  ['breakdown?by=type,browser,os', 'by', /1 to 2/, ALLOWED_FIELDS],
  [`breakdown?by=properties.${'x'.repeat(129)}`, 'by[0]', /^by must name/, ALLOWED_FIELDS],
  ['breakdown?by=properties.a%00', 'by[0]', /^by must name/, ALLOWED_FIELDS],
  ['breakdown?limit=1001', 'limit', /1 to 1000/],
  ['breakdown?offset=-1', 'offset', /0 to 10000/],
  ['breakdown?includeMissing=no', 'includeMissing', /true or false/, ['true', 'false']],
  filter('{"field":', 'filters', /must be an object/),
  filter('[]', 'filters', /1 to 50/),
  filter({ field: 'colour', op: 'is', value: 'x' }, 'filters.field', /must be a field/, ALLOWED_FIELDS),
  filter({ field: '__proto__', op: 'is', value: 'x' }, 'filters.field', /must be a field/, ALLOWED_FIELDS),
  filter({ field: 'type', op: 'like', value: 'x' }, 'filters.op', /must be one of is, is_not/),
  filter({ field: 'type', op: 'gt', value: 1 }, 'filters.op', /for the field type/, ['is', 'is_not', 'in', 'not_in', 'contains', 'not_contains', 'starts_with', 'exists']),
  filter({ field: 'status_code', op: 'contains', value: '4' }, 'filters.op', /for the field status_code/),
  filter({ field: 'status_code', op: 'is', value: 'ok' }, 'filters.value', /must be a number/),
  filter({ field: 'properties.a', op: 'gt', value: 'NaN' }, 'filters.value', /must be a number/),
  filter({ field: 'type', op: 'is', value: null }, 'filters.value', /must be text/),
  filter({ field: 'type', op: 'is' }, 'filters.value', /must be text/),
  filter({ field: 'type', op: 'is', value: 'a\0' }, 'filters.value', /NUL/),
  filter({ field: 'type', op: 'is', value: 'x'.repeat(1025) }, 'filters.value', /1024/),
  filter({ field: 'type', op: 'in', value: 'x' }, 'filters', /there are field, op, values/, ['field', 'op', 'values']),
  filter({ field: 'type', op: 'in', values: [] }, 'filters.values', /1 to 100/),
  filter({ field: 'type', op: 'exists', value: 'yes' }, 'filters.value', /true or false/, ['true', 'false']),
  filter({ field: 'type', op: 'is', value: 'x', note: 1 }, 'filters', /does not take/, ['field', 'op', 'value']),
  filter({ and: [{ field: 'type', op: 'is', value: 'x' }], or: [] }, 'filters', /no filter has/, ['and', 'or', 'not', 'field']),
  filter({ xor: [] }, 'filters', /no filter has/, ['and', 'or', 'not', 'field']),
  filter({ and: [{ field: 'type', op: 'is', value: 'x' }, { or: [5] }] }, 'filters.and[1].or[0]', /must be an object/),
  filter(deep(5), 'filters.not.not.not.not.not', /deeper than 5/),
  filter(`${'[{"not":'.repeat(200)}1${'}]'.repeat(200)}`, 'filters[0].not', /must be an object/),
  filter(
    Array.from({ length: 26 }, () => ({ and: [{ field: 'type', op: 'is', value: 'x' }, { field: 'os', op: 'exists' }] })),
    'filters[25].and[0]',
    /at most 50/,
  ),
];

describe('questions', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    gateway = await RunningGateway.start({ REDIS_URL: redisUrl, DATABASE_READER_URL: database.readerUrl, DATABASE_ACCESS_URL: database.accessUrl });
    const view = (page_url: string, clock: string, user_id: string) => pageView({ ...at(clock), user_id, properties: { ...pageView().properties, page_url } });
    await store.store([
      view(HOME, '29T00:30:00', 'ann'),
      view(CART, '29T01:30:00', 'ann'),
      view(CART, '29T01:45:00', 'bob'),
      apiCall(100, at('29T12:00:00')),
      apiCall(200, at('30T12:00:00')),
      view(HOME, '22T12:00:00', 'ann'),
      pageView({ ...at('29T00:30:00'), project_id: 'self' }),
    ]);
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  const ask = <T>(path: string): Promise<T> => gateway.answer<T>(path);

  it('are answered by totals, with the question as it was understood', async () => {
    const metrics = 'events,users,avg_duration,sum(properties.duration_ms)';
    const answer = await ask<TotalsAnswerDto>(`totals?${RANGE}&metrics=${metrics}&compare=same_weekday&timeZone=europe/berlin`);
    expect(answer).toMatchObject({
      query: {
        project: 'demo',
        from: '2026-03-28T00:00:00.000Z',
        to: '2026-03-31T00:00:00.000Z',
        timeZone: 'Europe/Berlin',
        metrics: metrics.split(','),
        filters: null,
        // Three days are within one week; clocks were put forward on the 29th.
        compare: { from: '2026-03-21T00:00:00.000Z', to: '2026-03-24T01:00:00.000Z' },
      },
      source: 'raw',
      exact: true,
      totals: [5, 3, 150, 300],
      previous: [1, 1, null, 0],
    });
  });

  it('are answered over time, in buckets of the days of the zone', async () => {
    const answer = await ask<TimeseriesAnswerDto>(`timeseries?${RANGE}&granularity=1d&timeZone=Europe/Berlin&compare=previous_period`);
    expect(answer.query.granularity).toBe('1d');
    expect(answer.buckets).toEqual([
      { from: '2026-03-28T00:00:00.000Z', to: '2026-03-28T23:00:00.000Z', complete: false, values: [0] },
      { from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z', complete: true, values: [4] },
      { from: '2026-03-29T22:00:00.000Z', to: '2026-03-30T22:00:00.000Z', complete: true, values: [1] },
      { from: '2026-03-30T22:00:00.000Z', to: '2026-03-31T00:00:00.000Z', complete: false, values: [0] },
    ]);
    expect(answer.previous!.map(({ values }) => values[0])).toEqual([0, 0, 0, 0]);
    expect((await ask<TimeseriesAnswerDto>(`timeseries?${DAY_OF_25}&granularity=1h&timeZone=Europe/Berlin`)).buckets).toHaveLength(25);
  });

  it('are answered by value, with the rest measured as one', async () => {
    const answer = await ask<BreakdownAnswerDto>(`breakdown?${RANGE}&by=page_path&metrics=events,users&limit=1&compareFrom=2026-03-22T00:00:00Z`);
    expect(answer).toMatchObject({
      rows: [{ by: ['/cart'], values: [2, 2], previous: [0, 0] }],
      other: [3, 2],
      total: [5, 3],
      previousTotal: [1, 1],
      distinctValues: 3,
    });
    const pairs = await ask<BreakdownAnswerDto>(`breakdown?${RANGE}&by=type,properties.status_code&includeMissing=false`);
    expect([pairs.rows, pairs.other, pairs.total]).toEqual([[{ by: ['api_call', '200'], values: [2] }], null, [2]]);
    const next = await ask<BreakdownAnswerDto>(`breakdown?${RANGE}&by=page_path&limit=1&offset=1`);
    expect(next.rows).toEqual([{ by: [null], values: [2] }]);
  });

  it('are answered by the hour of the week', async () => {
    const { cells } = await ask<HeatmapAnswerDto>(`heatmap?${RANGE}&timeZone=Europe/Berlin`);
    expect(cells).toHaveLength(168);
    expect(cells.filter(({ values }) => values[0]! > 0)).toEqual([
      { weekday: 1, hour: 14, values: [1] },
      { weekday: 7, hour: 1, values: [1] },
      { weekday: 7, hour: 3, values: [2] },
      { weekday: 7, hour: 14, values: [1] },
    ]);
  });

  it('are about the events that the filters leave', async () => {
    const filters = json({ or: [{ field: 'page_path', op: 'is', value: '/cart' }, { field: 'duration_ms', op: 'gte', value: '200' }] });
    expect((await ask<TotalsAnswerDto>(`totals?${RANGE}&filters=${filters}`)).totals).toEqual([3]);
    const all = json([{ field: 'user', op: 'is', value: 'ann' }, { not: { field: 'page_path', op: 'contains', value: 'CAR' } }]);
    const answer = await ask<TotalsAnswerDto>(`totals?${RANGE}&filters=${all}`);
    expect(answer.totals).toEqual([1]);
    expect(answer.query.filters).toEqual({ and: JSON.parse(decodeURIComponent(all)) as unknown });
  });

  it('cover the last 24 hours by default, and see nothing of another project', async () => {
    const { query, totals, asOf } = await ask<TotalsAnswerDto>('totals');
    expect(totals).toEqual([0]);
    expect(Date.parse(query.to) - Date.parse(query.from)).toBe(86_400_000);
    expect(Date.parse(query.to)).toBeGreaterThan(Date.parse(asOf));
    expect((await ask<TotalsAnswerDto>(`totals?${RANGE}&project=self`)).totals).toEqual([1]);
    const unknown = await gateway.json<ProblemDto>('/api/v1/totals?project=shop');
    expect([unknown.status, unknown.body.type]).toEqual([404, 'urn:analytics:problem:not-found']);
  });

  it('say how far what is stored reaches, as soon as consumers have told', async () => {
    expect(await ask<TotalsAnswerDto>('totals')).toMatchObject({ completeThrough: null, inFlight: null });
    await eventually(async () => {
      await store.report({ inFlight: { demo: 3 } });
      const { completeThrough, inFlight, asOf } = await ask<TotalsAnswerDto>('totals');
      expect(inFlight).toBe(3);
      const behind = Date.parse(asOf) - Date.parse(completeThrough!);
      expect(behind).toBeGreaterThan(1000);
      expect(behind).toBeLessThan(6_000);
    });
  });

  // Five values in each row: a test with fewer of them than it takes is given a callback to call.
  const badRequests = BAD_REQUESTS.map(([path, field, message, allowed]) => [path.slice(0, 80), path, field, message, allowed] as const);
  it.each(badRequests)('are refused with what is wrong: %s', async (_, path, field, message, allowed) => {
    const { status, headers, text } = await gateway.get(`/api/v1/${path}`);
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
    const problem = JSON.parse(text) as ProblemDto;
    expect(problem).toMatchObject({ type: 'urn:analytics:problem:invalid-parameter', status: 400, instance: `/api/v1/${path.split('?')[0]}` });
    const [error] = problem.errors as [ProblemErrorDto];
    expect(error).toMatchObject({ field, message: expect.stringMatching(message) as string, ...(allowed ? { allowed } : {}) });
    expect(text.length).toBeLessThan(4_000);
  });

  it('are answered from counts made beforehand when those say the same, and tell where they were read and why', async () => {
    const path = `totals?${RANGE}&metrics=events,users`;
    const before = await ask<TotalsAnswerDto>(`${path}&explain=true`);
    expect(before.explain).toMatchObject({ source: 'raw', tables: ['events'] });
    await store.compact();
    const after = await ask<TotalsAnswerDto>(`${path}&explain=true`);
    expect(after).toMatchObject({ source: 'rollup', totals: before.totals, explain: { source: 'rollup', stretches: { days: 3 } } });
    expect(after.explain?.tables).toContain('value_counts');
    const exact = await ask<TotalsAnswerDto>(`${path}&exact=true`);
    expect(exact).toMatchObject({ exact: true, totals: before.totals });
    expect(exact).not.toHaveProperty('explain');
  });

  it('tell the value that was wrong, not more of it than is useful', async () => {
    const [short, long] = await Promise.all(
      ['x', 'x'.repeat(3000)].map(async (period) => (await gateway.json<ProblemDto>(`/api/v1/totals?period=${period}`)).body.errors[0]!.value),
    );
    expect([short, long]).toEqual(['x', `${'x'.repeat(200)}…`]);
  });

  it('mean the same as a message of the live feed, which has real lists and objects', async () => {
    const pipe = new QueryPipe();
    const filters = { field: 'type', op: 'in', values: ['a', 'b'] };
    const metrics = ['events', 'sum(properties.a,b)'];
    const live: QuestionDto = await pipe.parse({ filters, metrics }, TotalsQuestionDto);
    expect(live).toEqual(await pipe.parse({ filters: JSON.stringify(filters), metrics: JSON.stringify(metrics) }, TotalsQuestionDto));
    let hostile: unknown = 1;
    for (let level = 0; level < 50_000; level++) hostile = [hostile];
    await expect(pipe.parse({ filters: hostile }, TotalsQuestionDto)).rejects.toThrow(/Bad Request|nested deeper/);
  });
});
