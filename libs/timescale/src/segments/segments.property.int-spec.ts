import fc from 'fast-check';
import type { Pool } from 'pg';
import { COMPACTED_FIELDS } from '../compaction/compacted-fields.js';
import { Compactor } from '../compaction/compactor.js';
import { stretchStart } from '../compaction/stretch.js';
import { createPool, inTransaction } from '../postgres-pool.js';
import { askJourney, expectJourney, journeyQuestions } from '../queries/journey-questions.fixture.js';
import type { TimedEvent } from '../queries/journey-reference.fixture.js';
import { JourneysReader } from '../queries/journeys.reader.js';
import { SNAPSHOT } from '../queries/metrics.reader.js';
import { queryEvents, TRAFFIC } from '../queries/query-data.fixture.js';
import { aBatch } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { followSegments } from './follow-segments.js';
import { JOURNEY_KINDS } from './journey-question.js';

/** Of each kind, at each stage. */
const QUESTIONS = 40;
/** Each hour with events costs a compaction, so only some of the data's are stored. */
const OLDEST = Date.parse('2026-01-01T00:00:00Z');
/** Quarters that are stale at a time, at most, with the segments of the others still of use. */
const FEW = 10;

describe('journeys over segments', () => {
  const all = queryEvents(7)
    .map((event): TimedEvent => ({ ...event, at: Date.parse(event.timestamp) }))
    .filter(({ at }) => at >= OLDEST);
  const late = all.filter((_, index) => index % 5 === 0);
  const stored: TimedEvent[] = [];
  let database: WriterDatabase;
  let pool: Pool;
  let reader: JourneysReader;
  let compactor: Compactor;
  let entry = 0;

  beforeAll(async () => {
    database = await startWriterDatabase();
    await database.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop'), ('blog', 'Blog')`);
    pool = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
    reader = new JourneysReader(pool, {
      follow: (question) => inTransaction(pool, SNAPSHOT, (client) => followSegments(client, question, 2 ** 29)),
    });
    compactor = new Compactor(database.pool);
    await store(all.filter((event) => !late.includes(event)));
    await compactAll();
  });
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  async function store(events: readonly TimedEvent[]): Promise<void> {
    const [previousId, lastId] = [`${entry}-0`, `${++entry}-0`];
    const written = await new EventBatchWriter(database.pool).write(aBatch([...events], { previousId, lastId, sequences: new Map([['a', entry]]) }));
    expect(written).toMatchObject({ kind: 'stored', events: events.length });
    stored.push(...events);
  }
  const compactAll = async (): Promise<void> => {
    while ((await compactor.compact()).behind);
  };

  /** @returns how many were answered from segments. */
  async function askQuestions(seed: number): Promise<number> {
    let rollups = 0;
    for (const kind of JOURNEY_KINDS)
      await fc.assert(
        fc.asyncProperty(journeyQuestions(all, kind, COMPACTED_FIELDS), async (asked) => {
          const { data, source, exact } = await askJourney(reader, asked);
          expect(exact).toBe(true);
          if (source === 'rollup') rollups++;
          expectJourney(asked, data, stored);
        }),
        { seed, numRuns: QUESTIONS, endOnFailure: true, verbose: 1 },
      );
    return rollups;
  }
  const quarterOf = ({ at }: TimedEvent): number => stretchStart(at, 15);

  it(`are those of plain code, ${4 * QUESTIONS} of each kind: of what is compacted, half compacted, partly stale, and compacted again`, async () => {
    expect(await askQuestions(1)).toBeGreaterThan(QUESTIONS);

    const { rows } = await database.owner.query<{ compacted_through: Date }>('SELECT DISTINCT compacted_through FROM compactions');
    await database.owner.query('UPDATE compactions SET compacted_through = $1', [new Date(stretchStart((TRAFFIC.from + TRAFFIC.to) / 2, 15))]);
    expect(await askQuestions(2)).toBeGreaterThan(QUESTIONS / 2);
    await database.owner.query('UPDATE compactions SET compacted_through = $1', [rows[0]!.compacted_through]);

    const few = new Set([...new Set(late.map(quarterOf))].filter((quarter) => quarter >= TRAFFIC.from).slice(0, FEW));
    expect(few.size).toBeGreaterThan(FEW / 2);
    await store(late.filter((event) => few.has(quarterOf(event))));
    expect(await askQuestions(3)).toBeGreaterThan(QUESTIONS);

    await store(late.filter((event) => !few.has(quarterOf(event))));
    await compactAll();
    expect(await askQuestions(4)).toBeGreaterThan(QUESTIONS);
  });
});
