import { deliverBatch, type BatchCall } from './batch-delivery.js';
import { BatchPlanner, type Batch } from './batch-planner.js';
import { compareIds, earlierId, laterId, ZERO_ID } from './entry-id.js';
import type { PartitionLog, StreamEntry } from './partition-log.js';
import type { PartitionMeter } from './partition-meter.js';
import type { PartitionClaim } from './partition-ownership.js';
import type { GapEvent, PartitionState, RedisStreamsServerEvents, UndeliverableEntry } from './redis-streams.server-events.js';
import type { CheckedServerOptions } from './redis-streams.server-options.js';

/** What a partition needs of its server. */
export interface PartitionPort {
  /** The call of the handler of a pattern; undefined when there is none. */
  handlerOf(pattern: string): BatchCall | undefined;
  emit<Key extends keyof RedisStreamsServerEvents>(event: Key, ...payload: Parameters<RedisStreamsServerEvents[Key]>): void;
  /** A failure that will be tried again. */
  failed(error: unknown): void;
  /** It works (again). */
  recovered(): void;
  /** Breaks the blocking read. */
  interruptRead(): void;
}

/** What a reader needs of the consumer whose tenure it serves. */
export interface TenurePort extends PartitionPort {
  readonly meter: PartitionMeter;
  /** Aborted when the partition is lost or to be closed. */
  readonly over: AbortSignal;
  become(state: PartitionState): void;
  /** The handler says that another owner has the partition. */
  fenced(): void;
}

/**
 * Reads a partition from one claim on, in order, one batch at a time.
 *
 * The offset of the claim is the truth; the group is a way to wait, and a list for people to look at. An entry between what was seen and
 * what the group delivers now has been given to somebody else (an owner that was stopped and woke up, a connection that broke while it
 * waited, an outsider), and committing past it would lose it. So each read looks for such entries and takes them first: one XRANGE.
 */
export class PartitionReader {
  /** Committed by the store: what the next commit must find. */
  private lastId: string;
  private readonly sequences: Map<string, number>;
  /** Everything at or below it has been received and dealt with: committed, skipped or put aside. */
  private doneId = ZERO_ID;
  private rewound = false;

  constructor(
    private readonly partition: number,
    private readonly claim: PartitionClaim,
    private readonly options: CheckedServerOptions,
    private readonly log: PartitionLog,
    private readonly port: TenurePort,
  ) {
    this.lastId = claim.lastId;
    this.sequences = new Map(claim.sequences);
  }

  /** Id of the last committed entry. */
  get committedId(): string {
    return this.lastId;
  }

  /** Makes the group, guards against a rewound stream, and handles what was delivered before and never acknowledged. */
  async recover(): Promise<void> {
    this.port.become('recovering');
    await this.log.ensureGroup();
    const { lastGeneratedId, lastDeliveredId } = await this.log.position();
    if (this.options.ownership) {
      await this.guardAgainstRewind(lastGeneratedId);
      this.doneId = this.lastId;
    } else {
      // What the group has had is either acknowledged or pending. A stream that ends below what was seen has lost entries.
      this.doneId = this.doneId === ZERO_ID ? lastDeliveredId : earlierId(this.doneId, lastGeneratedId);
    }
    for (let after = ZERO_ID; !this.port.over.aborted; ) {
      const page = await this.log.readPending(after);
      if (page.length === 0) return;
      after = page[page.length - 1].id;
      await this.takeMissed(page[0].id);
      await this.handle(page, this.options.ownership ? this.doneId : ZERO_ID);
    }
  }

  /** Waits for entries and handles them. */
  async readOn(): Promise<void> {
    this.port.become('reading');
    const entries = await this.log.readNew();
    await this.takeMissed(entries.at(0)?.id);
    await this.handle(entries, this.doneId);
  }

  async refreshLag(): Promise<void> {
    const [position, [oldest]] = await Promise.all([this.log.position(), this.log.between(this.doneId, undefined, 1)]);
    this.port.meter.measured(position, oldest?.id);
  }

