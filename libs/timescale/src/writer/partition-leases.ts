import { DEFAULT_PARTITIONS } from '@analytics/events';
import type { Pool } from 'pg';
import { queryRows } from '../postgres-pool.js';
import { LOCK_NOT_AVAILABLE, sqlStateOf } from '../sqlstate.js';

/** A partition in hand: from where to go on, and under which epoch to write. */
export interface PartitionClaim {
  /** Grows with every acquisition; writes under an older one are refused. */
  epoch: number;
  /** Last committed entry; `0-0` at first. */
  lastId: string;
  /** Producer → last applied sequence. */
  sequences: ReadonlyMap<string, number>;
}

export interface PartitionLeasesSettings {
  /** Stem of the stream's name. */
  stream: string;
  /**
   * How long a lease lasts without renewal, milliseconds; default 10,000. It is how long a partition rests after its owner was
   * killed. Shorter: quicker take-over, but a pause of the owner (a long garbage collection) costs it the partition.
   */
  leaseMs?: number;
  /** Partitions of the stream, for `share`; default 4. The owners' shares add up to it, so all owners must name the same. */
  partitions?: number;
}

// clock_timestamp(), not now(): after waiting for a row lock the condition is checked again, and now() would still be the time
// at which the waiting began, when the lease had perhaps not yet been renewed.
const ENSURE_ROW = 'INSERT INTO stream_offsets (stream, partition) VALUES ($1, $2) ON CONFLICT DO NOTHING';

const TAKE = `
  UPDATE stream_offsets
     SET owner = $3, epoch = epoch + 1, lease_until = clock_timestamp() + make_interval(secs => $4), updated_at = clock_timestamp()
   WHERE stream = $1 AND partition = $2
     AND (lease_until IS NULL OR lease_until <= clock_timestamp() OR owner = $3)
  RETURNING epoch, last_id`;

const RENEW = `
  UPDATE stream_offsets
     SET lease_until = clock_timestamp() + make_interval(secs => $5), updated_at = clock_timestamp()
   WHERE stream = $1 AND partition = $2 AND owner = $3 AND epoch = $4`;

const RELEASE = `
  UPDATE stream_offsets
     SET lease_until = NULL, updated_at = clock_timestamp()
   WHERE stream = $1 AND partition = $2 AND owner = $3 AND epoch = $4`;

// A producer numbers its packs anew after each start, under a new name. A week later nothing of it can still be sent again.
const FORGET_OLD_PRODUCERS = `
  DELETE FROM producer_sequences WHERE stream = $1 AND partition = $2 AND updated_at < now() - interval '7 days'`;

const SEQUENCES = 'SELECT producer, last_sequence FROM producer_sequences WHERE stream = $1 AND partition = $2';

// Whatever still runs under an older epoch is refused at its end, but until then it holds what it has locked: a process that was
// stopped in the middle of a COPY has put ids into the unique index, PostgreSQL does not end it by a time-out while it waits for the
// rest of the rows, and the successor's COPY of the same events would wait for it.
const END_OLDER_WRITES = `
  SELECT pg_terminate_backend(lock.pid)
    FROM pg_locks AS lock
    JOIN pg_stat_activity AS session USING (pid)
    JOIN pg_database ON pg_database.oid = lock.database
   WHERE lock.locktype = 'advisory' AND lock.objsubid = 2 AND pg_database.datname = current_database()
     AND lock.classid::bigint = hashtext($1)::bigint & 4294967295 AND lock.objid::bigint = $2
     AND session.usename = current_user`;

const HEARTBEAT = `
  INSERT INTO stream_consumers AS known (stream, owner, seen_until)
  VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
  ON CONFLICT (stream, owner) DO UPDATE SET seen_until = excluded.seen_until`;

// The oldest owners get what does not divide evenly, so that one who joins moves as few partitions as possible.
const PLACE = `
  SELECT count(*) AS owners, count(*) FILTER (WHERE (other.joined_at, other.owner) < (own.joined_at, own.owner)) AS older
    FROM stream_consumers AS own
    JOIN stream_consumers AS other ON other.stream = own.stream AND (other.seen_until > clock_timestamp() OR other.owner = own.owner)
   WHERE own.stream = $1 AND own.owner = $2`;

