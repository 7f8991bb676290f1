import { balanceLedger, type BalanceFacts } from './ledger-balance.js';
import type { LedgerMinute } from './standing-gaps.js';

const row = (minute: number, gap: number): LedgerMinute => ({
  minute: new Date(minute),
  accepted: 110,
  stored: 100 - gap,
  duplicate: 6,
  dead: 4,
  replayed: 3,
});
const gaps = (final: number[], moving: number[] = []) =>
  new Map([...final, ...moving].map((minute) => [minute, { final: final.includes(minute) }]));
const settled: BalanceFacts = { gaps: gaps([1, 2, 3]), inFlight: 0, oldest: -Infinity };
const residues = (minutes: LedgerMinute[], facts: Partial<BalanceFacts> = {}): (readonly [missing: number, surplus: number])[] =>
  balanceLedger(minutes, { ...settled, ...facts }).minutes.map(({ missing, surplus }) => [missing, surplus]);

describe('balanceLedger', () => {
  it('finds nothing where accepted = stored + duplicate + dead; what is replayed was counted as dead', () => {
    expect(balanceLedger([row(1, 0)], settled)).toEqual({
      minutes: [expect.objectContaining({ minute: new Date(1).toISOString(), accepted: 110, missing: 0, surplus: 0, residue: 0 })],
      unsettled: undefined,
    });
  });

  it('calls a standing gap missing or surplus, and does not let one make up for the other', () => {
    const { minutes } = balanceLedger([row(1, 2), row(2, -2)], settled);
    expect(minutes.map(({ missing, surplus, residue }) => [missing, surplus, residue])).toEqual([
      [2, 0, 2],
      [0, 2, 2],
    ]);
  });

  it('explains missing events by those in flight, the newest minutes first', () => {
    expect(residues([row(1, 2), row(2, 3)], { inFlight: 4 })).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  it('does not explain a minute that is older than all that is in flight', () => {
    const minutes = [row(0, 2), row(60_000, 2)];
    expect(residues(minutes, { gaps: gaps([0, 60_000]), inFlight: Infinity, oldest: 60_000 })).toEqual([
      [2, 0],
      [0, 0],
    ]);
  });

  it('never explains too many events by those in flight', () => {
    expect(residues([row(1, -2)], { inFlight: 4 })).toEqual([[0, 2]]);
  });

  it('calls nothing missing while it is not known how much is in flight', () => {
    expect(residues([row(1, 2), row(2, -1)], { inFlight: Infinity })).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('leaves gaps alone that still move, and tells the first minute that has one', () => {
    const facts = { ...settled, gaps: gaps([1], [2, 3]) };
    const { minutes, unsettled } = balanceLedger([row(1, 1), row(2, 5), row(3, 5)], facts);
    expect([minutes.map(({ residue }) => residue), unsettled]).toEqual([[1, 0, 0], 2]);
  });

  it('keeps what is in flight for the minutes that are settled: a gap that still moves has not been counted to its end', () => {
    const facts = { inFlight: 3, gaps: gaps([1], [2]) };
    expect(residues([row(1, 3), row(2, 3)], facts)).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
