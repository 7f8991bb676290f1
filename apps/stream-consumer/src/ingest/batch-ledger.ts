import { tallyKeyOf } from '@analytics/events';
import type { BatchEntry } from '@analytics/redis-streams';
import type { DeadLetter } from '@analytics/timescale';
import type { ParsedBatch } from './batch.parser.js';

/** Packs that came a second time: what was counted as accepted twice, by ledger key. */
export function duplicateTally(entries: readonly BatchEntry[]): Map<string, number> {
  const duplicates = new Map<string, number>();
  for (const { duplicate, tally } of entries) {
    if (!duplicate) continue;
    for (const [key, count] of tally) duplicates.set(key, (duplicates.get(key) ?? 0) + count);
  }
  return duplicates;
}

/**
 * Gives each dead letter the ledger key under which its producer had counted it. A broken event cannot be asked for its own project
 * and minute; but its pack says how many of each it holds, and what the pack's good events leave over is the broken ones'.
 */
export function withTallyKeys({ events, itemOf, deadLetters }: ParsedBatch, entries: readonly BatchEntry[]): DeadLetter[] {
  if (deadLetters.length === 0) return [];
  const left = new Map(entries.map((entry) => [entry.id, new Map(entry.tally)]));
  let at = 0;
  events.forEach((event, index) => {
    while (at + 1 < entries.length && entries[at + 1]!.offset <= itemOf[index]!) at++;
    const counts = left.get(entries[at]!.id)!;
    const key = tallyKeyOf(event);
    counts.set(key, (counts.get(key) ?? 0) - 1);
  });
  return deadLetters.map((letter) => {
    const counts = left.get(letter.entryId);
    const tallyKey = [...(counts ?? [])].find(([, count]) => count > 0)?.[0];
    if (tallyKey === undefined) return letter;
    counts!.set(tallyKey, counts!.get(tallyKey)! - 1);
    return { ...letter, tallyKey };
  });
}
