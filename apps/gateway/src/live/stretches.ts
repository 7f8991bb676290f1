import type { Stretch } from '../queries/known-buckets.js';

/** Pieces that are kept apart; with more, what lies between them counts as touched as well. */
const MOST_STRETCHES = 8;

/** The stretches as few as they can be, oldest first. */
export function mergeStretches(stretches: readonly Stretch[]): Stretch[] {
  const merged: [from: number, to: number][] = [];
  for (const [from, to] of [...stretches].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged.length <= MOST_STRETCHES ? merged : [[merged[0]![0], merged.at(-1)![1]]];
}
