import type { PipelineSystem } from './system/pipeline-system.js';

/** The ledger's totals over all projects and minutes: what was counted where it happened. */
export interface LedgerTotals {
  accepted: number;
  stored: number;
  duplicate: number;
  dead: number;
  replayed: number;
}

export async function readLedger({ database }: PipelineSystem): Promise<LedgerTotals> {
  const { rows } = await database.query<LedgerTotals>(
    `SELECT coalesce(sum(accepted), 0)::int AS accepted, coalesce(sum(stored), 0)::int AS stored,
            coalesce(sum(duplicate), 0)::int AS duplicate, coalesce(sum(dead), 0)::int AS dead,
            coalesce(sum(replayed), 0)::int AS replayed FROM ledger`,
  );
  return rows[0] as LedgerTotals;
}

/** Accepted minus everything an accepted event can have become. With nothing in flight it is 0. */
export const residueOf = ({ accepted, stored, duplicate, dead }: LedgerTotals): number => accepted - stored - duplicate - dead;

export function residueFaults(totals: LedgerTotals): string[] {
  const residue = residueOf(totals);
  return residue === 0 ? [] : [`the ledger's residue is ${residue}: ${JSON.stringify(totals)}`];
}
