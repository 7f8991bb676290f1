import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Up to where each partition of the stream is stored, who may write it, and what could not be stored. */
export class CreateStreamPositions1767225603000 implements MigrationInterface {
  readonly name = 'CreateStreamPositions1767225603000';

  async up(db: QueryRunner): Promise<void> {
    // Each batch and each renewal updates a row; half-empty pages let those updates stay on the page and out of the index.
    await db.query(`
      CREATE TABLE stream_offsets (
        stream text COLLATE "C" NOT NULL,
        partition integer NOT NULL,
        last_id text COLLATE "C" NOT NULL DEFAULT '0-0',
        epoch bigint NOT NULL DEFAULT 0,
        owner text COLLATE "C",
        lease_until timestamptz,
        events_stored bigint NOT NULL DEFAULT 0,
        dead_letters bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (stream, partition)
      ) WITH (fillfactor = 50)`);
    await db.query(`
      CREATE TABLE producer_sequences (
        stream text COLLATE "C" NOT NULL,
        partition integer NOT NULL,
        producer text COLLATE "C" NOT NULL,
        last_sequence bigint NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (stream, partition, producer)
      ) WITH (fillfactor = 50)`);
    await db.query(`
      CREATE TABLE dead_letters (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        stream text COLLATE "C" NOT NULL,
        partition integer NOT NULL,
        entry_id text COLLATE "C" NOT NULL,
        item_index integer,
        project_id text COLLATE "C",
        event_id text COLLATE "C",
        reason text NOT NULL,
        payload bytea NOT NULL,
        dead_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE NULLS NOT DISTINCT (stream, partition, entry_id, item_index)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE dead_letters, producer_sequences, stream_offsets');
  }
}
