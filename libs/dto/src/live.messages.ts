import type { DeadLettersDto } from './dead-letter.dto.js';
import type { RecentEventsDto } from './events.dto.js';
import type { LedgerDto } from './ledger.dto.js';
import type { SeriesDto, SummaryDto, TopDto } from './metrics.dto.js';
import type { PipelineDto } from './pipeline.dto.js';
import {
  DeadLettersQueryDto,
  LedgerQueryDto,
  ProjectQueryDto,
  RecentQueryDto,
  TimeseriesQueryDto,
  TopQueryDto,
} from './query.dto.js';

/**
 * The live queries: name → answer.
 * `realtime` is the last 5 minutes in 10 s buckets, `hourly` the last 24 hours, both by type.
 */
export interface LiveAnswers {
  summary: SummaryDto;
  realtime: SeriesDto;
  hourly: SeriesDto;
  timeseries: SeriesDto;
  top: TopDto;
  recent: RecentEventsDto;
  pipeline: PipelineDto;
  ledger: LedgerDto;
  deadLetters: DeadLettersDto;
}
export type LiveQueryName = keyof LiveAnswers;

/** The parameters of each live query: the same DTO as the REST endpoint of that name. */
export interface LiveParams {
  summary: ProjectQueryDto;
  realtime: ProjectQueryDto;
  hourly: ProjectQueryDto;
  timeseries: TimeseriesQueryDto;
  top: TopQueryDto;
  recent: RecentQueryDto;
  pipeline: ProjectQueryDto;
  ledger: LedgerQueryDto;
  deadLetters: DeadLettersQueryDto;
}

/** Validates the parameters of each live query. */
export const LIVE_QUERY_DTOS: { readonly [Q in LiveQueryName]: new () => LiveParams[Q] } = {
  summary: ProjectQueryDto,
  realtime: ProjectQueryDto,
  hourly: ProjectQueryDto,
  timeseries: TimeseriesQueryDto,
  top: TopQueryDto,
  recent: RecentQueryDto,
  pipeline: ProjectQueryDto,
  ledger: LedgerQueryDto,
  deadLetters: DeadLettersQueryDto,
};

export interface SubscribeMessage {
  /** Chosen by the client, unique among its subscriptions; subscribing again under it replaces the query. 1 to 64 characters. */
  id: string;
  query: LiveQueryName;
  /**
   * As in the REST query string; omitted ones take their defaults.
   * A `timeseries`, `top` or `ledger` with `last`, or without `to`, follows the clock.
   */
  params?: Record<string, string | number | boolean>;
}

export type SubscribeReply =
  | { ok: true; update: LiveUpdate }
  /** One message per faulty field, each naming the field and what is allowed. */
  | { ok: false; message: string[] };

export interface LiveUpdate<Q extends LiveQueryName = LiveQueryName> {
  id: string;
  /** 1, 2, 3 … per subscription and connection. */
  seq: number;
  data: LiveAnswers[Q];
}

/** A subscription that cannot be brought up to date at the moment. It is tried again; the next `update` says that it works. */
export interface LiveFailure {
  id: string;
  message: string[];
}

/** Once a second, whether anything changed or not: the proof that the line is alive. */
export interface Pulse {
  /** Server's clock, ms since 1970. */
  at: number;
  /** Newest `received_at` of a stored event per project, ms since 1970. */
  newestReceivedAt: Record<string, number>;
}

export interface ServerToClientEvents {
  /** A full, newer answer to a subscription; it replaces the one before. At most four a second each. */
  update: (update: LiveUpdate) => void;
  /** What is shown for this subscription is getting old. Told once, until an `update` follows. */
  failure: (failure: LiveFailure) => void;
  pulse: (pulse: Pulse) => void;
}

export interface ClientToServerEvents {
  subscribe: (message: SubscribeMessage, reply: (reply: SubscribeReply) => void) => void;
  unsubscribe: (message: { id: string }, reply: (reply: { ok: true }) => void) => void;
}
