import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People, their sessions, and keys for reading and administration. Of every secret only a hash is kept: SHA-256 of what is random
 * and long (keys, session tokens), argon2id of what a person chose.
 */
export class CreateAccess1767225611000 implements MigrationInterface {
  readonly name = 'CreateAccess1767225611000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE people (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text COLLATE "C" NOT NULL UNIQUE CHECK (email = lower(email)),
        name text NOT NULL,
        role text COLLATE "C" NOT NULL CHECK (role IN ('viewer', 'admin')),
        password_hash text COLLATE "C" NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_sign_in_at timestamptz,
        disabled_at timestamptz
      )`);
    await db.query(`
      CREATE TABLE sessions (
        token_hash text COLLATE "C" PRIMARY KEY CHECK (token_hash ~ '^[0-9a-f]{64}$'),
        person_id bigint NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        user_agent text NOT NULL
      )`);
    await db.query('CREATE INDEX sessions_person ON sessions (person_id)');
    await db.query(`
      CREATE TABLE api_keys (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        project_id text COLLATE "C" REFERENCES projects (id),
        scope text COLLATE "C" NOT NULL CHECK (scope IN ('read', 'admin')),
        name text NOT NULL,
        key_hash text COLLATE "C" NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
        prefix text COLLATE "C" NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text,
        last_used_at timestamptz,
        expires_at timestamptz,
        revoked_at timestamptz,
        CHECK (project_id IS NOT NULL OR scope = 'admin')
      )`);
    await db.query('CREATE INDEX api_keys_project ON api_keys (project_id)');
    await db.query(`
      ALTER TABLE write_keys
        ADD COLUMN prefix text COLLATE "C",
        ADD COLUMN created_by text,
        ADD COLUMN last_used_at timestamptz,
        ADD COLUMN expires_at timestamptz`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE write_keys DROP COLUMN prefix, DROP COLUMN created_by, DROP COLUMN last_used_at, DROP COLUMN expires_at');
    await db.query('DROP TABLE api_keys, sessions, people');
  }
}
