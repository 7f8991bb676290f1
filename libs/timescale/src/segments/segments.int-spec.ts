import type { Pool } from 'pg';
import { Compactor } from '../compaction/compactor.js';
import { createPool } from '../postgres-pool.js';
import type { Filter } from '../queries/filter-sql.js';
import { JourneysReader } from '../queries/journeys.reader.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { copyRows } from './copy-rows.js';
import { connectAndFollow, JourneyUnansweredError } from './follow-segments.js';

const RANGE = { from: new Date('2026-03-01T12:00:00Z'), to: new Date('2026-03-01T12:15:00Z') };
const SET = { projectId: 'shop', range: RANGE, timeZone: 'UTC' };
/** More than a segment holds, in one quarter of an hour: 300 users, 9,000 sessions, 1,100 pages; several in each microsecond. */
const EVENTS = 70_000;
const MANY = `
  INSERT INTO events (time, received_at, event_id, clock_adjusted, project_id, event_type, user_id, session_id, page_path, properties)
  SELECT '2026-03-01T12:00:00Z'::timestamptz + (n * 7919 % 30000) * INTERVAL '29 milliseconds 7 microseconds', now(), md5(n::text)::uuid, false, 'shop',
         (ARRAY['page_view', 'button_click', 'api_call'])[1 + n % 3], 'user ' || n % 300, md5((n % 9000)::text)::uuid,
         CASE WHEN n % 4 > 0 THEN '/page/' || n * 31 % 1100 END, '{}'
    FROM generate_series(1, ${EVENTS}) AS n`;

const ofType = (value: string): Filter => ({ field: 'type', op: 'is', value });

describe('segments', () => {
  let database: WriterDatabase;
  let pool: Pool;
  let mostBytes = 2 ** 29;
  let reader: JourneysReader;
  let raw: JourneysReader;

  beforeAll(async () => {
    database = await startWriterDatabase();
    await database.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop')`);
    await database.owner.query(MANY);
    const compactor = new Compactor(database.pool);
    while ((await compactor.compact()).behind);
    pool = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
    raw = new JourneysReader(pool);
    reader = new JourneysReader(pool, { follow: (question) => connectAndFollow(database.readerUrl, question, mostBytes) });
  });
  afterEach(() => (mostBytes = 2 ** 29));
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  it('of one quarter follow each other when it has more events than one of them holds', async () => {
    expect(await database.rows('SELECT part, events FROM event_segments ORDER BY part')).toEqual([
      { part: 0, events: 65_535 },
      { part: 1, events: EVENTS - 65_535 },
    ]);
    // The counts of each minute are the writer's, who was not here.
    const { differences } = await compareRollups(database.owner, RANGE);
    expect(differences.filter(({ rollup }) => rollup === 'event_segments')).toEqual([]);
    for (const by of ['user', 'session'] as const) {
      const funnel = { ...SET, by, steps: ['page_view', 'button_click', 'api_call'].map(ofType), windowMs: 60_000 };
      const [answer, expected] = [await reader.funnel(funnel), await raw.funnel(funnel)];
      expect([answer.source, expected.source]).toEqual(['rollup', 'raw']);
      expect(answer.data.map(({ count }) => count)).toEqual(expected.data.map(({ count }) => count));
      answer.data.forEach(({ medianSeconds }, index) => expect(medianSeconds ?? 0).toBeCloseTo(expected.data[index]!.medianSeconds ?? 0, 6));
    }
    for (const direction of ['next', 'previous'] as const) {
      const paths = { ...SET, anchor: '/page/31', direction, depth: 4, limit: 7 };
      expect((await reader.paths(paths)).data).toEqual((await raw.paths(paths)).data);
    }
  });

  it('answer with the time and the tables that were read, and the events with the reason for them', async () => {
    const asked = { ...SET, by: 'user' as const, buckets: [{ ...RANGE, complete: true }] };
    const later = { ...RANGE, to: new Date(Date.now() + 86_400_000) };
    expect((await reader.retention(asked)).explain).toMatchObject({ source: 'rollup', tables: ['event_segments'], stretches: { quarters: 1 }, eventSeconds: 0 });
    expect((await reader.retention({ ...asked, range: later, buckets: [{ ...later, complete: true }] })).explain).toMatchObject({ tables: ['event_segments', 'events'] });
    const reasons = async (filter: Filter | undefined, projectId = 'shop'): Promise<string> => (await reader.retention({ ...asked, filter, projectId })).explain.reason;
    expect(await reasons({ field: 'properties.plan', op: 'is', value: 'pro' })).toMatch(/do not have properties.plan/);
    expect(await reasons({ not: { field: 'page_path', op: 'contains', value: 'ä' } })).toMatch(/only the database knows the case/);
    expect(await reasons(undefined, 'other')).toMatch(/no quarter of an hour of the range is compacted/);
  });

  it('are not followed with more memory than allowed, and the message says what to do', async () => {
    mostBytes = 100_000;
    const asked = { ...SET, by: 'session' as const, buckets: [{ ...RANGE, complete: true }] };
    const failure = reader.retention(asked);
    await expect(failure).rejects.toBeInstanceOf(JourneyUnansweredError);
    await expect(failure).rejects.toThrow(/ask for a shorter range/);
  });

  it('are read by COPY, of rows of any length, which leaves no timer behind', async () => {
    const client = await pool.connect();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const lengths: number[] = [];
    try {
      await copyRows(client, `SELECT repeat('x', 100000 * n), NULL FROM generate_series(0, 3) AS n`, 2, (row) => lengths.push(...row.lengths));
      expect(lengths).toEqual([0, -1, 100_000, -1, 200_000, -1, 300_000, -1]);
      for (let copy = 0; copy < 20; copy++) await copyRows(client, 'SELECT 1', 1, () => undefined);
      // Others in the process have timers, too, but not so many new ones.
      expect(timers() - before).toBeLessThan(10);
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    } finally {
      client.release();
    }
  });

  it('say what would help when the events are asked and take too long', async () => {
    const hasty = createPool(`${database.readerUrl}?options=${encodeURIComponent('-c statement_timeout=5')}`, { max: 1, applicationName: 'spec-hasty' });
    const asked = { ...SET, by: 'user' as const, steps: [{ field: 'properties.plan', op: 'exists' } as const, undefined], windowMs: 60_000 };
    const failure = new JourneysReader(hasty, { follow: () => Promise.reject(new Error('not to be asked')) }).funnel(asked);
    await expect(failure).rejects.toThrow(/segments do not have properties.plan\); ask for a shorter range, or filter by nothing but type, page_path/);
    await expect(failure).rejects.toBeInstanceOf(JourneyUnansweredError);
    await hasty.end();
  });
});
