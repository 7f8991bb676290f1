import { idTime } from './entry-id.js';
import type { LogPosition } from './partition-log.js';
import type { PartitionSnapshot } from './redis-streams.server-events.js';

/** Counts what a partition has done and how far behind it is. */
export class PartitionMeter {
  private readonly totals = { storedTotal: 0, deadTotal: 0, skippedTotal: 0, gapTotal: 0 };
  private lag = { pending: 0, entryLag: 0, timeLagMs: 0 };

  handled(stored: number, dead: number): void {
    this.totals.storedTotal += stored;
    this.totals.deadTotal += dead;
  }

  skipped(entries: number): void {
    this.totals.skippedTotal += entries;
  }

  missing(packs: number): void {
    this.totals.gapTotal += packs;
  }

  /** @param oldestId the first entry that is not committed; undefined when there is none. */
  measured({ pending, undelivered, length }: LogPosition, oldestId: string | undefined): void {
    const behind = oldestId !== undefined;
    this.lag = {
      pending,
      entryLag: behind ? (undelivered === null ? length : undelivered + pending) : 0,
      timeLagMs: behind ? Math.max(0, Date.now() - idTime(oldestId)) : 0,
    };
  }

  snapshot(about: Pick<PartitionSnapshot, 'partition' | 'state' | 'epoch' | 'lastId'>): PartitionSnapshot {
    return { ...about, ...this.lag, ...this.totals };
  }
}
