import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A row of counts for each project, field and stretch, with arrays instead of a row for each value, and stretches of five minutes besides.
 * What was compacted before has none of these, and its raw events may be gone: so it is kept, and `shortest_from` says from when they are.
 * `counted_chunks` are the chunks whose events are counted: of one that is there no more, the counts are all that is known.
 */
export class PackCompactedCounts1767225612000 implements MigrationInterface {
  readonly name = 'PackCompactedCounts1767225612000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE compactions ADD COLUMN shortest_from timestamptz NOT NULL DEFAULT '-infinity'`);
    await db.query('UPDATE compactions SET shortest_from = compacted_through');
    await db.query(
      'CREATE TABLE counted_chunks (name text COLLATE "C" PRIMARY KEY, range_start timestamptz NOT NULL, range_end timestamptz NOT NULL)',
    );
    await db.query(`
      INSERT INTO counted_chunks
      SELECT format('%I.%I', chunk_schema, chunk_name), range_start, range_end FROM timescaledb_information.chunks
       WHERE hypertable_schema = current_schema() AND hypertable_name = 'events'`);
    await this.pack(db, 'value_counts', []);
    await this.pack(db, 'duration_counts', [
      { column: 'duration_bucket', array: 'duration_buckets', type: 'smallint[]' },
      { column: 'milliseconds', array: 'milliseconds', type: 'double precision[]' },
    ]);
  }

  private async pack(db: QueryRunner, table: string, more: readonly { column: string; array: string; type: string }[]): Promise<void> {
    const arrays = [
      { column: 'event_type', array: 'event_types', type: 'text[] COLLATE "C"' },
      { column: 'value', array: 'field_values', type: 'text[] COLLATE "C"' },
      { column: 'events', array: 'events', type: 'bigint[]' },
      ...more,
    ];
    await db.query(`ALTER TABLE ${table} RENAME TO ${table}_unpacked`);
    await db.query(`
      CREATE TABLE ${table} (
        project_id text COLLATE "C" NOT NULL,
        field text COLLATE "C" NOT NULL,
        minutes smallint NOT NULL CHECK (minutes IN (5, 15, 60, 360, 1440, 10080)),
        bucket timestamptz NOT NULL,
        ${arrays.map(({ array, type }) => `${array} ${type}`).join(', ')},
        PRIMARY KEY (project_id, field, minutes, bucket)
      )`);
    await db.query(`
      INSERT INTO ${table} (project_id, field, minutes, bucket, ${arrays.map(({ array }) => array).join(', ')})
      SELECT project_id, field, minutes, bucket, ${arrays.map(({ column }) => `array_agg(${column})`).join(', ')}
        FROM ${table}_unpacked GROUP BY project_id, field, minutes, bucket`);
    await db.query(`DROP TABLE ${table}_unpacked`);
    // Few stretches keep no counts, and readers look for them first.
    await db.query(`CREATE INDEX ${table}_not_kept ON ${table} (project_id, field, bucket) WHERE event_types IS NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    // What these counts were made from is there for as long as the raw events are, and the compactor fills it again.
    await db.query('ALTER TABLE compactions DROP COLUMN shortest_from');
    await db.query('DROP TABLE value_counts, duration_counts, counted_chunks');
    await db.query('TRUNCATE compactions, stale_quarters, distinct_sketches');
    for (const [table, more] of [
      ['value_counts', ''],
      ['duration_counts', ', duration_bucket smallint NOT NULL, milliseconds double precision NOT NULL'],
    ]) {
      await db.query(`
        CREATE TABLE ${table} (
          project_id text COLLATE "C" NOT NULL, field text COLLATE "C" NOT NULL, minutes smallint NOT NULL CHECK (minutes IN (15, 60, 1440)),
          bucket timestamptz NOT NULL, event_type text COLLATE "C" NOT NULL, value text COLLATE "C", events bigint NOT NULL${more}
        )`);
      await db.query(`CREATE INDEX ${table}_stretch ON ${table} (project_id, field, minutes, bucket)`);
    }
  }
}
