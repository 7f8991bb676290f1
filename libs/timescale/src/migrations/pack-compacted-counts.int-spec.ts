import { Compactor } from '../compaction/compactor.js';
import { createPool } from '../postgres-pool.js';
import { MetricsReader } from '../queries/metrics.reader.js';
import { PlannedReader } from '../queries/planned.reader.js';
import { compareRollups } from '../rollups/compare-rollups.js';
import { createDataSource } from '../setup/data-source.js';
import { prepareDatabase } from '../setup/prepare-database.js';
import { aBatch, apiCall, pageView } from '../writer/event-batch.fixture.js';
import { EventBatchWriter } from '../writer/event-batch.writer.js';
import { startWriterDatabase, type WriterDatabase } from '../writer/writer-database.fixture.js';

const MIGRATION = 'PackCompactedCounts1767225612000';
const TABLES = [
  ['value_counts', 'event_types, field_values, events', 'event_type, value, events'],
  ['duration_counts', 'event_types, field_values, events, duration_buckets, milliseconds', 'event_type, value, events, duration_bucket, milliseconds'],
] as const;

describe('counts of before they were packed', () => {
  let db: WriterDatabase;

  beforeEach(async () => {
    db = await startWriterDatabase();
    await db.owner.query(`INSERT INTO projects (id, name) VALUES ('shop', 'Shop')`);
  });
  afterEach(() => db.stop());

  /** The database as the version before left it: a row for each value, and no stretch of five minutes or a week. */
  async function goBack(): Promise<void> {
    for (const [table, arrays, columns] of TABLES)
      await db.owner.query(`
        CREATE TABLE saved_${table} AS SELECT project_id, field, minutes, bucket, counted.*
          FROM ${table} CROSS JOIN LATERAL unnest(${arrays}) AS counted (${columns}) WHERE minutes IN (15, 60, 1440)`);
    await db.owner.query('CREATE TABLE saved_sketches AS SELECT * FROM distinct_sketches WHERE minutes IN (15, 60, 1440)');
    await db.owner.query(`CREATE TABLE saved_compactions AS SELECT project_id, time_bucket('15 minutes', compacted_through) FROM compactions`);
    const source = createDataSource({ url: db.ownerUrl, applicationName: 'spec-migrations' });
    await source.initialize();
    let undone = '';
    while (undone !== MIGRATION) {
      const [last] = (await source.query('SELECT name FROM schema_migrations ORDER BY id DESC LIMIT 1')) as [{ name: string }];
      await source.undoLastMigration();
      undone = last.name;
    }
    await source.destroy();
    for (const [table, , columns] of TABLES)
      await db.owner.query(`INSERT INTO ${table} (project_id, field, minutes, bucket, ${columns}) SELECT * FROM saved_${table}`);
    await db.owner.query('INSERT INTO distinct_sketches SELECT * FROM saved_sketches');
    await db.owner.query('INSERT INTO compactions SELECT * FROM saved_compactions');
  }

  it('are kept, answer the same, and are filled again with what comes late', async () => {
    const start = Date.parse('2026-03-01T09:50:00Z');
    const events = Array.from({ length: 400 }, (_, index) => {
      const overrides = { timestamp: new Date(start + index * 211_003).toISOString(), user_id: `u${index % 17}` };
      return index % 3 ? pageView(`https://shop.example/${index % 5}`, overrides) : apiCall(`/api/${index % 4}`, 1 + (index % 40), overrides);
    });
    const writer = new EventBatchWriter(db.pool);
    expect(await writer.write(aBatch(events.slice(0, 360), { previousId: '0-0', lastId: '1-0' }))).toMatchObject({ kind: 'stored' });
    while ((await new Compactor(db.pool).compact()).behind);
    await goBack();
    await prepareDatabase({ databaseUrl: db.ownerUrl });
    expect((await compareRollups(db.owner, { from: new Date(start), to: new Date(start + 100_000_000) })).differences).toEqual([]);

    // A later migration has all quarters filled again for their segments; what is asked here is whether these counts are right.
    await db.owner.query('DELETE FROM stale_quarters');
    const pool = createPool(db.readerUrl, { max: 1, applicationName: 'spec-reader' });
    const question = { projectId: 'shop', filter: undefined, metrics: [{ name: 'events' as const }, { name: 'users' as const }] };
    const ranges = [{ from: new Date('2026-03-01T10:07:00Z'), to: new Date('2026-03-02T04:23:00Z') }];
    const answers = async () => [await new PlannedReader(pool).totals(question, ranges), await new MetricsReader(pool).totals(question, ranges)] as const;
    const [planned, raw] = await answers();
    expect(planned).toMatchObject({ source: 'rollup', data: raw, explain: { stretches: { fiveMinutes: 0 }, eventSeconds: 16 * 60 } });

    expect(await writer.write(aBatch(events.slice(360), { previousId: '1-0', lastId: '2-0', sequences: new Map([['a', 2]]) }))).toMatchObject({ kind: 'stored' });
    await db.owner.query(`INSERT INTO stale_quarters (project_id, quarter) SELECT DISTINCT project_id, bucket FROM value_counts WHERE minutes = 15`);
    while ((await new Compactor(db.pool).compact()).behind);
    const [after, rawAfter] = await answers();
    expect(after.data).toEqual(rawAfter);
    expect((await compareRollups(db.owner, { from: new Date(start), to: new Date(start + 100_000_000) })).differences).toEqual([]);
    await pool.end();
  });
});
