import type { LedgerMinuteDto } from '@analytics/dto';
import { gapOf, MINUTE_MS, type LedgerMinute } from './standing-gaps.js';

export interface BalanceFacts {
  /** Minute → its gap, ms since 1970; minutes without a gap are not in it. */
  gaps: ReadonlyMap<number, { final: boolean }>;
  /** Events that are in flight and may explain that a minute misses some; Infinity when it is not known how many. */
  inFlight: number;
  /** No event that was accepted before this is in flight, ms since 1970. */
  oldest: number;
}

export interface Balance {
  /** Oldest first. */
  minutes: LedgerMinuteDto[];
  /** Start of the first minute whose gap is not final, ms since 1970; undefined when there is none. */
  unsettled: number | undefined;
}

/**
 * Tells loss and doubling from what is only under way.
 *
 * A final gap below zero is a doubling. One above zero is a loss as far as the events in flight do not explain it; they explain the
 * newest minutes first, since partitions are read in order, and none that is older than all of them.
 * @param minutes oldest first.
 */
export function balanceLedger(minutes: readonly LedgerMinute[], { gaps, inFlight, oldest }: BalanceFacts): Balance {
  let unexplained = inFlight;
  let unsettled: number | undefined;
  const balanced = minutes.toReversed().map((counts) => {
    const minute = counts.minute.getTime();
    const final = gaps.get(minute)?.final ?? true;
    if (!final) unsettled = minute;
    const gap = final ? gapOf(counts) : 0;
    const explained = minute + MINUTE_MS > oldest ? Math.min(Math.max(0, gap), unexplained) : 0;
    unexplained -= explained;
    return toMinute(counts, Math.max(0, gap) - explained, Math.max(0, -gap));
  });
  return { minutes: balanced.reverse(), unsettled };
}

const toMinute = ({ minute, accepted, stored, duplicate, dead, replayed }: LedgerMinute, missing: number, surplus: number): LedgerMinuteDto => ({
  minute: minute.toISOString(),
  accepted,
  stored,
  duplicate,
  dead,
  replayed,
  missing,
  surplus,
  residue: missing + surplus,
});
