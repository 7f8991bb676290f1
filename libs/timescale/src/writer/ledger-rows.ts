import { parseTallyKey } from '@analytics/events';

/** What the ledger counts about a batch. `accepted` is not among it: that is counted where it happens, in the stream. */
export type LedgerColumn = 'stored' | 'duplicate' | 'dead' | 'replayed';

/** Rows of the ledger, column by column as `unnest` takes them: project, minute (seconds since 1970), counts. */
export type LedgerColumns = (string | number)[][];

/** Bound of what is an instant here, as for events: a key that an outsider wrote must not fail the statement. */
const NEWEST_MS = Date.UTC(2200, 0, 1);

/** Counts of one transaction by tally key. */
export class LedgerTally {
  private readonly counts = new Map<string, Record<LedgerColumn, number>>();

  add(key: string | undefined, column: LedgerColumn, events = 1): void {
    if (key === undefined) return;
    let counts = this.counts.get(key);
    if (!counts) this.counts.set(key, (counts = { stored: 0, duplicate: 0, dead: 0, replayed: 0 }));
    counts[column] += events;
  }

  /** Project, minute, stored, duplicate, dead, replayed; a key that is none is left out. */
  columns(): LedgerColumns {
    return ledgerColumns(this.counts, ({ stored, duplicate, dead, replayed }) => [stored, duplicate, dead, replayed], 4);
  }
}

/** The rows of a map by tally key. Keys that are none are left out: they belong to no project. */
export function ledgerColumns<T>(byKey: ReadonlyMap<string, T>, countsOf: (value: T) => number[], width: number): LedgerColumns {
  const columns: LedgerColumns = Array.from({ length: 2 + width }, () => []);
  for (const [key, value] of byKey) {
    const parsed = parseTallyKey(key);
    const counts = countsOf(value);
    if (!parsed || parsed.minute >= NEWEST_MS || !counts.every(Number.isSafeInteger)) continue;
    [parsed.projectId, parsed.minute / 1000, ...counts].forEach((cell, index) => columns[index]!.push(cell));
  }
  return columns;
}
