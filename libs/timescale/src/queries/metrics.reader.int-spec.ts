import type { Pool } from 'pg';
import { createPool } from '../postgres-pool.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';
import type { Metric } from './metrics.js';
import { MetricsReader } from './metrics.reader.js';

const RANGE = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };

describe('the metrics reader', () => {
  let database: WriterDatabase;
  let pool: Pool;
  let reader: MetricsReader;

  beforeAll(async () => {
    database = await startWriterDatabase();
    pool = createPool(database.readerUrl, { max: 1, applicationName: 'spec-reader' });
    reader = new MetricsReader(pool);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.stop();
  });

  const store = (properties: string): Promise<unknown> =>
    database.rows(`
      INSERT INTO events (time, received_at, event_id, clock_adjusted, project_id, event_type, user_id, properties)
      VALUES ('2026-03-01T12:00:00Z', now(), gen_random_uuid(), false, 'shop', 'x', 'u', '${properties}')`);

  it('survives numbers of JSON that no float8 can hold or add up; they do not count as numbers', async () => {
    for (const x of ['1e-400', '1e308', '1e308', '-1e308', '1e200', '1e200', '3', '5']) await store(`{"x": ${x}}`);
    const field = 'properties.x';
    const metrics = (['count', 'sum', 'avg', 'min', 'max', 'p50'] as const).map((aggregate): Metric => ({ aggregate, field }));
    expect(await reader.totals({ projectId: 'shop', metrics }, [RANGE])).toEqual([[2, 8, 4, 3, 5, 4]]);
    const texts = await reader.breakdown({
      projectId: 'shop',
      metrics: [{ name: 'events' }],
      range: RANGE,
      by: [field],
      limit: 1000,
      offset: 0,
      includeMissing: true,
    });
    expect([texts.distinctValues, texts.total]).toEqual([6, [8]]);
  });

  it('fails as a statement that took too long, and goes on with the next question', async () => {
    await pool.query(`SET statement_timeout = '1ms'`);
    await database.rows(`SET LOCAL statement_timeout = 0;
      INSERT INTO events (time, received_at, event_id, clock_adjusted, project_id, event_type, user_id, properties)
      SELECT '2026-03-01T12:00:00Z', now(), gen_random_uuid(), false, 'shop', 'x', 'u' || n, '{}' FROM generate_series(1, 5000) AS n`);
    await expect(reader.totals({ projectId: 'shop', metrics: [{ name: 'users' }] }, [RANGE])).rejects.toMatchObject({ code: '57014' });
    await pool.query('RESET statement_timeout');
    expect(await reader.totals({ projectId: 'shop', metrics: [{ name: 'users' }] }, [RANGE])).toEqual([[5001]]);
  });
});
