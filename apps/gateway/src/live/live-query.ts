import type { Known, Stretch } from '../queries/known-buckets.js';
import type { AnswerStream, CommitNews, RowKeys } from './answer-stream.js';

/** A question that viewers want to be kept up to date. Equal keys mean equal questions, whose answer is read once for all. */
export interface LiveQuery {
  key: string;
  /** For metrics. */
  name: string;
  rows: RowKeys;
  /** Only commits of this project matter; without it none does, and the answer follows the clock alone. */
  projectId?: string | undefined;
  /** Only commits with events of this type matter. */
  eventType?: string | undefined;
  /** Whether events of a stretch of time may matter to an answer like this one. Default: yes. */
  covers?(answer: object, stretch: Stretch): boolean;
  /** The answer changes by itself whenever the clock passes a multiple of this, ms. */
  boundaryMs?: number | undefined;
  /** The answer is read at most once in this time, ms. Default: the feed's own. */
  minIntervalMs?: number | undefined;
  /** @param known the answer before, where it may help. */
  read(known: Known | undefined): Promise<object>;
}

/** Somebody who looks at the answer. */
export interface Viewer {
  /** There is a first or a newer state. */
  show(stream: AnswerStream): void;
  /** The answer could not be read; it is tried again. Told once, until `show` follows. */
  fail(error: unknown): void;
}

/** What a commit changed in one project. */
export interface Change {
  projectId: string;
  eventTypes: readonly string[];
  /** Where it lies in event time. */
  stretches: readonly Stretch[];
  news: CommitNews;
}

/** Time, given from outside so that specs decide it. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Calls back once after `ms`. @returns cancels it. */
  after(ms: number, callback: () => void): () => void;
}