  /** New entries must get ids above the committed one, or they would be taken for old ones and skipped. */
  private async guardAgainstRewind(streamId: string): Promise<void> {
    if (compareIds(streamId, this.lastId) >= 0) return;
    await this.log.moveForward(this.lastId);
    this.rewound = true;
    this.port.emit('rewound', { partition: this.partition, committedId: this.lastId, streamId });
  }

  /** Handles entries after the last one dealt with, and before `before`, that this reader was not given. */
  private async takeMissed(before: string | undefined): Promise<void> {
    if (before !== undefined && compareIds(before, this.doneId) <= 0) return;
    for (;;) {
      const missed = this.port.over.aborted ? [] : await this.log.between(this.doneId, before);
      if (missed.length === 0) return;
      await this.handle(missed, this.doneId);
    }
  }

  private async handle(entries: StreamEntry[], upTo: string): Promise<void> {
    if (entries.length === 0 || this.port.over.aborted) return;
    const readAt = Date.now();
    const sequences = this.options.ownership ? this.sequences : null;
    const hasHandler = (pattern: string): boolean => this.port.handlerOf(pattern) !== undefined;
    const planner = new BatchPlanner({ upTo, sequences, rewound: this.rewound }, this.options.codec, hasHandler);
    const { skip, lost, batches } = planner.planAll(entries);
    await this.log.acknowledge([...skip, ...lost]);
    this.port.meter.skipped(skip.length);
    for (const id of lost) this.countGap({ producer: '', id, missing: 1 });
    for (const batch of batches) {
      if (!(await this.handleBatch(batch, readAt))) return;
      this.doneId = laterId(this.doneId, endOf(batch));
    }
    this.doneId = laterId(this.doneId, entries[entries.length - 1].id);
  }

  /** @returns whether the batch is done and the next one may follow. */
  private async handleBatch(batch: Batch, readAt: number): Promise<boolean> {
    const call = this.port.handlerOf(batch.pattern);
    if (!call) return this.bury(batch);
    if (this.port.over.aborted) return false;
    this.port.become('handling');
    const { partition, claim, lastId: previousId } = this;
    const { entries, sequences, items, pattern } = batch;
    const lastId = laterId(previousId, endOf(batch));
    const info = { partition, epoch: claim.epoch, previousId, lastId, entries, sequences, readAt };
    const { retryFirstMs, retryMostMs } = this.options;
    const result = await deliverBatch(batch, info, call, {
      retryFirstMs,
      retryMostMs,
      stopping: this.port.over,
      paused: (reason) => {
        this.port.become('paused');
        this.port.failed(new Error(reason));
      },
      resumed: () => this.port.become('handling'),
    });
    if (result.kind === 'fenced') this.port.fenced();
    if (result.kind !== 'done') return false;
    this.lastId = lastId;
    this.advance(batch);
    // Safe here and nowhere earlier: the result is `done`, so the handler has said of every item that it is stored or dead.
    const ids = entries.map((entry) => entry.id);
    await this.log.acknowledge(ids, this.options.trim ? endOf(batch) : undefined);
    const { stored, dead } = result;
    this.port.meter.handled(stored, dead);
    this.port.emit('batch', { partition, pattern, items: items.length, stored, dead, readAt, durationMs: Date.now() - readAt });
    return true;
  }

  /** Without a handler for it, what cannot be delivered is kept in a stream of its own. */
  private async bury(batch: Batch): Promise<true> {
    for (const entry of batch.items as UndeliverableEntry[]) await this.log.bury(entry, entry.reason);
    this.advance(batch);
    this.port.meter.handled(0, batch.items.length);
    return true;
  }

  private advance(batch: Batch): void {
    for (const [producer, sequence] of batch.sequences) this.sequences.set(producer, sequence);
    for (const gap of batch.gaps) this.countGap(gap);
  }

  private countGap(gap: Omit<GapEvent, 'partition'>): void {
    this.port.meter.missing(gap.missing);
    this.port.emit('gap', { partition: this.partition, ...gap });
  }
}

const endOf = (batch: Batch): string => batch.entries[batch.entries.length - 1].id;
