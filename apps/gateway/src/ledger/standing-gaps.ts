import type { LedgerCounts } from '@analytics/timescale';

export interface LedgerMinute extends LedgerCounts {
  minute: Date;
}

/** A stretch of time without a break, ms since 1970. */
export interface Stretch {
  since: number;
  until: number;
}

interface Gap {
  counts: string;
  since: number;
  final: boolean;
}
interface Look {
  at: number;
  gaps: Map<number, Gap>;
}

/** The ledger's unit. */
export const MINUTE_MS = 60_000;
/** Two looks that are further apart say nothing of what happened between them. */
const FORGET_AFTER_MS = 10_000;
/**
 * A gap that has stood still for so long is final. Counts of accepted events and of events in flight are at most a second old, and a
 * consumer that died is known to be silent after 5 s, so within 6 s nothing is called lost that only has not been counted yet.
 */
const STANDS_STILL_MS = 6_000;

/** Accepted events that no other count explains; negative: more were counted than accepted. */
export const gapOf = ({ accepted, stored, duplicate, dead }: LedgerCounts): number => accepted - stored - duplicate - dead;

/** Tells, from one look at the ledger to the next, which gaps stand still: counts that still move are no loss. */
export class StandingGaps {
  private readonly looks = new Map<string, Look>();

  /**
   * At the first look a gap counts as standing since its minute ended; one that comes up later, since then.
   * @param question what was asked; only looks at the same question are compared.
   * @param now ms since 1970.
   * @param counted since and until when the counts have been kept without a break; undefined: never.
   * @returns the minutes with a gap that has stood still for 6 s while the counts were kept, and those with another gap.
   */
  look(question: string, minutes: readonly LedgerMinute[], now: number, counted: Stretch | undefined): ReadonlyMap<number, { final: boolean }> {
    for (const [key, { at }] of this.looks) if (now - at > FORGET_AFTER_MS) this.looks.delete(key);
    const before = this.looks.get(question);
    const gaps = new Map<number, Gap>();
    for (const row of minutes) {
      if (gapOf(row) === 0) continue;
      const minute = row.minute.getTime();
      const counts = JSON.stringify([row.accepted, row.stored, row.duplicate, row.dead]);
      const same = before?.gaps.get(minute);
      const known = same?.counts === counts ? same : undefined;
      const since = known?.since ?? (before ? now : Math.min(now, minute + MINUTE_MS));
      const stood = counted !== undefined && Math.max(since, counted.since) + STANDS_STILL_MS <= counted.until;
      gaps.set(minute, { counts, since, final: stood || known?.final === true });
    }
    this.looks.set(question, { at: now, gaps });
    return gaps;
  }
}
