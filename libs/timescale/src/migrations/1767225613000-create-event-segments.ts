import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As they were when this migration was written; see segments/segment-statements.ts. */
const COLUMNS = [
  'user',
  'session',
  'type',
  'page_path',
  'page_host',
  'referrer_host',
  'button',
  'endpoint',
  'method',
  'error_type',
  'status_class',
  'browser',
  'os',
  'device',
  'country',
];

/**
 * What funnels, retention and paths are answered from: the events of a quarter of an hour, column by column, filled by the compactor. Only
 * the columns that a question names are fetched from where they are stored; they are not compressed, since that costs more than it saves.
 */
export class CreateEventSegments1767225613000 implements MigrationInterface {
  readonly name = 'CreateEventSegments1767225613000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE event_segments (
        project_id text COLLATE "C" NOT NULL,
        quarter timestamptz NOT NULL,
        part integer NOT NULL,
        events integer NOT NULL,
        times bytea STORAGE EXTERNAL NOT NULL,
        ${COLUMNS.map((column) => `"${column}" bytea STORAGE EXTERNAL NOT NULL`).join(', ')},
        PRIMARY KEY (project_id, quarter, part)
      )`);
    // What was compacted before has no segments. Where the events are gone, the counts are all that is known, and stay.
    await db.query(`
      INSERT INTO stale_quarters (project_id, quarter)
      SELECT project_id, bucket
        FROM (SELECT DISTINCT project_id, bucket FROM value_counts WHERE field = 'type' AND minutes = 15) AS counted
       WHERE EXISTS (SELECT FROM events WHERE project_id = counted.project_id AND time >= bucket AND time < bucket + INTERVAL '15 minutes')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE event_segments');
  }
}
