import type { LedgerDto } from '@analytics/dto';
import { count } from '../ui/format.js';

export interface LedgerVerdict {
  /** `good`: nothing is lost or doubled; `bad`: something is; `unknown`: it cannot be told now. */
  tone: 'good' | 'bad' | 'unknown';
  words: string;
}

const events = (number: number, verb: readonly [one: string, many: string]): string =>
  number === 1 ? `1 event ${verb[0]}` : `${count(number)} events ${verb[1]}`;

/** What the residue means, in a sentence. */
export function ledgerVerdict({ totals, settledUntil, truncated }: LedgerDto): LedgerVerdict {
  const { missing, surplus, accepted } = totals;
  const faults = [
    ...(missing > 0 ? [`${events(missing, ['is', 'are'])} missing: accepted, but neither stored nor counted elsewhere`] : []),
    ...(surplus > 0 ? [`${events(surplus, ['was', 'were'])} counted more often than accepted`] : []),
  ];
  if (faults.length > 0) return { tone: 'bad', words: `${faults.join('; ')}.` };
  if (settledUntil === null) return { tone: 'unknown', words: 'No consumer has reported yet, so nothing can be settled.' };
  if (truncated) return { tone: 'unknown', words: 'How much is in flight is not known now: a partition waits for its consumer, or much is waiting.' };
  if (accepted === 0) return { tone: 'good', words: 'Nothing was accepted in the last hour.' };
  return { tone: 'good', words: 'Every accepted event is accounted for.' };
}

/** Counted at slightly different moments: what the last seconds still lack (or have too much) for the sum to come out. */
export const settlingOf = ({ totals }: LedgerDto): number =>
  totals.accepted - totals.stored - totals.duplicate - totals.dead - totals.inFlight - totals.missing + totals.surplus;
