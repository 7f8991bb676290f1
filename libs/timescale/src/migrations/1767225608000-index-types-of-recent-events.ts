import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * "Accepted last" of one type. The types that most traffic consists of are found by walking back through (project, received_at), which
 * has the type in it, so that the others' rows are not fetched (0.07 µs an entry). Every other type, `error` above all, may be rare, and
 * has an index of its own. That index over all types would cost each stored event 1.9 µs of CPU.
 */
export class IndexTypesOfRecentEvents1767225608000 implements MigrationInterface {
  readonly name = 'IndexTypesOfRecentEvents1767225608000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('CREATE INDEX events_project_received_type ON events (project_id, received_at DESC, event_type)');
    await db.query('DROP INDEX events_project_received');
    await db.query(`
      CREATE INDEX events_project_type_received ON events (project_id, event_type, received_at DESC)
       WHERE event_type NOT IN ('page_view', 'button_click', 'api_call')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX events_project_type_received');
    await db.query('CREATE INDEX events_project_received ON events (project_id, received_at DESC)');
    await db.query('DROP INDEX events_project_received_type');
  }
}
