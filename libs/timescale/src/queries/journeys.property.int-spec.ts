import fc from 'fast-check';
import type { Pool } from 'pg';
import { createPool } from '../postgres-pool.js';
import type { StoredEvent } from '../readers/stored-event.js';
import { aBatch } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { resolveBuckets } from './buckets.js';
import type { EventSet } from './event-set.js';
import { EventsReader, type EventPlace } from './events.reader.js';
import { ExportReader } from './export.reader.js';
import type { Filter } from './filter-sql.js';
import { inOrder, referenceFunnel, referencePaths, referenceRetention, type TimedEvent } from './journey-reference.fixture.js';
import { JourneysReader } from './journeys.reader.js';
import { MetricsReader } from './metrics.reader.js';
import { PROJECT, queryEvents } from './query-data.fixture.js';
import { filtersOf, questionsAbout, type RandomQuestion } from './query-questions.fixture.js';
import { matches } from './query-reference.fixture.js';
import { resolveTimeRange } from './time-range.js';

const DATA_SEED = 7;
const QUESTIONS = 150;
const CELLS = 1000;
const CELLS_A_QUESTION = 5;
const EVENTS = [{ name: 'events' }] as const;

describe('questions that follow or list events', () => {
  const events = queryEvents(DATA_SEED);
  const all = events.map((event): TimedEvent => ({ ...event, at: Date.parse(event.timestamp) }));
  let database: WriterDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await startWriterDatabase();
    const stored = await new EventBatchWriter(database.pool).write(aBatch(events));
    expect(stored).toMatchObject({ kind: 'stored', events: all.length });
    pool = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  const setOf = ({ range, now, filter }: RandomQuestion): EventSet => ({
    projectId: PROJECT,
    range: resolveTimeRange(range, now).value!,
    filter,
    timeZone: range.timeZone,
  });
  const eventsOf = ({ range, filter, timeZone }: EventSet, afterMs = 0): TimedEvent[] =>
    all.filter(
      (event) =>
        event.project_id === PROJECT &&
        event.at >= range.from.getTime() &&
        event.at < range.to.getTime() + afterMs &&
        (!filter || matches(event, filter, timeZone)),
    );
  const hold = <T>(questions: fc.Arbitrary<T>, runs: number, check: (question: T) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(questions, check), { numRuns: runs, endOnFailure: true, verbose: 1 });

  const types = fc.constantFrom('page_view', 'button_click', 'api_call', 'error', 'signed_up', 'purchase').map((value): Filter => ({ field: 'type', op: 'is', value }));
  const some = fc.oneof({ weight: 4, arbitrary: types }, { weight: 1, arbitrary: filtersOf(all) }, { weight: 1, arbitrary: fc.constant(undefined) });
  const by = fc.constantFrom('user' as const, 'session' as const);
  /** The filters of most of them leave enough to follow. */
  const sets = fc.tuple(questionsAbout(all), fc.boolean()).map(([question, plain]) => setOf(plain ? { ...question, filter: undefined } : question));

  it('funnels are those of every single attempt', async () => {
    const shapes = fc.record({ by, steps: fc.array(some, { minLength: 2, maxLength: 5 }), windowMs: fc.constantFrom(1000, 60_000, 600_000, 3_600_000, 86_400_000) });
    await hold(fc.tuple(sets, shapes), QUESTIONS, async ([set, shape]) => {
      const steps = await new JourneysReader(pool).funnel({ ...set, ...shape });
      const expected = referenceFunnel(eventsOf(set, shape.windowMs), set.range.to.getTime(), { ...shape, zone: set.timeZone });
      expect(steps.map(({ count }) => count)).toEqual(expected.map(({ count }) => count));
      steps.forEach(({ medianSeconds }, index) => {
        const median = expected[index]!.medianSeconds;
        if (median === null) expect(medianSeconds).toBeNull();
        else expect(medianSeconds).toBeCloseTo(median, 6);
      });
    });
  });

  it('retention is that of each user and session', async () => {
    const shapes = fc.record({ by, start: some, again: some, width: fc.constantFrom('1d' as const, '1w' as const) });
    await hold(fc.tuple(sets, shapes), QUESTIONS, async ([set, { width, again, ...shape }]) => {
      const { buckets } = resolveBuckets(set.range, width, set.timeZone, Date.now()).value!;
      const cohorts = await new JourneysReader(pool).retention({ ...set, ...shape, return: again, buckets });
      const bucketOf = (at: number): number => buckets.findIndex(({ to }) => at < to.getTime());
      expect(cohorts).toEqual(referenceRetention(eventsOf(set), { ...shape, again, zone: set.timeZone }, buckets.length, bucketOf));
    });
  });

  it('paths are those of each session', async () => {
    const anchor = fc.constantFrom(...new Set(all.flatMap(({ properties }) => pageOf(properties['page_url']) ?? [])), '/nowhere');
    const shapes = fc.record({ anchor, direction: fc.constantFrom('next' as const, 'previous' as const), depth: fc.integer({ min: 1, max: 4 }), limit: fc.constantFrom(1, 2, 5, 50) });
    await hold(fc.tuple(sets, shapes), QUESTIONS, async ([set, shape]) => {
      expect(await new JourneysReader(pool).paths({ ...set, ...shape })).toEqual(referencePaths(eventsOf(set), shape));
    });
  });

  /** All pages of a set, one after the other. */
  async function listed(set: EventSet, limit: number): Promise<StoredEvent[]> {
    const reader = new EventsReader(pool);
    const found: StoredEvent[] = [];
    for (let after: EventPlace | undefined; ; ) {
      const page = await reader.page({ ...set, limit, after });
      found.push(...page);
      const last = page.at(-1);
      if (!last || page.length < limit) return found;
      after = { time: new Date(last.timestamp), eventId: last.eventId };
    }
  }

  it('events are the same ones whatever the size of a page, and as many as an export has', async () => {
    await hold(fc.tuple(sets, fc.constantFrom(7, 50, 499, 500)), QUESTIONS, async ([set, limit]) => {
      const expected = inOrder(eventsOf(set)).reverse();
      const pages = await listed(set, expected.length > 1000 ? 500 : limit);
      expect(pages.map(({ eventId }) => eventId)).toEqual(expected.map(({ event_id }) => event_id));
      await new ExportReader(pool).export(set, ['event_id'], async ({ count, rows }) => {
        const exported: unknown[] = [];
        for await (const [eventId] of rows) exported.push(eventId);
        expect([count, exported]).toEqual([expected.length, expected.map(({ event_id }) => event_id)]);
      });
    });
  });

  it(`events of a cell are as many as the cell says: ${CELLS} cells`, async () => {
    const questions = fc.tuple(questionsAbout(all), fc.infiniteStream(fc.nat(1_000_000)));
    await hold(questions, CELLS / CELLS_A_QUESTION, async ([question, draws]) => {
      const cells = await cellsOf(question, setOf(question));
      for (let drawn = 0; drawn < CELLS_A_QUESTION; drawn++) {
        const draw = draws.next().value;
        // Two of three cells are ones that are not empty, if there is any.
        const full = cells.filter(({ events }) => events > 0);
        const among = full.length > 0 && drawn % 3 > 0 ? full : cells;
        const cell = among[draw % among.length];
        if (cell) expect((await listed(cell.set, 500)).length).toBe(cell.events);
      }
    });
  });

  interface Cell {
    set: EventSet;
    events: number;
  }
  async function cellsOf(question: RandomQuestion, set: EventSet): Promise<Cell[]> {
    const reader = new MetricsReader(pool);
    const asked = { ...set, metrics: EVENTS };
    const narrowed = (...conditions: Filter[]): EventSet => ({ ...set, filter: { and: [...(set.filter ? [set.filter] : []), ...conditions] } });
    if (question.kind === 'timeseries') {
      const { buckets } = resolveBuckets(set.range, 'auto', set.timeZone, question.now).value!;
      const [values] = await reader.timeseries(asked, [buckets]);
      return buckets.map((bucket, index) => ({ set: { ...set, range: { from: bucket.from, to: bucket.to } }, events: Number(values![index]![0]) }));
    }
    if (question.kind === 'heatmap') {
      const cells = await reader.heatmap(asked, set.timeZone);
      return cells.map(({ weekday, hour, metrics }) => ({
        set: narrowed({ field: 'day_of_week', op: 'is', value: weekday }, { field: 'hour_of_day', op: 'is', value: hour }),
        events: Number(metrics[0]),
      }));
    }
    const { by: fields } = question;
    const { rows } = await reader.breakdown({ ...asked, by: fields, limit: 1000, offset: 0, includeMissing: question.includeMissing });
    return rows.map(({ values, metrics }) => ({
      set: narrowed(
        ...values.map((value, index): Filter => {
          const field = fields[index]!;
          return value === null ? { field, op: 'exists', value: false } : { field, op: 'is', value };
        }),
      ),
      events: Number(metrics[0]),
    }));
  }
});

const pageOf = (url: unknown): string | undefined => (typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : undefined);
