import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dead letters can be replayed or discarded, once. */
export class SettleDeadLetters1767225606000 implements MigrationInterface {
  readonly name = 'SettleDeadLetters1767225606000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE dead_letters
        ADD COLUMN state text COLLATE "C" NOT NULL DEFAULT 'dead' CHECK (state IN ('dead', 'replayed', 'discarded')),
        ADD COLUMN resolved_at timestamptz,
        ADD CONSTRAINT dead_letters_resolved CHECK ((state = 'dead') = (resolved_at IS NULL))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE dead_letters DROP COLUMN resolved_at, DROP COLUMN state');
  }
}
