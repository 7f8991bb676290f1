import { deliverBatch } from './batch-delivery.js';
import { BatchPlanner, type Batch, type BatchPlan } from './batch-planner.js';
import { laterId, ZERO_ID } from './entry-id.js';
import type { PartitionLog, StreamEntry } from './partition-log.js';
import type { PartitionClaim } from './partition-ownership.js';
import type { TenurePort } from './partition-port.js';
import type { GapEvent, UndeliverableEntry } from './redis-streams.server-events.js';
import type { CheckedServerOptions } from './redis-streams.server-options.js';

/** Has entries handled in the order they come in, acknowledges them, and knows how far a partition is. */
export class EntryHandler {
  /** Everything at or below it has been received and dealt with: committed, skipped or put aside. */
  doneId = ZERO_ID;
  /** Whether the stream has been rewound since the claim. */
  rewound = false;
  /** Committed by the store: what the next commit must find. */
  private lastId: string;
  private readonly sequences: Map<string, number>;
  /** Ids that were received and may not be dealt with yet. */
  private inHand: string[] = [];

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

  /**
   * Handles entries that were read together.
   * @param upTo entries at or below it were handled before.
   * @param survived called when the first call of a handler has ended and the batch is not done.
   */
  handle(entries: StreamEntry[], upTo: string, survived?: () => void): Promise<void> {
    this.inHand = entries.map(({ id }) => id);
    const last = entries.at(-1);
    if (!last) return Promise.resolve();
    if (this.port.over.aborted) return this.exonerate();
    const readAt = Date.now();
    const sequences = this.options.ownership ? this.sequences : null;
    const hasHandler = (pattern: string): boolean => this.port.handlerOf(pattern) !== undefined;
    const planner = new BatchPlanner({ upTo, sequences, rewound: this.rewound }, this.options.codec, hasHandler);
    // What waits knows the plan alone: a field is a part of what was read from the socket, and would keep all of that in memory.
    return this.carryOut(planner.planAll(entries), last.id, readAt, survived);
  }

  private async carryOut({ skip, lost, batches }: BatchPlan, lastId: string, readAt: number, survived?: () => void): Promise<void> {
    await this.log.acknowledge([...skip, ...lost]);
    this.port.meter.skipped(skip.length);
    for (const id of lost) this.countGap({ producer: '', id, missing: 1 });
    for (const batch of batches) {
      if (!(await this.handleBatch(batch, readAt, survived))) return this.exonerate();
      this.doneId = laterId(this.doneId, endOf(batch));
    }
    this.doneId = laterId(this.doneId, lastId);
    this.inHand = [];
  }

  /** This process is alive, so what it had in hand has not killed it: its deliveries are counted from 0 again. */
  async exonerate(): Promise<void> {
    if (this.inHand.length > 0) await this.log.exonerate(this.inHand);
    this.inHand = [];
  }

  /** @returns whether the batch is done and the next one may follow. */
  private async handleBatch(batch: Batch, readAt: number, survived?: () => void): Promise<boolean> {
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
        survived?.();
        this.port.become('paused');
        this.port.failed(new Error(reason));
      },
      resumed: () => this.port.become('handling'),
    });
    if (result.kind === 'fenced') this.port.fenced();
    if (result.kind !== 'done') return false;
    this.options.onPoint?.('after-commit');
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
    await this.log.remove(batch.entries.filter(({ duplicate }) => duplicate).map(({ id }) => id));
    this.advance(batch);
    this.port.meter.handled(0, batch.items.length);
    return true;
  }

  private advance(batch: Batch): void {
    for (const [producer, sequence] of batch.sequences) this.sequences.set(producer, sequence);
    for (const gap of batch.gaps) this.countGap(gap);
    this.port.meter.skipped(batch.entries.filter(({ duplicate }) => duplicate).length);
  }

  private countGap(gap: Omit<GapEvent, 'partition'>): void {
    this.port.meter.missing(gap.missing);
    this.port.emit('gap', { partition: this.partition, ...gap });
  }
}

const endOf = (batch: Batch): string => batch.entries[batch.entries.length - 1].id;
