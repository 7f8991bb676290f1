import fc from 'fast-check';
import type { Pool } from 'pg';
import { createPool } from '../postgres-pool.js';
import type { StoredEvent } from '../readers/stored-event.js';
import { JOURNEY_KINDS } from '../segments/journey-question.js';
import { aBatch } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { resolveBuckets } from './buckets.js';
import type { EventSet } from './event-set.js';
import { EventsReader, type EventPlace } from './events.reader.js';
import { ExportReader } from './export.reader.js';
import type { Filter } from './filter-sql.js';
import { askJourney, eventsOf, expectJourney, journeyQuestions, journeySets, setOf } from './journey-questions.fixture.js';
import { inOrder, type TimedEvent } from './journey-reference.fixture.js';
import { JourneysReader } from './journeys.reader.js';
import { MetricsReader } from './metrics.reader.js';
import { queryEvents } from './query-data.fixture.js';
import { questionsAbout, type RandomQuestion } from './query-questions.fixture.js';

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

  const hold = <T>(questions: fc.Arbitrary<T>, runs: number, check: (question: T) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(questions, check), { numRuns: runs, endOnFailure: true, verbose: 1 });

  const sets = journeySets(all);

  it.each(JOURNEY_KINDS)('%s is that of every single attempt, user, session and page in plain code', async (kind) => {
    const reader = new JourneysReader(pool);
    await hold(journeyQuestions(all, kind), QUESTIONS, async (asked) => {
      const answered = await askJourney(reader, asked);
      expect(answered).toMatchObject({ source: 'raw', exact: true });
      expectJourney(asked, answered.data, all);
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
      const expected = inOrder(eventsOf(all, set)).reverse();
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
