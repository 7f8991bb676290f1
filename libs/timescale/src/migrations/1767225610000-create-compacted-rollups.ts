import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What questions about the past are answered from: counts of quarters of an hour, hours and days (UTC), filled from the raw events when
 * their time has passed (see compaction/compactor.ts). Whole stretches are replaced, so there are no unique keys over values, which may
 * be long; the indexes are the order in which readers narrow. `value` is null for events that lack the field.
 */
export class CreateCompactedRollups1767225610000 implements MigrationInterface {
  readonly name = 'CreateCompactedRollups1767225610000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE compactions (
        project_id text COLLATE "C" PRIMARY KEY,
        compacted_through timestamptz NOT NULL
      )`);
    // Appended to and never updated: a writer waits for nobody, and a mark that the compactor did not see survives it.
    await db.query('CREATE TABLE stale_quarters (project_id text COLLATE "C" NOT NULL, quarter timestamptz NOT NULL)');
    await db.query('CREATE INDEX stale_quarters_project_quarter ON stale_quarters (project_id, quarter)');
    await this.createCounts(db, 'value_counts', '');
    await this.createCounts(db, 'duration_counts', ', duration_bucket smallint NOT NULL, milliseconds double precision NOT NULL');
    await db.query(`
      CREATE TABLE distinct_sketches (
        project_id text COLLATE "C" NOT NULL,
        kind text COLLATE "C" NOT NULL CHECK (kind IN ('users', 'sessions')),
        minutes smallint NOT NULL,
        bucket timestamptz NOT NULL,
        exact boolean NOT NULL,
        data bytea NOT NULL,
        PRIMARY KEY (project_id, kind, minutes, bucket)
      )`);
  }

  private async createCounts(db: QueryRunner, table: string, columns: string): Promise<void> {
    await db.query(`
      CREATE TABLE ${table} (
        project_id text COLLATE "C" NOT NULL,
        field text COLLATE "C" NOT NULL,
        minutes smallint NOT NULL CHECK (minutes IN (15, 60, 1440)),
        bucket timestamptz NOT NULL,
        event_type text COLLATE "C" NOT NULL,
        value text COLLATE "C",
        events bigint NOT NULL${columns}
      )`);
    await db.query(`CREATE INDEX ${table}_stretch ON ${table} (project_id, field, minutes, bucket)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE distinct_sketches, duration_counts, value_counts, stale_quarters, compactions');
  }
}
