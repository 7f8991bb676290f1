import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counts that the writer keeps in the transaction of the events, by event time, so they are exact and late events count where
 * they belong. `partition` is part of the keys so that two partitions never wait for each other's row locks; readers sum over it.
 * The order of a primary key is the order in which readers narrow: project, (dimension,) time. There is no other index.
 */
export class CreateRollups1767225602000 implements MigrationInterface {
  readonly name = 'CreateRollups1767225602000';

  async up(db: QueryRunner): Promise<void> {
    for (const table of ['event_counts_10s', 'event_counts_1m'])
      await db.query(`
        CREATE TABLE ${table} (
          project_id text COLLATE "C" NOT NULL,
          bucket timestamptz NOT NULL,
          partition integer NOT NULL,
          event_type text COLLATE "C" NOT NULL,
          events bigint NOT NULL,
          PRIMARY KEY (project_id, bucket, partition, event_type)
        )`);
    await db.query(`
      CREATE TABLE dimension_counts_1m (
        project_id text COLLATE "C" NOT NULL,
        dimension text COLLATE "C" NOT NULL,
        bucket timestamptz NOT NULL,
        partition integer NOT NULL,
        value text COLLATE "C" NOT NULL,
        events bigint NOT NULL,
        PRIMARY KEY (project_id, dimension, bucket, partition, value)
      )`);
    await db.query(`
      CREATE TABLE endpoint_latency_1m (
        project_id text COLLATE "C" NOT NULL,
        bucket timestamptz NOT NULL,
        partition integer NOT NULL,
        endpoint text COLLATE "C" NOT NULL,
        latency_bucket smallint NOT NULL,
        events bigint NOT NULL,
        PRIMARY KEY (project_id, bucket, partition, endpoint, latency_bucket)
      )`);
    await db.query(`
      CREATE TABLE active_users_1m (
        project_id text COLLATE "C" NOT NULL,
        bucket timestamptz NOT NULL,
        user_id text COLLATE "C" NOT NULL,
        PRIMARY KEY (project_id, bucket, user_id)
      )`);
    await this.makeHypertables(db);
  }

  // Finer rollups get shorter chunks: they are the first that retention drops.
  private async makeHypertables(db: QueryRunner): Promise<void> {
    for (const [table, interval] of [
      ['event_counts_10s', '1 day'],
      ['event_counts_1m', '7 days'],
      ['dimension_counts_1m', '7 days'],
      ['endpoint_latency_1m', '7 days'],
      ['active_users_1m', '1 day'],
    ])
      await db.query(`SELECT create_hypertable('${table}', by_range('bucket', INTERVAL '${interval}'), create_default_indexes => false)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE active_users_1m, endpoint_latency_1m, dimension_counts_1m, event_counts_1m, event_counts_10s');
  }
}
