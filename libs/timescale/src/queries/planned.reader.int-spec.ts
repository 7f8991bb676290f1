import fc from 'fast-check';
import type { Pool } from 'pg';
import type { IngestedEvent } from '@analytics/events';
import { Compactor } from '../compaction/compactor.js';
import { DURATION_ERROR } from '../compaction/duration-bucket.js';
import { MOST_VALUES } from '../compaction/stretch.js';
import { createPool } from '../postgres-pool.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { aBatch, pageView } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import type { Breakdown } from './breakdown.js';
import { resolveBuckets } from './buckets.js';
import type { Metric, MetricValue } from './metrics.js';
import { MetricsReader } from './metrics.reader.js';
import { countedQuestions, type CountedQuestion } from './planned-questions.fixture.js';
import { PlannedReader } from './planned.reader.js';
import { PROJECT, queryEvents } from './query-data.fixture.js';
import { questionsAbout, type RandomQuestion } from './query-questions.fixture.js';
import { resolveComparison, resolveTimeRange, type TimeRange } from './time-range.js';

const QUESTIONS = 200;
const WHOLE = { from: new Date('2025-01-01T00:00:00Z'), to: new Date('2026-10-01T00:00:00Z') };

const isQuantile = (metric: Metric): boolean =>
  'aggregate' in metric ? metric.aggregate.startsWith('p') : /^p\d\d_/.test(metric.name);

/** Quantiles within their bound, given that no duration is below -4 (the data's); everything else to the last digits. */
function expectSame(planned: readonly MetricValue[], raw: readonly MetricValue[], metrics: readonly Metric[]): void {
  raw.forEach((value, index) => {
    const other = planned[index]!;
    if (value === null || other === null) return expect(other).toBe(value);
    const allowed = isQuantile(metrics[index]!) ? DURATION_ERROR * (Math.abs(value) + 8) + 1e-9 : 1e-9 * Math.abs(value);
    expect(Math.abs(other - value)).toBeLessThanOrEqual(allowed);
  });
  expect(planned).toHaveLength(raw.length);
}

