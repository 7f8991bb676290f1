import type { Pool } from 'pg';
import { queryRows } from '../postgres-pool.js';
import { ledgerColumns } from './ledger-rows.js';

export interface AcceptedTally {
  stream: string;
  partition: number;
  /** The lease's epoch; an older one than the database's is refused. */
  epoch: number;
  /** Tally key → events that the partition's stream has accepted under it so far (a total, not an increase). */
  accepted: ReadonlyMap<string, number>;
}

// FOR SHARE waits for a take-over that is under way, and sees its epoch; so an old owner cannot write an old total after a new one.
// Totals that stand already are left out: an hour of minutes comes every second, and only the last of them have changed.
const SET_ACCEPTED = `
  WITH held AS MATERIALIZED (
    SELECT partition FROM stream_offsets WHERE stream = $1 AND partition = $2 AND epoch = $3 FOR SHARE
  ), written AS (
    INSERT INTO ledger AS kept (project_id, minute, partition, accepted)
    SELECT counted.project_id, to_timestamp(counted.second), held.partition, counted.accepted
      FROM held
     CROSS JOIN unnest($4::text[], $5::bigint[], $6::bigint[]) AS counted (project_id, second, accepted)
      LEFT JOIN ledger AS known
        ON known.project_id = counted.project_id AND known.minute = to_timestamp(counted.second) AND known.partition = $2
     WHERE known.accepted IS DISTINCT FROM counted.accepted
     ORDER BY counted.project_id, counted.second
    ON CONFLICT (project_id, minute, partition) DO UPDATE SET accepted = excluded.accepted
  )
  SELECT FROM held`;

/** Copies into the ledger what the stream counts as accepted. What became of it is counted by EventBatchWriter. */
export class LedgerWriter {
  /** @param pool Of role `analytics_writer`. */
  constructor(private readonly pool: Pool) {}

  /**
   * Sets the totals of a partition; those that are not named stay. Keys that are no tally keys are left out.
   * @returns false when the epoch is no longer the partition's: nothing is written then.
   * @throws when the database cannot be asked; nothing is written then, and the next call makes up for it.
   */
  async setAccepted({ stream, partition, epoch, accepted }: AcceptedTally): Promise<boolean> {
    const columns = ledgerColumns(accepted, (events) => [events], 1);
    return (await queryRows(this.pool, SET_ACCEPTED, [stream, partition, epoch, ...columns])).length === 1;
  }
}
