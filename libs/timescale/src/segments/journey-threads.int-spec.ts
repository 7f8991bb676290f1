import type { PoolClient } from 'pg';
import { eventually } from '@analytics/testing';
import { Compactor } from '../compaction/compactor.js';
import { aBatch, pageView } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import { JourneyUnansweredError } from './follow-segments.js';
import type { JourneyQuestion } from './journey-question.js';
import { JourneyThreads, type JourneyThreadsOptions } from './journey-threads.js';

const RANGE = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const QUESTION: JourneyQuestion = {
  kind: 'retention',
  question: { projectId: 'shop', range: RANGE, timeZone: 'UTC', by: 'user', buckets: [{ ...RANGE, complete: true }] },
};

describe('threads of journeys', () => {
  let database: WriterDatabase;

  beforeAll(async () => {
    database = await startWriterDatabase();
    await database.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop')`);
    const views = ['ann', 'bob', 'ann'].map((user_id) => pageView('https://shop.example/', { user_id, project_id: 'shop', timestamp: '2026-03-01T12:00:00Z' }));
    await new EventBatchWriter(database.pool).write(aBatch(views));
    const compactor = new Compactor(database.pool);
    while ((await compactor.compact()).behind);
  });
  afterAll(() => database?.stop());

  const threads = (options: JourneyThreadsOptions = {}): JourneyThreads => new JourneyThreads(database.readerUrl, options);
  const sessions = async (): Promise<number> =>
    (await database.rows(`SELECT FROM pg_stat_activity WHERE application_name = 'journeys' AND datname = current_database()`)).length;

  /** Questions wait in the database while `work` runs. */
  async function held(work: () => Promise<void>, table = 'compactions'): Promise<void> {
    const client: PoolClient = await database.owner.connect();
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    try {
      await work();
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  it('answer a question each', async () => {
    const answers = await Promise.all(Array.from({ length: 3 }, () => threads().follow(QUESTION)));
    expect(answers).toEqual(Array(3).fill({ answer: [{ size: 2, returned: [] }], quarters: 96, eventSeconds: 0 }));
    await eventually(async () => expect(await sessions()).toBe(0));
  });

  it('are so many at most; other questions wait, and are forgotten when nobody waits for them any more', async () => {
    const two = threads({ most: 2 });
    const gone = new AbortController();
    const answers: Promise<unknown>[] = [];
    await held(async () => {
      answers.push(two.follow(QUESTION), two.follow(QUESTION));
      const waiting = two.follow(QUESTION, gone.signal);
      answers.push(two.follow(QUESTION));
      await eventually(async () => expect(await sessions()).toBe(2));
      gone.abort(new Error('gone'));
      await expect(waiting).rejects.toThrow('gone');
      expect(await sessions()).toBe(2);
    });
    expect(await Promise.all(answers)).toHaveLength(3);
  });

  it('are ended when the client goes, and when it takes too long, with a message that says what to do', async () => {
    await held(async () => {
      const gone = new AbortController();
      const left = threads().follow(QUESTION, gone.signal);
      await eventually(async () => expect(await sessions()).toBe(1));
      gone.abort(new Error('gone'));
      await expect(left).rejects.toThrow('gone');
      const slow = threads({ timeoutMs: 300 }).follow(QUESTION);
      await expect(slow).rejects.toBeInstanceOf(JourneyUnansweredError);
      await expect(slow).rejects.toThrow(/longer than 0.3 s; ask for a shorter range/);
    });
    await eventually(async () => expect(await sessions()).toBe(0));
  });

  it('say what the database says, also in the middle of what it sends', async () => {
    const hasty = `${database.readerUrl}?options=${encodeURIComponent('-c statement_timeout=100')}`;
    await held(() => expect(new JourneyThreads(hasty).follow(QUESTION)).rejects.toBeInstanceOf(JourneyUnansweredError), 'event_segments');
    const url = new URL(database.readerUrl);
    url.password = 'wrong';
    await expect(new JourneyThreads(url.href).follow(QUESTION)).rejects.toMatchObject({ code: '28P01', message: /password authentication failed/ });
  });
});
