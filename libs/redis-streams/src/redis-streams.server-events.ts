import type { RawField } from './entry.codec.js';

/**
 * The pattern of entries that cannot be delivered: no entry of this transport, a body that cannot be decoded, or a pattern without a
 * handler. Register a batch handler for it to put them aside; its items are {@link UndeliverableEntry}. Without one they are moved to the
 * stream `<stream>:{n}:dead` with their reason. Either way they block nothing.
 */
export const UNDELIVERABLE = 'redis-streams:undeliverable';

/** An entry as it was found. */
export interface UndeliverableEntry {
  readonly id: string;
  /** Names and values as bytes, in order, duplicates included: nothing is lost. */
  readonly fields: readonly RawField[];
  readonly reason: string;
}

/**
 * Where a partition is in its life.
 * `acquiring`: asks for ownership. `recovering`: makes the group, guards against a rewound stream, handles the old pending list.
 * `reading`: waits for entries. `handling`: a handler has a batch. `paused`: waits after a failure. `closed`: the end.
 */
export type PartitionState = 'acquiring' | 'recovering' | 'reading' | 'handling' | 'paused' | 'closed';

/** One partition as this process sees it. Totals count since its start. */
export interface PartitionSnapshot {
  readonly partition: number;
  readonly state: PartitionState;
  readonly epoch: number;
  /** Id of the last committed entry. */
  readonly lastId: string;
  /** Entries delivered to the group and not acknowledged. */
  readonly pending: number;
  /** Entries in the stream that are not committed. An upper bound where Redis cannot tell (after deletions). */
  readonly entryLag: number;
  /** Age of the first entry that is not committed, by Redis's clock against this one's, ms; 0 when there is none. */
  readonly timeLagMs: number;
  /** Items. */
  readonly storedTotal: number;
  /** Items put aside, undeliverable entries included. */
  readonly deadTotal: number;
  /** Entries received again after they were committed, and packs that were appended twice. */
  readonly skippedTotal: number;
  /** Packs that are missing: never seen though a later one of the same producer was, or deleted before they were handled. */
  readonly gapTotal: number;
}

/** A handled batch. */
export interface BatchEvent {
  readonly partition: number;
  readonly pattern: string;
  readonly items: number;
  readonly stored: number;
  readonly dead: number;
  /** When it was read, ms since 1970. */
  readonly readAt: number;
  /** From reading to acknowledgement, ms. */
  readonly durationMs: number;
}

/** Packs that are missing upstream of entry `id`. `producer` is empty when an entry was deleted before it could be read. */
export interface GapEvent {
  readonly partition: number;
  readonly producer: string;
  readonly id: string;
  readonly missing: number;
}

/** Redis came back with less than was committed. The stream's clock was moved forward, so that nothing new is taken for old. */
export interface RewoundEvent {
  readonly partition: number;
  readonly committedId: string;
  readonly streamId: string;
}

/** The partition has another owner now: told by the handler, or by a lease that could not be renewed. */
export interface FencedEvent {
  readonly partition: number;
  readonly epoch: number;
  readonly by: 'handler' | 'lease';
}

/** Events of the server. */
export interface RedisStreamsServerEvents extends Record<string, (...args: never[]) => void> {
  batch: (event: BatchEvent) => void;
  gap: (event: GapEvent) => void;
  rewound: (event: RewoundEvent) => void;
  fenced: (event: FencedEvent) => void;
  /** A failure that is being retried; `partition` is where. */
  error: (error: Error, partition: number) => void;
}
