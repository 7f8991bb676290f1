import { queryRows, type Queryable } from '../postgres-pool.js';

/** What became of accepted events. When all is well and nothing is under way, accepted = stored + duplicate + dead. */
export interface LedgerCounts {
  /** Appended to the stream, as its log counts them. */
  accepted: number;
  /** Added to `events`. */
  stored: number;
  /** Recognized as stored before: the same event sent again by a client, or a pack that the stream holds twice. */
  duplicate: number;
  /** Became dead letters. They stay counted here when they are replayed. */
  dead: number;
  /** Dead letters whose event was added to `events` later. */
  replayed: number;
}

export interface LedgerQuery {
  projectId: string;
  /** Included; aligned down to the minute. */
  from: Date;
  /** Excluded; a minute that has begun before it is included as a whole. */
  to: Date;
}

export interface Ledger {
  totals: LedgerCounts & {
    /** accepted - stored - duplicate - dead. What is in flight is still in it; the rest of it is lost (above 0) or too much (below 0). */
    residueBeforeInFlight: number;
  };
  /** Minutes in which something was accepted, ascending. */
  minutes: (LedgerCounts & { minute: Date })[];
}

const MINUTES = `
  SELECT minute, sum(accepted)::bigint AS accepted, sum(stored)::bigint AS stored, sum(duplicate)::bigint AS duplicate,
         sum(dead)::bigint AS dead, sum(replayed)::bigint AS replayed
    FROM ledger
   WHERE project_id = $1 AND minute >= date_trunc('minute', $2::timestamptz) AND minute < $3
   GROUP BY minute
   ORDER BY minute`;

/** Answers "what became of what was accepted?" for one project, by the minute of acceptance (`received_at`). */
export class LedgerReader {
  constructor(private readonly db: Queryable) {}

  async read({ projectId, from, to }: LedgerQuery): Promise<Ledger> {
    const minutes = await queryRows<LedgerCounts & { minute: Date }>(this.db, MINUTES, [projectId, from, to]);
    const sum = (count: keyof LedgerCounts): number => minutes.reduce((total, row) => total + row[count], 0);
    const counts = {
      accepted: sum('accepted'),
      stored: sum('stored'),
      duplicate: sum('duplicate'),
      dead: sum('dead'),
      replayed: sum('replayed'),
    };
    const residueBeforeInFlight = counts.accepted - counts.stored - counts.duplicate - counts.dead;
    return { totals: { ...counts, residueBeforeInFlight }, minutes };
  }
}
