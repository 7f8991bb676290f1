import type { Redis } from 'ioredis';
import { parseTally } from './entry.codec.js';
import { acceptedKey, tallyStreamKey } from './partitioning.js';

/** What is accepted and not yet committed. */
export interface InFlight {
  /** Items per tally key. */
  readonly tally: Map<string, number>;
  /** There is more than was counted: the tally is a lower bound. */
  readonly truncated: boolean;
}

/**
 * Entries counted per partition at most: 5,000,000 items in packs of 500. Their tallies lie in a stream of their own, because Redis
 * cannot read one field of an entry without copying the whole entry.
 */
const MOST_ENTRIES = 10_000;

/** Adds the counts of one tally to another. */
export function addTally(sum: Map<string, number>, tally: ReadonlyMap<string, number>): void {
  for (const [key, items] of tally) sum.set(key, (sum.get(key) ?? 0) + items);
}

/** What the clients have counted into one partition. */
export class PartitionTally {
  private readonly acceptedKey: string;
  private readonly streamKey: string;

  constructor(
    stream: string,
    partition: number,
    private readonly commands: Redis,
  ) {
    this.acceptedKey = acceptedKey(stream, partition);
    this.streamKey = tallyStreamKey(stream, partition);
  }

  /** Items ever accepted per tally key, but for the forgotten keys. */
  async accepted(): Promise<Map<string, number>> {
    // Not hgetall(): it makes an object, and a key may be `__proto__`.
    const flat = (await this.commands.call('HGETALL', this.acceptedKey)) as string[];
    return new Map(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], Number(flat[2 * i + 1])]));
  }

  async forget(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.commands.hdel(this.acceptedKey, ...keys);
  }

  /** The tally of the entries after an id. */
  async after(id: string): Promise<InFlight> {
    const entries = await this.commands.xrange(this.streamKey, `(${id}`, '+', 'COUNT', MOST_ENTRIES);
    const tally = new Map<string, number>();
    for (const [, [, text]] of entries) addTally(tally, parseTally(text) ?? new Map());
    return { tally, truncated: entries.length === MOST_ENTRIES };
  }
}
