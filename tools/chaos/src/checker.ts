import { compareRollups } from '@analytics/timescale';
import type { CountWatcher } from './count-watcher.js';
import type { KnownEvents } from './known-events.js';
import { readLedger, residueFaults, type LedgerTotals } from './ledger.js';
import { readSettlement, unsettled } from './settlement.js';
import type { PipelineSystem } from './system/pipeline-system.js';

const DAY_MS = 86_400_000;
const NAMED = 5;

/** What the checker counted, and everything that is not as promised; `faults` is empty when all is right. */
export interface Verdict {
  attempted: number;
  acknowledged: number;
  /** Known events that are stored. */
  stored: number;
  dead: { reason: string; count: number }[];
  ledger: LedgerTotals;
  faults: string[];
}

export interface Expectations {
  known: KnownEvents;
  watcher?: CountWatcher;
  /** Dead letters that there must be: at least and at most. Default none. */
  dead?: { least: number; most: number };
  /** false where Redis was made to forget what it had counted as accepted. Default true. */
  ledger?: boolean;
}

/**
 * The checker that ends every run, once the system is quiet: acknowledged ⊆ stored ⊆ attempted, nothing twice, every rollup equals
 * the raw events, dead letters counted, the offset is the stream's end, nothing pending, residue 0, and no count ever fell.
 */
export async function check(system: PipelineSystem, expected: Expectations): Promise<Verdict> {
  const { known, watcher, dead = { least: 0, most: 0 }, ledger = true } = expected;
  const events = await compareEvents(system, known);
  const letters = await deadLetters(system);
  const buried = letters.reduce((sum, { count }) => sum + count, 0);
  const account = await readLedger(system);
  const faults = [
    ...events.faults,
    ...(await rollupFaults(system)),
    ...(await readSettlement(system)).flatMap(unsettled),
    ...(buried < dead.least || buried > dead.most
      ? [`${buried} dead letters, expected ${dead.least} to ${dead.most}: ${JSON.stringify(letters)}`]
      : []),
    ...(ledger ? residueFaults(account) : []),
    ...(watcher?.falls ?? []),
  ];
  return {
    attempted: known.attemptedTotal,
    acknowledged: known.acknowledgedTotal,
    stored: events.stored,
    dead: letters,
    ledger: account,
    faults,
  };
}

interface StoredRow {
  number: number;
  times: number;
}

async function compareEvents({ database }: PipelineSystem, known: KnownEvents): Promise<{ stored: number; faults: string[] }> {
  const faults: string[] = [];
  let stored = 0;
  for (const [producer, { attempted, acknowledged }] of known.producers.entries()) {
    // By what the event says of itself and not by its id, so that an id that was mixed up shows as well.
    const { rows } = await database.query<StoredRow>(
      `SELECT (properties ->> 'number')::int AS number, count(*)::int AS times FROM events
        WHERE properties ->> 'run' = $1 AND (properties ->> 'producer')::int = $2 GROUP BY 1`,
      [known.run, producer],
    );
    const times = new Map(rows.map((row) => [row.number, row.times]));
    stored += rows.length;
    const missing = [...acknowledged].filter((number) => !times.has(number));
    faults.push(
      ...named(`producer ${producer}: acknowledged and not stored`, missing),
      ...missing.slice(0, 1).map((number) => `producer ${producer}: number ${number} was sent at ${known.sentAt(producer, number)}`),
      ...named(
        `producer ${producer}: stored and never sent`,
        [...times.keys()].filter((number) => number >= attempted),
      ),
      ...named(
        `producer ${producer}: stored more than once`,
        rows.filter((row) => row.times > 1).map((row) => row.number),
      ),
    );
  }
  return { stored, faults };
}

const named = (what: string, numbers: number[]): string[] =>
  numbers.length === 0
    ? []
    : [`${what}: ${numbers.length} (numbers ${numbers.slice(0, NAMED).join(', ')}${numbers.length > NAMED ? ' …' : ''})`];

async function rollupFaults({ database }: PipelineSystem): Promise<string[]> {
  const { differences } = await compareRollups(database, {
    from: new Date(Date.now() - 400 * DAY_MS),
    to: new Date(Date.now() + 2 * DAY_MS),
  });
  if (differences.length === 0) return [];
  return [`${differences.length} rollup rows differ from the raw events: ${JSON.stringify(differences.slice(0, NAMED))}`];
}

async function deadLetters({ database }: PipelineSystem): Promise<{ reason: string; count: number }[]> {
  const { rows } = await database.query<{ reason: string; count: number }>(
    // Long reasons quote what was received; their beginning tells the kind.
    `SELECT left(reason, 80) AS reason, count(*)::int AS count FROM dead_letters GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  return rows;
}
