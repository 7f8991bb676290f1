import type { Breakdown, BreakdownQuestion, BreakdownRow } from './breakdown.js';
import type { MetricValue } from './metrics.js';
import { RollupCell } from './rollup-cell.js';

/** A cell with the keys of its values: '' for a missing one, '=' and the value for any other. */
export type KeyedCells = ReadonlyMap<string, { keys: readonly string[]; cell: RollupCell }>;

/** Ranks cells as readBreakdown does in SQL. */
export function rankCells({ metrics, limit, offset }: BreakdownQuestion, cells: KeyedCells): Breakdown {
  const ranked = [...cells.values()].map((each) => ({ ...each, rank: each.cell.measure([metrics[0]!])[0]! }));
  ranked.sort((a, b) => compareValues(a.rank, b.rank) || compareKeys(a.keys, b.keys));
  const [all, rest] = [new RollupCell(), new RollupCell()];
  for (const { cell } of ranked) all.add(cell);
  for (const { cell } of ranked.slice(offset + limit)) rest.add(cell);
  return {
    rows: ranked.slice(offset, offset + limit).map(({ keys, cell }) => ({ values: keys.map(valueOfKey), metrics: cell.measure(metrics) })),
    other: rest.events === 0 ? null : rest.measure(metrics),
    total: all.measure(metrics),
    distinctValues: ranked.length,
  };
}

/** The same values in another time. */
export function addPreviousCells({ metrics }: BreakdownQuestion, breakdown: Breakdown, before: KeyedCells): Breakdown {
  const all = new RollupCell();
  for (const { cell } of before.values()) all.add(cell);
  const previous = ({ values }: BreakdownRow): MetricValue[] =>
    (before.get(nameOfCell(values.map((value) => (value === null ? '' : `=${value}`))))?.cell ?? new RollupCell()).measure(metrics);
  return { ...breakdown, rows: breakdown.rows.map((row) => ({ ...row, previous: previous(row) })), previousTotal: all.measure(metrics) };
}

export const nameOfCell = (keys: readonly unknown[]): string => JSON.stringify(keys);

const valueOfKey = (key: string): string | null => (key === '' ? null : key.slice(1));

/** Largest first, null last. */
const compareValues = (a: MetricValue, b: MetricValue): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : b - a);

/** By code points, missing last. */
function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, key] of a.entries()) {
    const other = b[index]!;
    if (key === other) continue;
    if (key === '' || other === '') return key === '' ? 1 : -1;
    // UTF-8 has the order of code points, which UTF-16 has not.
    return Buffer.compare(Buffer.from(key), Buffer.from(other));
  }
  return 0;
}