const LEAVE = `
  DELETE FROM stream_consumers
   WHERE stream = $1 AND (owner = $2 OR seen_until < clock_timestamp() - interval '1 hour')`;

/**
 * Who may write a partition. A lease is free, held (until `lease_until` by the database's clock) or expired:
 * free → held by `acquire`; held → held by `renew`, or by `acquire` of the same owner; held → free by `release`; held → expired by
 * time; expired → held by `acquire` of anybody, or by `renew` while nobody else has acquired.
 * The lease only keeps two owners from working in vain; what keeps a late one from writing is the epoch.
 */
export class PartitionLeases {
  private readonly stream: string;
  private readonly leaseSeconds: number;
  private readonly partitions: number;

  constructor(
    private readonly pool: Pool,
    { stream, leaseMs = 10_000, partitions = DEFAULT_PARTITIONS }: PartitionLeasesSettings,
  ) {
    if (!(leaseMs >= 100)) throw new RangeError(`leaseMs is ${leaseMs}; it must be at least 100, or leases end before they can be renewed`);
    this.stream = stream;
    this.leaseSeconds = leaseMs / 1000;
    this.partitions = partitions;
  }

  /**
   * Takes the partition if it is free, expired or this owner's own.
   * @param owner Name of the instance; it must be unique among running ones, since an owner may always take its own partitions again.
   * @returns `null` when another owner holds it, or when the row is locked by a transaction that does not end: try again later.
   * @throws when the database cannot be asked.
   */
  async acquire(partition: number, owner: string): Promise<PartitionClaim | null> {
    try {
      await this.pool.query(ENSURE_ROW, [this.stream, partition]);
      const [taken] = await queryRows<{ epoch: number; last_id: string }>(this.pool, TAKE, [
        this.stream,
        partition,
        owner,
        this.leaseSeconds,
      ]);
      if (!taken) return null;
      await this.pool.query(END_OLDER_WRITES, [this.stream, partition]);
      // From here the former owner's writes are fenced, so the sequences can no longer change under this reading.
      await this.pool.query(FORGET_OLD_PRODUCERS, [this.stream, partition]);
      const rows = await queryRows<{ producer: string; last_sequence: number }>(this.pool, SEQUENCES, [this.stream, partition]);
      return { epoch: taken.epoch, lastId: taken.last_id, sequences: new Map(rows.map((row) => [row.producer, row.last_sequence])) };
    } catch (error) {
      if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return null;
      throw error;
    }
  }

  /**
   * Extends the lease. @returns false when the partition has been taken by another: stop writing it.
   * @throws when the database cannot be asked; the lease then runs on until its end.
   */
  async renew(partition: number, owner: string, epoch: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(RENEW, [this.stream, partition, owner, epoch, this.leaseSeconds]);
    return rowCount === 1;
  }

  /**
   * Ends the lease at once, so that a successor need not wait. Does nothing if another has it by now.
   * @throws when the database cannot be asked.
   */
  async release(partition: number, owner: string, epoch: number): Promise<void> {
    await this.pool.query(RELEASE, [this.stream, partition, owner, epoch]);
  }

  /**
   * Says that the owner is there, and how many partitions it may hold at most now. The shares of all owners add up to the number of
   * partitions: with 4 partitions 3 owners get 2, 1 and 1, and a fifth owner 0. An owner that is silent counts for `leaseMs` more.
   * @throws when the database cannot be asked.
   */
  async share(owner: string): Promise<number> {
    await this.pool.query(HEARTBEAT, [this.stream, owner, this.leaseSeconds]);
    const [place] = await queryRows<{ owners: number; older: number }>(this.pool, PLACE, [this.stream, owner]);
    // Somebody else may have removed the row in between, under the same name; the owner then counts as alone until it asks again.
    const { owners, older } = place?.owners ? place : { owners: 1, older: 0 };
    return Math.floor(this.partitions / owners) + (older < this.partitions % owners ? 1 : 0);
  }

  /** The owner is gone: the others' shares grow at once. @throws when the database cannot be asked. */
  async leave(owner: string): Promise<void> {
    await this.pool.query(LEAVE, [this.stream, owner]);
  }
}
