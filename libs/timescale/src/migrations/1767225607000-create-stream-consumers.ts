import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is there to share the partitions of a stream, until when by the database's clock. */
export class CreateStreamConsumers1767225607000 implements MigrationInterface {
  readonly name = 'CreateStreamConsumers1767225607000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE stream_consumers (
        stream text COLLATE "C" NOT NULL,
        owner text COLLATE "C" NOT NULL,
        joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        seen_until timestamptz NOT NULL,
        PRIMARY KEY (stream, owner)
      ) WITH (fillfactor = 50)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE stream_consumers');
  }
}
