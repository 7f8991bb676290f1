import { BaseRpcContext } from '@nestjs/microservices';

/** One entry of a batch. */
export interface BatchEntry {
  readonly id: string;
  /** Empty for an undeliverable entry whose header cannot be read; its numbers are then 0. */
  readonly producer: string;
  readonly sequence: number;
  readonly count: number;
  readonly cumulative: number;
  /** ms since 1970, by the producer's clock. */
  readonly handedOverAt: number;
  /** Index of its first item among the batch's items. */
  readonly offset: number;
  /** Items per key of the client's option `tally`, as the client counted them; empty when it did not. */
  readonly tally: ReadonlyMap<string, number>;
  /**
   * The same pack was applied before (its XADD landed twice). It brings no items (`count` is 0) and is here for its tally, and because the
   * offset moves past it.
   */
  readonly duplicate: boolean;
}

/** What a batch handler may know beside the items. */
export interface BatchInfo {
  readonly partition: number;
  readonly epoch: number;
  readonly previousId: string;
  readonly lastId: string;
  readonly entries: readonly BatchEntry[];
  readonly sequences: ReadonlyMap<string, number>;
  readonly attempt: number;
  readonly positions: readonly number[] | null;
  readonly readAt: number;
  readonly signal: AbortSignal;
}

/**
 * The second argument of a batch handler. A store that wants each item exactly once writes, in one transaction with the items:
 * "offset of this partition is getLastId(), provided that it was getPreviousId() and the epoch is getEpoch()", and getSequences().
 */
export class RedisStreamsContext extends BaseRpcContext<[BatchInfo]> {
  /** Partition the batch comes from. */
  getPartition(): number {
    return this.args[0].partition;
  }

  /** Epoch of the claim under which it was read; 0 without ownership. */
  getEpoch(): number {
    return this.args[0].epoch;
  }

  /** Id that is committed before this batch, `0-0` at first. */
  getPreviousId(): string {
    return this.args[0].previousId;
  }

  /**
   * Id that is committed with this batch: its last entry's. In a rewound stream it can equal {@link getPreviousId}; {@link getSequences}
   * then tells what is new, so a store that has lost the answer to its commit must look at both.
   */
  getLastId(): string {
    return this.args[0].lastId;
  }

  /** The entries of the batch in stream order; their offsets count among the items of the first attempt. */
  getEntries(): readonly BatchEntry[] {
    return this.args[0].entries;
  }

  /** Producer → highest sequence in this batch. */
  getSequences(): ReadonlyMap<string, number> {
    return this.args[0].sequences;
  }

  /** 1 at first, one more for each time the same batch was handed over again. */
  getAttempt(): number {
    return this.args[0].attempt;
  }

  /** When only some items said `retry` and are handed over again: the index of each among the first attempt's items. Else null. */
  getPositions(): readonly number[] | null {
    return this.args[0].positions;
  }

  /** When the batch was read, ms since 1970. */
  getReadAt(): number {
    return this.args[0].readAt;
  }

  /** Aborted when the handler took longer than `handlerTimeoutMs` and its result is no longer waited for. */
  getSignal(): AbortSignal {
    return this.args[0].signal;
  }
}
