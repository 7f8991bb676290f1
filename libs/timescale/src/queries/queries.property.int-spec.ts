import fc from 'fast-check';
import type { Pool } from 'pg';
import type { IngestedEvent } from '@analytics/events';
import { createPool } from '../postgres-pool.js';
import { aBatch } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import type { BreakdownRow } from './breakdown.js';
import { resolveBuckets } from './buckets.js';
import { wallClock } from './local-time.fixture.js';
import type { MetricValue } from './metrics.js';
import { MetricsReader } from './metrics.reader.js';
import { PROJECT, queryEvents } from './query-data.fixture.js';
import { questionsAbout, type RandomQuestion } from './query-questions.fixture.js';
import { matches, measure, textOf } from './query-reference.fixture.js';
import { bucketStartOf, comparedSpanOf, roughCount, spanOf, type Span } from './range-reference.fixture.js';
import { resolveComparison, resolveTimeRange, type TimeRange } from './time-range.js';

const QUESTIONS = 500;
const DATA_SEED = 7;

/** Compares as numbers that may differ in their last digits. */
function expectMetrics(actual: unknown, expected: readonly MetricValue[]): void {
  const near = expected.map((value) => (value === null || Number.isInteger(value) ? value : (expect.closeTo(value, digitsOf(value)) as number)));
  expect(actual).toEqual(near);
}
/** So many decimals that a relative error of 1e-9 shows. */
const digitsOf = (value: number): number => Math.max(0, 9 - Math.ceil(Math.log10(Math.abs(value))));

const msOf = ({ from, to }: TimeRange): Span => [from.getTime(), to.getTime()];

