import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlStateOf, UNIQUE_VIOLATION } from '../sqlstate.js';

const REMEDY = `
DELETE FROM events AS later USING events AS first
 WHERE later.event_id = first.event_id AND later.time = first.time AND later.project_id = first.project_id
   AND (later.tableoid, later.ctid) > (first.tableoid, first.ctid);`;

/**
 * A client that sends an event again (same id, same timestamp) is stored once. `time` has to be part of a unique index of a hypertable;
 * `project_id` is, so that no project can take an id from another.
 */
export class MakeEventsUnique1767225605000 implements MigrationInterface {
  readonly name = 'MakeEventsUnique1767225605000';

  async up(db: QueryRunner): Promise<void> {
    try {
      await db.query('CREATE UNIQUE INDEX events_event_id_time ON events (event_id, time, project_id)');
    } catch (error) {
      if (sqlStateOf(error instanceof Error && 'driverError' in error ? error.driverError : error) !== UNIQUE_VIOLATION) throw error;
      throw new Error(
        `events has rows with the same project, event_id and time, from before they were kept apart: they would have to be one. ` +
          `Delete the later ones and rebuild the rollups of their time (rebuildRollups), then start again:${REMEDY}`,
        { cause: error },
      );
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX events_event_id_time');
  }
}
