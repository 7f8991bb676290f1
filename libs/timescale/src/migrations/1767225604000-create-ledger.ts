import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What became of what was accepted, by project, minute of acceptance and partition. The writer's counts are kept in the transaction of
 * the events; `accepted` is copied from the stream's own count. `partition` is in the key so that partitions do not wait for each other.
 */
export class CreateLedger1767225604000 implements MigrationInterface {
  readonly name = 'CreateLedger1767225604000';

  async up(db: QueryRunner): Promise<void> {
    // Each batch updates the row of its minute; half-empty pages let those updates stay on the page and out of the index.
    await db.query(`
      CREATE TABLE ledger (
        project_id text COLLATE "C" NOT NULL,
        minute timestamptz NOT NULL,
        partition integer NOT NULL,
        accepted bigint NOT NULL DEFAULT 0,
        stored bigint NOT NULL DEFAULT 0,
        duplicate bigint NOT NULL DEFAULT 0,
        dead bigint NOT NULL DEFAULT 0,
        replayed bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (project_id, minute, partition)
      ) WITH (fillfactor = 50)`);
    await db.query(`SELECT create_hypertable('ledger', by_range('minute', INTERVAL '7 days'), create_default_indexes => false)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE ledger');
  }
}