describe('the planner', () => {
  const events = queryEvents(11);
  let database: WriterDatabase;
  let pool: Pool;
  let raw: MetricsReader;
  let planner: PlannedReader;
  let compactor: Compactor;
  const sources = { rollup: 0, raw: 0 };

  beforeAll(async () => {
    database = await startWriterDatabase();
    await database.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop'), ('blog', 'Blog'), ('empty', 'Empty')`);
    pool = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
    [raw, planner, compactor] = [new MetricsReader(pool), new PlannedReader(pool), new Compactor(database.pool)];
    await store(events.filter((_, index) => index % 5 !== 0), '0-0', '1-0');
    while ((await compactor.compact()).behind);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  async function store(batch: IngestedEvent[], previousId: string, lastId: string): Promise<void> {
    const stored = await new EventBatchWriter(database.pool).write(aBatch(batch, { previousId, lastId, sequences: new Map([['a', Number(lastId[0])]]) }));
    expect(stored).toMatchObject({ kind: 'stored', events: batch.length });
  }
  const staleQuarters = async (): Promise<number> => (await database.rows('SELECT DISTINCT project_id, quarter FROM stale_quarters')).length;

  it(`answers ${QUESTIONS} random questions as the events do; while late events make quarters stale; and after these are filled again`, async () => {
    await checkQuestions(1);
    await store(events.filter((_, index) => index % 5 === 0), '1-0', '2-0');
    expect(await staleQuarters()).toBeGreaterThan(100);
    await checkQuestions(2);
    await compactor.compact();
    expect(await staleQuarters()).toBe(0);
    await checkQuestions(3);
    expect(sources.rollup).toBeGreaterThan(QUESTIONS / 3);
    expect((await compareRollups(database.owner, WHOLE)).differences).toEqual([]);
  });

  const checkQuestions = (seed: number): Promise<void> =>
    fc.assert(fc.asyncProperty(questionsAbout(events), countedQuestions(), check), { seed, numRuns: Math.ceil(QUESTIONS / 3), endOnFailure: true, verbose: 1 });

  async function check(drawn: RandomQuestion, counted: CountedQuestion): Promise<void> {
    const distinct = counted.metrics.some((metric) => 'name' in metric && (metric.name === 'users' || metric.name === 'sessions'));
    const question = { ...drawn, ...counted, ...(distinct ? { filter: undefined } : {}) };
    const range = resolveTimeRange(question.range, question.now).value!;
    const compared = resolveComparison(question.comparison, range, question.range.timeZone).value;
    const ranges = [range, ...(compared ? [compared] : [])];
    if (question.kind === 'totals') await checkTotals(question, ranges);
    else if (question.kind === 'timeseries') await checkTimeseries(question, ranges);
    else if (question.kind === 'breakdown') await checkBreakdown(question, ranges);
    else await checkHeatmap(question, range);
  }

  const asked = ({ filter, metrics }: RandomQuestion) => ({ projectId: PROJECT, filter, metrics });
  function counted<T>({ data, source }: { data: T; source: 'rollup' | 'raw' }): T {
    sources[source]++;
    return data;
  }

  async function checkTotals(question: RandomQuestion, ranges: TimeRange[]): Promise<void> {
    const expected = await raw.totals(asked(question), ranges);
    const answers = counted(await planner.totals(asked(question), ranges));
    expected.forEach((metrics, index) => expectSame(answers[index]!, metrics, question.metrics));
  }

  async function checkTimeseries(question: RandomQuestion, ranges: TimeRange[]): Promise<void> {
    const { granularity, now, range: request } = question;
    const series = ranges.flatMap((range) => {
      const { value } = resolveBuckets(range, granularity, request.timeZone, now);
      return value ? [value.buckets] : [];
    });
    if (series.length === 0) return;
    const expected = await raw.timeseries(asked(question), series);
    const answers = counted(await planner.timeseries(asked(question), series));
    expected.forEach((buckets, index) => buckets.forEach((metrics, place) => expectSame(answers[index]![place]!, metrics, question.metrics)));
  }

  async function checkHeatmap(question: RandomQuestion, range: TimeRange): Promise<void> {
    const expected = await raw.heatmap({ ...asked(question), range }, question.range.timeZone);
    const answers = counted(await planner.heatmap({ ...asked(question), range }, question.range.timeZone));
    expected.forEach(({ metrics, ...cell }, index) => {
      expect(answers[index]).toMatchObject(cell);
      expectSame(answers[index]!.metrics, metrics, question.metrics);
    });
  }

  async function checkBreakdown(question: RandomQuestion, [range, compare]: TimeRange[]): Promise<void> {
    const { by, limit, offset, includeMissing, metrics } = question;
    const breakdown = { ...asked(question), range: range!, compare, by, limit, offset, includeMissing };
    const expected = await raw.breakdown(breakdown);
    const answer = counted(await planner.breakdown(breakdown));
    expect(answer.distinctValues).toBe(expected.distinctValues);
    expectSame(answer.total, expected.total, metrics);
    expect(answer.previousTotal === undefined).toBe(expected.previousTotal === undefined);
    if (expected.previousTotal) expectSame(answer.previousTotal!, expected.previousTotal, metrics);
    // Estimates may rank in another order.
    if (isQuantile(metrics[0]!)) return;
    checkRows(answer, expected, metrics);
  }

  function checkRows(answer: Breakdown, expected: Breakdown, metrics: readonly Metric[]): void {
    expect(answer.rows.map(({ values }) => values)).toEqual(expected.rows.map(({ values }) => values));
    expected.rows.forEach((row, index) => {
      expectSame(answer.rows[index]!.metrics, row.metrics, metrics);
      if (row.previous) expectSame(answer.rows[index]!.previous!, row.previous, metrics);
    });
    expect(answer.other === null).toBe(expected.other === null);
    if (expected.other) expectSame(answer.other!, expected.other, metrics);
  }

  const ofYear = { projectId: PROJECT, filter: undefined, range: WHOLE };

  it('tells where an answer comes from, and why', async () => {
    const answer = await planner.totals({ ...ofYear, metrics: [{ name: 'events' }, { name: 'users' }, { name: 'p95_duration' }] }, [WHOLE]);
    expect(answer).toMatchObject({ source: 'rollup', exact: false, error: DURATION_ERROR, errors: [0, 0, DURATION_ERROR] });
    expect(answer.explain).toMatchObject({ tables: ['value_counts', 'duration_counts', 'distinct_sketches'], stretches: { weeks: 90, days: 8, hours: 0, quarters: 0, fiveMinutes: 0 }, eventSeconds: 0 });
  });

  it.each<[string, Partial<Parameters<PlannedReader['breakdown']>[0]>, RegExp]>([
    ['a field without counts', { by: ['user'] }, /no counts of user/],
    ['two fields', { by: ['page_path', 'country'] }, /one field at a time.*page_path, country/],
    ['a filter on a second field', { by: ['page_path'], filter: { field: 'properties.plan', op: 'is', value: 'pro' } }, /properties.plan/],
    ['a metric of sessions', { by: ['type'], metrics: [{ name: 'bounce_rate' }] }, /bounce_rate needs the events/],
    ['distinct users of a value', { by: ['country'], metrics: [{ name: 'users' }] }, /users are counted for all events only/],
    ['durations of a page', { by: ['page_path'], metrics: [{ name: 'p50_duration' }] }, /durations are counted by type and endpoint/],
    ['a range within five minutes', { by: ['type'], range: { from: WHOLE.from, to: new Date(WHOLE.from.getTime() + 60_000) } }, /no five minutes/],
    ['a project that is not compacted', { by: ['type'], projectId: 'other' }, /no five minutes/],
  ])('asks the events for %s, and says so', async (_, part, reason) => {
    const base = { ...ofYear, metrics: [{ name: 'events' as const }], by: ['type' as const], limit: 10, offset: 0, includeMissing: true };
    const answer = await planner.breakdown({ ...base, ...part });
    expect(answer).toMatchObject({ source: 'raw', exact: true, errors: [0], explain: { tables: ['events'], reason: expect.stringMatching(reason) as string } });
  });

  it('asks the events for stretches that keep no counts of the field, and for those alone', async () => {
    const question = { projectId: 'blog', filter: undefined, metrics: [{ name: 'events' as const }], limit: 5, offset: 0, includeMissing: true };
    const range = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
    const pages = Array.from({ length: MOST_VALUES[5] + 1 }, (_, index) => {
      const timestamp = new Date(range.from.getTime() + 43_200_000 + index).toISOString();
      return pageView(`https://blog.example/${index}`, { project_id: 'blog', timestamp });
    });
    await store([...pages, pageView('https://blog.example/0', { project_id: 'blog', timestamp: '2026-03-01T18:00:00Z' })], '2-0', '3-0');
    await compactor.compact();
    const byPage = await planner.breakdown({ ...question, range, by: ['page_path'] });
    expect(byPage.data).toEqual(await raw.breakdown({ ...question, range, by: ['page_path'] }));
    expect(byPage).toMatchObject({ source: 'rollup', exact: true, explain: { eventSeconds: 300, stretches: { weeks: 0, days: 0, quarterDays: 3, hours: 5, quarters: 3, fiveMinutes: 2 } } });
    const byBrowser = await planner.breakdown({ ...question, range, by: ['browser'] });
    expect(byBrowser).toMatchObject({ source: 'rollup', explain: { eventSeconds: 0, stretches: { days: 1 } } });
  });

  it('leaves it to the database to rank more values than it ranks itself', async () => {
    const range = { from: new Date(Date.now() - 86_400_000), to: new Date(Date.now() + 3_600_000) };
    const metrics: Metric[] = [{ name: 'events' }, { name: 'p50_duration' }];
    const question = { projectId: 'empty', filter: undefined, range, metrics, by: ['endpoint' as const], limit: 1, offset: 0, includeMissing: true };
    try {
      await database.owner.query(
        `INSERT INTO events (time, received_at, event_id, clock_adjusted, project_id, event_type, user_id, properties)
         SELECT now(), now(), gen_random_uuid(), false, 'empty', 'api_call', 'user', jsonb_build_object('method', 'GET', 'endpoint', '/' || n, 'duration_ms', 5)
           FROM generate_series(1, 50001) AS n`,
      );
      // Autovacuum does the same, in its own time.
      await database.owner.query('ANALYZE events');
      const answer = await planner.breakdown(question);
      expect(answer).toMatchObject({ source: 'raw', data: { distinctValues: 50_001, total: [50_001, 5] }, explain: { reason: expect.stringMatching(/more than 50000 values/) as string } });
    } finally {
      await database.owner.query(`DELETE FROM events WHERE project_id = 'empty'`);
    }
  });

  it('estimates nothing when that is not wanted', async () => {
    const strict = new PlannedReader(pool, { estimates: false });
    const question = { projectId: PROJECT, filter: undefined };
    expect(await strict.totals({ ...question, metrics: [{ name: 'users' }] }, [WHOLE])).toMatchObject({ source: 'raw', explain: { reason: 'estimates were not wanted' } });
    expect(await strict.totals({ ...question, metrics: [{ name: 'events' }] }, [WHOLE])).toMatchObject({ source: 'rollup', exact: true });
  });
});
