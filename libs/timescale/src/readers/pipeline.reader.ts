import { queryRows, type Queryable } from '../postgres-pool.js';

export interface PartitionPosition {
  stream: string;
  partition: number;
  /** Last committed entry. */
  lastId: string;
  epoch: number;
  /** The instance that holds the lease, or held it last; `null` before the first. */
  owner: string | null;
  /** End of the lease, ISO 8601, by the database's clock. */
  leaseUntil: string | null;
  eventsStored: number;
  deadLetters: number;
  /** When the row last changed (batch, renewal or hand-over), ISO 8601. */
  updatedAt: string;
}

export interface PipelineState {
  /** Since the beginning, retention included: summed from the partitions, since counting rows would read them all. */
  storedTotal: number;
  deadTotal: number;
  partitions: PartitionPosition[];
  databaseBytes: number;
  /** For each project with events: the newest acceptance and time, ISO 8601. */
  newest: { projectId: string; receivedAt: string; time: string }[];
}

interface PartitionRow {
  stream: string;
  partition: number;
  last_id: string;
  epoch: number;
  owner: string | null;
  lease_until: Date | null;
  events_stored: number;
  dead_letters: number;
  updated_at: Date;
}

interface NewestRow {
  project_id: string;
  received_at: Date;
  time: Date;
}

const PARTITIONS = `
  SELECT stream, partition, last_id, epoch, owner, lease_until, events_stored, dead_letters, updated_at
    FROM stream_offsets
   ORDER BY stream, partition`;

const NEWEST_BY_PROJECT = `
  SELECT projects.id AS project_id, by_acceptance.received_at, by_time.time
    FROM projects
   CROSS JOIN LATERAL (SELECT received_at FROM events WHERE project_id = projects.id ORDER BY received_at DESC LIMIT 1) AS by_acceptance
   CROSS JOIN LATERAL (SELECT time FROM events WHERE project_id = projects.id ORDER BY time DESC LIMIT 1) AS by_time
   ORDER BY projects.id`;

const DATABASE_SIZE = 'SELECT pg_database_size(current_database()) AS bytes';

/** Answers "what is stored, up to where, and by whom?" for the whole database. */
export class PipelineReader {
  constructor(private readonly db: Queryable) {}

  async read(): Promise<PipelineState> {
    const [partitions, newest, size] = await Promise.all([
      queryRows<PartitionRow>(this.db, PARTITIONS),
      queryRows<NewestRow>(this.db, NEWEST_BY_PROJECT),
      queryRows<{ bytes: number }>(this.db, DATABASE_SIZE),
    ]);
    return {
      storedTotal: partitions.reduce((sum, row) => sum + row.events_stored, 0),
      deadTotal: partitions.reduce((sum, row) => sum + row.dead_letters, 0),
      partitions: partitions.map((row) => ({
        stream: row.stream,
        partition: row.partition,
        lastId: row.last_id,
        epoch: row.epoch,
        owner: row.owner,
        leaseUntil: row.lease_until?.toISOString() ?? null,
        eventsStored: row.events_stored,
        deadLetters: row.dead_letters,
        updatedAt: row.updated_at.toISOString(),
      })),
      databaseBytes: size[0]?.bytes ?? 0,
      newest: newest.map((row) => ({ projectId: row.project_id, receivedAt: row.received_at.toISOString(), time: row.time.toISOString() })),
    };
  }
}
