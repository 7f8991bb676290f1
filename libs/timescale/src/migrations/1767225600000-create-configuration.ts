import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Text is COLLATE "C" everywhere: identifiers are compared by bytes, which is quicker and independent of the machine's locale. */
export class CreateConfiguration1767225600000 implements MigrationInterface {
  readonly name = 'CreateConfiguration1767225600000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE projects (
        id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,62}$'),
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await db.query(`
      CREATE TABLE write_keys (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        project_id text COLLATE "C" NOT NULL REFERENCES projects (id),
        key_hash text COLLATE "C" NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
        label text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE write_keys, projects');
  }
}
