import { compareIds, idTime } from './entry-id.js';
import { decodeEntry, type DecodedEntry, type EntryHeader } from './entry.codec.js';
import type { PackCodec } from './pack.codec.js';
import type { StreamEntry } from './partition-log.js';
import type { BatchEntry } from './redis-streams.context.js';
import { UNDELIVERABLE, type GapEvent, type UndeliverableEntry } from './redis-streams.server-events.js';

/** Items of consecutive entries with one pattern: what one call of a handler gets. */
export interface Batch {
  readonly pattern: string;
  readonly items: unknown[];
  readonly entries: BatchEntry[];
  readonly sequences: Map<string, number>;
  readonly gaps: Omit<GapEvent, 'partition'>[];
}

/** What is to be done with one read. */
export interface BatchPlan {
  /** Handled before: to be acknowledged and not delivered. */
  readonly skip: string[];
  /** Deleted from the stream while they were pending: to be acknowledged and counted. */
  readonly lost: string[];
  /** To be delivered, one after another. */
  readonly batches: Batch[];
}

/** What was handled before a read. */
export interface Handled {
  /** Entries at or below it were handled; `0-0` when every entry is to be delivered, whatever its id. */
  readonly upTo: string;
  /** Highest committed sequence per producer; null when delivery is at-least-once and sequences decide nothing. */
  readonly sequences: ReadonlyMap<string, number> | null;
  /** The stream has been rewound, so a producer that nobody knows may have appended at ids that had been committed before. */
  readonly rewound: boolean;
}

/** Sorts what was read into what is to be done with it. It asks nothing and changes nothing outside the plan. */
export class BatchPlanner {
  private readonly plan: BatchPlan = { skip: [], lost: [], batches: [] };
  private readonly applied = new Map<string, number>();

  constructor(
    private readonly handled: Handled,
    private readonly codec: PackCodec,
    private readonly hasHandler: (pattern: string) => boolean,
  ) {}

  planAll(read: readonly StreamEntry[]): BatchPlan {
    for (const entry of read) this.place(entry);
    return this.plan;
  }

  private place({ id, fields }: StreamEntry): void {
    const passed = compareIds(id, this.handled.upTo) <= 0;
    if (fields === null) {
      (passed ? this.plan.skip : this.plan.lost).push(id);
      return;
    }
    if (passed && !this.handled.sequences) {
      this.plan.skip.push(id);
      return;
    }
    const decoded = decodeEntry(fields, this.codec);
    if (this.wasApplied(decoded.header, passed)) this.plan.skip.push(id);
    else if (decoded.ok && this.canDeliver(decoded.header.pattern)) this.add(decoded.header.pattern, id, decoded.header, decoded.items);
    else this.add(UNDELIVERABLE, id, decoded.header, [{ id, fields, reason: this.reasonOf(decoded) } satisfies UndeliverableEntry]);
  }

  /**
   * An id at or below the committed one means "done", except where a rewound stream gave such an id to a new pack: there the sequence
   * knows better. An id above it means "to do", except for a pack that was appended twice.
   */
  private wasApplied(header: EntryHeader | undefined, passed: boolean): boolean {
    if (!this.handled.sequences || !header) return passed;
    const last = this.lastSequence(header.producer) ?? (passed && !this.handled.rewound ? Infinity : 0);
    return header.sequence <= last;
  }

  private lastSequence(producer: string): number | undefined {
    return this.applied.get(producer) ?? this.handled.sequences?.get(producer);
  }

  private canDeliver(pattern: string): boolean {
    // An outsider could name the pattern of the undeliverable; its items would not have that shape.
    return pattern !== UNDELIVERABLE && this.hasHandler(pattern);
  }

  private reasonOf(decoded: DecodedEntry): string {
    return decoded.ok ? `no handler is registered for pattern ${JSON.stringify(decoded.header.pattern)}` : decoded.reason;
  }

  private add(pattern: string, id: string, header: EntryHeader | undefined, items: unknown[]): void {
    const batch = this.batchFor(pattern);
    batch.entries.push({
      id,
      producer: header?.producer ?? '',
      sequence: header?.sequence ?? 0,
      count: items.length,
      cumulative: header?.cumulative ?? 0,
      handedOverAt: header?.handedOverAt ?? idTime(id),
      offset: batch.items.length,
    });
    for (const item of items) batch.items.push(item);
    if (header) this.note(batch, id, header);
  }

  private batchFor(pattern: string): Batch {
    const last = this.plan.batches.at(-1);
    if (last?.pattern === pattern) return last;
    const batch: Batch = { pattern, items: [], entries: [], sequences: new Map(), gaps: [] };
    this.plan.batches.push(batch);
    return batch;
  }

  private note(batch: Batch, id: string, { producer, sequence }: EntryHeader): void {
    const last = this.lastSequence(producer) ?? 0;
    if (this.handled.sequences && sequence > last + 1) batch.gaps.push({ producer, id, missing: sequence - last - 1 });
    this.applied.set(producer, sequence);
    batch.sequences.set(producer, sequence);
  }
}