describe('the query engine', () => {
  const sent = queryEvents(DATA_SEED);
  const all = sent.map((event) => ({ ...event, at: Date.parse(event.timestamp) }));
  type StoredEvent = (typeof all)[number];
  let database: WriterDatabase;
  let pool: Pool;
  let reader: MetricsReader;

  beforeAll(async () => {
    database = await startWriterDatabase();
    const stored = await new EventBatchWriter(database.pool).write(aBatch(sent));
    expect(stored).toMatchObject({ kind: 'stored', events: all.length });
    pool = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
    reader = new MetricsReader(pool);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  it(`answers ${QUESTIONS} random questions as plain code does from the same events`, async () => {
    await fc.assert(fc.asyncProperty(questionsAbout(all), check), { numRuns: QUESTIONS, endOnFailure: true, verbose: 1 });
  });

  async function check(question: RandomQuestion): Promise<void> {
    const { range, comparison, now } = question;
    const span = spanOf(range, now);
    const resolved = resolveTimeRange(range, now);
    expect(msOf(resolved.value!)).toEqual(span);
    const compared = resolveComparison(comparison, resolved.value!, range.timeZone);
    const comparedSpan = comparedSpanOf(comparison, span, range.timeZone);
    expect(compared.value && msOf(compared.value)).toEqual(comparedSpan);
    const ranges = [resolved.value!, ...(compared.value ? [compared.value] : [])];
    if (question.kind === 'totals') await checkTotals(question, ranges);
    else if (question.kind === 'timeseries') await checkTimeseries(question, ranges);
    else if (question.kind === 'breakdown') await checkBreakdown(question, ranges);
    else await checkHeatmap(question, ranges[0]!);
  }

  const asked = ({ filter, metrics, range }: RandomQuestion) => ({ projectId: PROJECT, filter, metrics, timeZone: range.timeZone });
  const eventsOf = ({ filter, range: { timeZone } }: RandomQuestion, range: TimeRange): StoredEvent[] => {
    const [from, to] = msOf(range);
    return all.filter((event) => event.project_id === PROJECT && event.at >= from && event.at < to && (!filter || matches(event, filter, timeZone)));
  };
  const measured = (events: readonly IngestedEvent[], { metrics, range }: RandomQuestion): MetricValue[] =>
    metrics.map((metric) => measure(events, metric, range.timeZone));

  async function checkTotals(question: RandomQuestion, ranges: TimeRange[]): Promise<void> {
    const answers = await reader.totals(asked(question), ranges);
    expect(answers).toHaveLength(ranges.length);
    ranges.forEach((range, index) => expectMetrics(answers[index], measured(eventsOf(question, range), question)));
  }

  async function checkTimeseries(question: RandomQuestion, ranges: TimeRange[]): Promise<void> {
    const { granularity, now, range: request } = question;
    const resolved = ranges.map((range) => resolveBuckets(range, granularity, request.timeZone, now));
    const series = resolved.flatMap(({ value }) => value ?? []);
    if (series.length < ranges.length) {
      expect(Math.max(...ranges.map((range) => roughCount(msOf(range), granularity === 'auto' ? '1mo' : granularity)))).toBeGreaterThan(1900);
      return;
    }
    const answers = await reader.timeseries(asked(question), series.map(({ buckets }) => buckets));
    ranges.forEach((range, index) => {
      const { buckets, granularity: width } = series[index]!;
      const events = groupBy(eventsOf(question, range), ({ at }) => Math.max(bucketStartOf(at, width, request.timeZone), range.from.getTime()));
      expect([buckets[0]!.from, buckets.at(-1)!.to]).toEqual([range.from, range.to]);
      buckets.forEach(({ from, to }, place) => {
        expect(from).toEqual(place === 0 ? range.from : buckets[place - 1]!.to);
        if (place > 0) expect(from.getTime()).toBe(bucketStartOf(from.getTime(), width, request.timeZone));
        expect(bucketStartOf(to.getTime() - 1, width, request.timeZone)).toBeLessThanOrEqual(from.getTime());
        expectMetrics(answers[index]![place], measured(events.get(from.getTime()) ?? [], question));
      });
    });
  }

  async function checkHeatmap(question: RandomQuestion, range: TimeRange): Promise<void> {
    const zone = question.range.timeZone;
    const cells = await reader.heatmap({ ...asked(question), range }, zone);
    const events = groupBy(eventsOf(question, range), ({ at }) => {
      const wall = new Date(wallClock(at, zone));
      return ((wall.getUTCDay() + 6) % 7) * 24 + wall.getUTCHours();
    });
    expect(cells).toHaveLength(168);
    cells.forEach(({ weekday, hour, metrics }, index) => {
      expect([weekday, hour]).toEqual([Math.floor(index / 24) + 1, index % 24]);
      expectMetrics(metrics, measured(events.get(index) ?? [], question));
    });
  }

  async function checkBreakdown(question: RandomQuestion, [range, compare]: TimeRange[]): Promise<void> {
    const { by, limit, offset, includeMissing } = question;
    const answer = await reader.breakdown({ ...asked(question), range: range!, compare, by, limit, offset, includeMissing });
    const valuesOf = (event: IngestedEvent): (string | null)[] => by.map((field) => textOf(event, field, question.range.timeZone) ?? null);
    const nameOf = (event: IngestedEvent): string => JSON.stringify(valuesOf(event));
    const within = (time: TimeRange): StoredEvent[] => eventsOf(question, time).filter((event) => includeMissing || !valuesOf(event).includes(null));
    const events = within(range!);
    const cells = groupBy(events, nameOf);
    const ranked = [...cells].map(([name, cell]) => ({ values: JSON.parse(name) as (string | null)[], cell, metrics: measured(cell, question) }));
    ranked.sort((a, b) => compareRank(a, b));
    const listed = ranked.slice(offset, offset + limit);
    expect(answer.rows.map(({ values }) => values)).toEqual(listed.map(({ values }) => values));
    listed.forEach(({ metrics }, index) => expectMetrics(answer.rows[index]!.metrics, metrics));
    const rest = ranked.slice(offset + limit).flatMap(({ cell }) => cell);
    if (rest.length === 0) expect(answer.other).toBeNull();
    else expectMetrics(answer.other, measured(rest, question));
    expectMetrics(answer.total, measured(events, question));
    expect(answer.distinctValues).toBe(cells.size);
    if (!compare) return expect(answer.previousTotal).toBeUndefined();
    const before = groupBy(within(compare), nameOf);
    listed.forEach(({ values }, index) => expectMetrics(answer.rows[index]!.previous, measured(before.get(JSON.stringify(values)) ?? [], question)));
    expectMetrics(answer.previousTotal, measured(within(compare), question));
  }
});

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** By the first metric, largest first and null last; then by the values' code points, null last. */
function compareRank(a: Pick<BreakdownRow, 'values' | 'metrics'>, b: Pick<BreakdownRow, 'values' | 'metrics'>): number {
  const [first, second] = [a.metrics[0]!, b.metrics[0]!];
  if (first !== second) return first === null ? 1 : second === null ? -1 : second - first;
  for (const [index, value] of a.values.entries()) {
    const other = b.values[index]!;
    if (value === other) continue;
    return value === null ? 1 : other === null ? -1 : Buffer.compare(Buffer.from(value), Buffer.from(other));
  }
  return 0;
}
