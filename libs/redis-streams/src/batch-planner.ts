import { compareIds, idTime } from './entry-id.js';
import { readBody, readHeader, type EntryHeader, type ReadBody, type ReadHeader } from './entry.codec.js';
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

  private place({ id, fields, condemned }: StreamEntry): void {
    const passed = compareIds(id, this.handled.upTo) <= 0;
    if (fields === null) {
      (passed ? this.plan.skip : this.plan.lost).push(id);
      return;
    }
    if (passed && !this.handled.sequences) {
      this.plan.skip.push(id);
      return;
    }
    const read = readHeader(fields);
    const header = read.ok ? read.header : undefined;
    if (this.wasApplied(header, passed)) {
      if (passed || !header) this.plan.skip.push(id);
      else this.addDuplicate(id, header);
      return;
    }
    const body = condemned === undefined ? this.bodyOf(read) : { ok: false as const, reason: condemned };
    if (body.ok && header) this.add(header.pattern, id, header, body.items);
    else if (!body.ok) this.add(UNDELIVERABLE, id, header, [{ id, fields, reason: body.reason } satisfies UndeliverableEntry]);
  }

  private bodyOf(read: ReadHeader): ReadBody {
    if (!read.ok) return read;
    const { pattern } = read.header;
    if (this.canDeliver(pattern)) return readBody(read.header, read.body, this.codec);
    return { ok: false, reason: `no handler is registered for pattern ${JSON.stringify(pattern)}` };
  }

  /**
   * An id at or below the committed one means "done", except where a rewound stream gave such an id to a new pack: there the sequence
   * knows better. An id above it means "to do", except for a pack that was appended twice: this is the sequence check.
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

  private add(pattern: string, id: string, header: EntryHeader | undefined, items: unknown[]): void {
    const batch = this.batchFor(pattern);
    batch.entries.push(entryOf(id, header ?? nobodys(id), { count: items.length, offset: batch.items.length, duplicate: false }));
    for (const item of items) batch.items.push(item);
    if (header) this.note(batch, id, header);
  }

  /** Its items have been delivered; it goes along so that its tally is counted and the offset moves past it in one transaction. */
  private addDuplicate(id: string, header: EntryHeader): void {
    const batch = this.batchFor(this.canDeliver(header.pattern) ? header.pattern : UNDELIVERABLE);
    batch.entries.push(entryOf(id, header, { count: 0, offset: batch.items.length, duplicate: true }));
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

const entryOf = (id: string, header: EntryHeader, place: Pick<BatchEntry, 'count' | 'offset' | 'duplicate'>): BatchEntry => {
  const { producer, sequence, cumulative, handedOverAt, tally } = header;
  return { id, producer, sequence, cumulative, handedOverAt, tally, ...place };
};

/** The header of an entry that has none of ours. */
const nobodys = (id: string): EntryHeader => ({
  ...{ pattern: UNDELIVERABLE, producer: '', sequence: 0, count: 0, cumulative: 0, handedOverAt: idTime(id) },
  tally: new Map(),
});
