import { EventScanner, PackedEvent, parseEventText, tallyKeyOf, type ScannedEvent } from '@analytics/events';
import type { BatchEntry } from '@analytics/redis-streams';
import type { BatchEvent, BatchItems, DeadLetter, StreamPosition } from '@analytics/timescale';

/** One for all batches: it remembers the texts of the events before. */
const scanner = new EventScanner();

/**
 * The items of a batch, each parsed and validated when it is asked for: the stream is an edge, anyone with Redis can write to it.
 * What is not an event is a dead letter with its reason; it never stops the others.
 */
export class BatchReader implements BatchItems {
  readonly length: number;
  /** Entry id → items of it that are dead, each with the key it was counted under. Made when one is met. */
  private readonly deadKeys = new Map<string, Map<number, string>>();

  /** @param packed each item, of which `String()` is the JSON text. */
  constructor(
    private readonly packed: readonly (PackedEvent | string)[],
    private readonly entries: readonly BatchEntry[],
  ) {
    this.length = packed.length;
  }

  scan(index: number): ScannedEvent | undefined {
    const packed = this.packed[index];
    return packed instanceof PackedEvent ? packed.scan(scanner) : undefined;
  }

  at(index: number): BatchEvent | DeadLetter {
    const text = String(this.packed[index]);
    const parsed = parseEventText(text);
    if (parsed.ok) return parsed;
    const tallyKey = this.tallyKeyOf(index);
    return {
      ...this.positionOf(index),
      ...identityOf(parsed.value),
      ...(tallyKey === undefined ? {} : { tallyKey }),
      reason: parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; '),
      payload: Buffer.from(text),
    };
  }

  /** Items of a batch lie entry after entry; finds an item's entry by binary search. */
  readonly positionOf = (index: number): StreamPosition => {
    const { id, offset } = this.entryOf(index);
    return { entryId: id, itemIndex: index - offset };
  };

  private entryOf(index: number): BatchEntry {
    let low = 0;
    let high = this.entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.entries[middle]!.offset <= index) low = middle;
      else high = middle - 1;
    }
    return this.entries[low]!;
  }

  /**
   * The ledger key under which the producer had counted a dead item. A broken event cannot be asked for its own project and minute; but its
   * pack says how many of each it holds, and what the pack's good events leave over is the broken ones'.
   */
  private tallyKeyOf(index: number): string | undefined {
    const entry = this.entryOf(index);
    let keys = this.deadKeys.get(entry.id);
    if (!keys) this.deadKeys.set(entry.id, (keys = this.deadKeysOf(entry)));
    return keys.get(index);
  }

  private deadKeysOf({ offset, count, tally }: BatchEntry): Map<number, string> {
    const left = new Map(tally);
    const dead: number[] = [];
    for (let index = offset; index < offset + count; index++) {
      const parsed = parseEventText(String(this.packed[index]));
      if (!parsed.ok) {
        dead.push(index);
        continue;
      }
      const key = tallyKeyOf(parsed.event);
      left.set(key, (left.get(key) ?? 0) - 1);
    }
    const keys = [...left].flatMap(([key, count]) => new Array<string>(Math.max(0, count)).fill(key));
    return new Map(dead.flatMap((index, nth) => (nth < keys.length ? [[index, keys[nth]!] as const] : [])));
  }
}

/** What can be told of a broken event, so that it can be found: only well-formed values. */
function identityOf(item: unknown): Pick<DeadLetter, 'projectId' | 'eventId'> {
  const { project_id: projectId, event_id: eventId } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
  return {
    ...(typeof projectId === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(projectId) ? { projectId } : {}),
    ...(typeof eventId === 'string' && /^[\w-]{1,64}$/.test(eventId) ? { eventId } : {}),
  };
}

/** Packs that came a second time: what was counted as accepted twice, by ledger key. */
export function duplicateTally(entries: readonly BatchEntry[]): Map<string, number> {
  const duplicates = new Map<string, number>();
  for (const { duplicate, tally } of entries) {
    if (!duplicate) continue;
    for (const [key, count] of tally) duplicates.set(key, (duplicates.get(key) ?? 0) + count);
  }
  return duplicates;
}
