import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Saved views, and keys of scope `view`: what a shared link holds. Such a key keeps what it was made of (page and search), so that
 * a view that is changed later shows nothing new to those who have the link.
 */
export class CreateSavedViews1767225614000 implements MigrationInterface {
  readonly name = 'CreateSavedViews1767225614000';

  async up(db: QueryRunner): Promise<void> {
    // Texts and not jsonb, which cannot hold every JSON text (no \u0000).
    await db.query(`
      CREATE TABLE saved_views (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        project_id text COLLATE "C" NOT NULL REFERENCES projects (id),
        person_id bigint NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
        page text COLLATE "C" NOT NULL CHECK (page ~ '^[a-z]{1,32}$'),
        search text NOT NULL CHECK (char_length(search) <= 4096),
        for_everyone boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await db.query('CREATE INDEX saved_views_project ON saved_views (project_id)');
    await db.query(`
      ALTER TABLE api_keys
        DROP CONSTRAINT api_keys_scope_check,
        ADD CONSTRAINT api_keys_scope_check CHECK (scope IN ('view', 'read', 'admin')),
        ADD COLUMN person_id bigint REFERENCES people (id) ON DELETE SET NULL,
        ADD COLUMN page text COLLATE "C" CHECK (page ~ '^[a-z]{1,32}$'),
        ADD COLUMN search text CHECK (char_length(search) <= 4096),
        ADD CONSTRAINT api_keys_view_check CHECK ((scope = 'view') = (page IS NOT NULL) AND (scope = 'view') = (search IS NOT NULL))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DELETE FROM api_keys WHERE scope = 'view'`);
    await db.query(`
      ALTER TABLE api_keys
        DROP CONSTRAINT api_keys_view_check,
        DROP COLUMN person_id, DROP COLUMN page, DROP COLUMN search,
        DROP CONSTRAINT api_keys_scope_check,
        ADD CONSTRAINT api_keys_scope_check CHECK (scope IN ('read', 'admin'))`);
    await db.query('DROP TABLE saved_views');
  }
}
