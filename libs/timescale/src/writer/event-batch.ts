import type { IngestedEvent, ScannedEvent } from '@analytics/events';

/** Where in the stream something came from: the entry, and its place in the entry's pack (`null`: the entry as a whole). */
export interface StreamPosition {
  entryId: string;
  itemIndex: number | null;
}

/** Something that was received and can never be stored as an event, with the reason. */
export interface DeadLetter extends StreamPosition {
  projectId?: string;
  eventId?: string;
  /** What it was accepted under, so that the ledger counts it as dead; without one (or with one that is none) the ledger cannot. */
  tallyKey?: string;
  /** What is wrong with it, for a person to read. */
  reason: string;
  /** What was received, byte for byte where it is known. */
  payload: Uint8Array;
}

/** An event of a batch. */
export interface BatchEvent {
  event: IngestedEvent;
  /** Its `properties` as the JSON text they came as, which is then stored without being written anew. */
  propertiesText?: string | undefined;
}

/**
 * The items of a batch. They are asked for one after the other and not kept, so that a reader may make each when it is asked for; and they
 * may be asked for again, and must then be the same.
 */
export interface BatchItems {
  readonly length: number;
  at(index: number): BatchEvent | DeadLetter;
  /** The quick way to most items: an event as its bytes say it. Undefined where only `at` can tell what it is. */
  scan?(index: number): ScannedEvent | undefined;
}

/** Items that are events already. */
export const eventItems = (events: readonly IngestedEvent[]): BatchItems => ({
  length: events.length,
  at: (index) => ({ event: events[index]! }),
});

/**
 * A contiguous run of one partition's stream: everything after `previousId` up to and including `lastId`.
 *
 * The two are equal for entries of a stream that was rewound: they lie below the committed offset, which must not go back, so it is
 * `sequences` that tell whether the batch is stored already.
 */
export interface EventBatch {
  /** Stem of the stream's name. */
  stream: string;
  partition: number;
  /** The lease's epoch; a batch with an older one than the database's is refused. */
  epoch: number;
  /** The entry id that must be the committed one before this batch (`0-0` at first). */
  previousId: string;
  /** The entry id that is committed with this batch. */
  lastId: string;
  /** Producer → highest sequence number in this batch. */
  sequences: ReadonlyMap<string, number>;
  /** In stream order. */
  items: BatchItems;
  /** Where an item came from. Asked only for events that the database refuses, so that they can become dead letters. */
  positionOf(index: number): StreamPosition;
  /** Tally key → events of packs that the stream holds a second time. They are only counted in the ledger. Default: none. */
  duplicates?: ReadonlyMap<string, number>;
}

/** An event of the batch that became a dead letter because it cannot be stored. */
export interface RefusedEvent {
  /** Index among the batch's items. */
  index: number;
  reason: string;
}

/** What a batch changes of one project. */
export interface ProjectChange {
  projectId: string;
  eventTypes: string[];
  events: number;
  /** Earliest and latest time of the events, ms since 1970. */
  from: number;
  to: number;
  /** Stretches of whole minutes that hold the times of all events, end excluded, ms since 1970; oldest first, at most eight. */
  stretches: [from: number, to: number][];
  /** Newest acceptance, ms since 1970. */
  newestReceivedAt: number;
  /** Time of the event that was accepted then, ms since 1970. */
  newestCreatedAt: number;
}

export type WriteResult =
  /**
   * Committed: every event but the refused and duplicate ones was added to `events` and the rollups, every dead letter to
   * `dead_letters`. `alreadyStored` says that an earlier call had committed it and only the answer was lost; what was refused or a
   * duplicate at that time is then in `dead_letters` and in the ledger, but not in this answer.
   */
  | {
      kind: 'stored';
      /** Events that this batch added. */
      events: number;
      /** Items that became dead letters, ascending: those that were none, and events that cannot be stored. */
      refused: RefusedEvent[];
      /** Events that were stored before, by this batch or another: same project, event_id and timestamp. */
      duplicates: number;
      /** Which of the items they are, ascending. */
      duplicateIndexes: number[];
      committedAt: number;
      alreadyStored: boolean;
      /** What the batch's events are, project by project, stored now or before. */
      changes: ProjectChange[];
    }
  /** Another owner has the partition, or the offset is elsewhere: nothing was written. Drop the batch and acquire again. */
  | { kind: 'fenced' }
  /** Nothing is known to be written; the same batch may be written again after a pause. */
  | { kind: 'retry'; reason: string }
  /**
   * Nothing was written, and the same batch will fail again: something other than an event is refused, such as a sequence that is
   * no integer. Valid input does not get here, so keep the entries and raise the alarm.
   */
  | { kind: 'poison'; reason: string };
