import type { DeadLettersDto } from './dead-letter.dto.js';
import type { RecentEventsDto } from './events.dto.js';
import type { LedgerDto } from './ledger.dto.js';
import type { LiveFrame } from './live-state.js';
import type { SeriesDto, SummaryDto, TopDto } from './metrics.dto.js';
import type { PipelineDto } from './pipeline.dto.js';
import type { ProblemDto } from './problem.dto.js';
import type { BreakdownAnswerDto, HeatmapAnswerDto, TimeseriesAnswerDto, TotalsAnswerDto } from './query-language/answers.dto.js';
import type { EventsAnswerDto, ValuesAnswerDto } from './query-language/event-answers.dto.js';
import { EventsQuestionDto, ValuesQuestionDto } from './query-language/event-questions.dto.js';
import type { FunnelAnswerDto, PathsAnswerDto, RetentionAnswerDto } from './query-language/journey-answers.dto.js';
import { FunnelQuestionDto, PathsQuestionDto, RetentionQuestionDto } from './query-language/journey-questions.dto.js';
import { BreakdownQuestionDto, HeatmapQuestionDto, TimeseriesQuestionDto, TotalsQuestionDto } from './query-language/questions.dto.js';
import {
  DeadLettersQueryDto,
  LedgerQueryDto,
  ProjectQueryDto,
  RecentQueryDto,
  TimeseriesQueryDto,
  TopQueryDto,
} from './query.dto.js';

/** The answers whose question is set beforehand, but for a few parameters. */
export interface PresetAnswers {
  'metrics/summary': SummaryDto;
  'metrics/realtime': SeriesDto;
  'metrics/hourly': SeriesDto;
  'metrics/timeseries': SeriesDto;
  'metrics/top': TopDto;
  'events/recent': RecentEventsDto;
  pipeline: PipelineDto;
  ledger: LedgerDto;
  'dead-letters': DeadLettersDto;
}
export type PresetName = keyof PresetAnswers;

/** The parameters of each preset. */
export interface PresetParams {
  'metrics/summary': ProjectQueryDto;
  'metrics/realtime': ProjectQueryDto;
  'metrics/hourly': ProjectQueryDto;
  'metrics/timeseries': TimeseriesQueryDto;
  'metrics/top': TopQueryDto;
  'events/recent': RecentQueryDto;
  pipeline: ProjectQueryDto;
  ledger: LedgerQueryDto;
  'dead-letters': DeadLettersQueryDto;
}

/** All that can be followed live. A question's name is its route below `/api/v1/`, and its answer is what that route answers. */
export interface LiveAnswers extends PresetAnswers {
  totals: TotalsAnswerDto;
  timeseries: TimeseriesAnswerDto;
  breakdown: BreakdownAnswerDto;
  heatmap: HeatmapAnswerDto;
  funnel: FunnelAnswerDto;
  retention: RetentionAnswerDto;
  paths: PathsAnswerDto;
  events: EventsAnswerDto;
  values: ValuesAnswerDto;
}
export type LiveQuestionName = keyof LiveAnswers;

/** The parameters of each question: the same DTO as its route. */
export interface LiveParams extends PresetParams {
  totals: TotalsQuestionDto;
  timeseries: TimeseriesQuestionDto;
  breakdown: BreakdownQuestionDto;
  heatmap: HeatmapQuestionDto;
  funnel: FunnelQuestionDto;
  retention: RetentionQuestionDto;
  paths: PathsQuestionDto;
  events: EventsQuestionDto;
  values: ValuesQuestionDto;
}

/** Validates the parameters of each question. */
export const LIVE_QUESTION_DTOS: { readonly [Q in LiveQuestionName]: new () => LiveParams[Q] } = {
  totals: TotalsQuestionDto,
  timeseries: TimeseriesQuestionDto,
  breakdown: BreakdownQuestionDto,
  heatmap: HeatmapQuestionDto,
  funnel: FunnelQuestionDto,
  retention: RetentionQuestionDto,
  paths: PathsQuestionDto,
  events: EventsQuestionDto,
  values: ValuesQuestionDto,
  'metrics/summary': ProjectQueryDto,
  'metrics/realtime': ProjectQueryDto,
  'metrics/hourly': ProjectQueryDto,
  'metrics/timeseries': TimeseriesQueryDto,
  'metrics/top': TopQueryDto,
  'events/recent': RecentQueryDto,
  pipeline: ProjectQueryDto,
  ledger: LedgerQueryDto,
  'dead-letters': DeadLettersQueryDto,
};

/** The state of an evaluation that a client has already. */
export interface ResumePoint {
  stream: string;
  number: number;
}

export interface SubscribeMessage {
  /** Chosen by the client, unique among its subscriptions; subscribing again under it replaces the question. 1 to 64 characters. */
  id: string;
  question: LiveQuestionName;
  /**
   * As in the REST query string, or as the JSON they stand for; omitted ones take their defaults.
   * What has a `period` or `last`, or no `to`, follows the clock.
   */
  params?: Record<string, unknown>;
  /** Where the client stopped: if the gateway still knows that stream, the reply is a patch from there, else a snapshot. */
  resume?: ResumePoint;
}

export type SubscribeReply =
  | { ok: true; frame: LiveFrame }
  /** What the route would have refused or failed with. */
  | { ok: false; problem: ProblemDto };

/** A subscription that cannot be brought up to date at the moment. It is tried again; the next frame says that it works. */
export interface LiveFailure {
  id: string;
  problem: ProblemDto;
}

/** About once a second and at most two seconds apart, whether anything changed or not: the proof that the line is alive. */
export interface Pulse {
  /** Server's clock, ms since 1970. */
  at: number;
  /** Newest `received_at` of a stored event per project, ms since 1970. */
  newestReceivedAt: Record<string, number>;
  /** Asks the client to report by `painted` what it painted since the pulse before. Of many clients a few are asked, in turns. */
  report: boolean;
}

/** How long a frame that showed something newly stored was under way to a screen. Times by the server's clock, as the client estimates it. */
export interface PaintedSample {
  /** From `pushedAt` to the moment at which it was painted, ms. */
  sincePushed: number;
  /** From `createdAt` to the same moment, ms; null when the frame had none. */
  sinceCreated: number | null;
}

/** Samples in one `painted` message at most. */
export const MOST_PAINTED_SAMPLES = 20;
/** Longest time of a sample, ms. */
export const LONGEST_PAINTED_MS = 60_000;

export interface PaintedMessage {
  /** 1 to 20. */
  samples: PaintedSample[];
}

export interface ServerToClientEvents {
  /** What changed, or all there is, of a subscription. At most four a second each. */
  frame: (frame: LiveFrame) => void;
  /** What is shown for this subscription is getting old. Told once, until a `frame` follows. */
  failure: (failure: LiveFailure) => void;
  pulse: (pulse: Pulse) => void;
}

export interface ClientToServerEvents {
  subscribe: (message: SubscribeMessage, reply: (reply: SubscribeReply) => void) => void;
  unsubscribe: (message: { id: string }, reply: (reply: { ok: true }) => void) => void;
  /** Asks for the server's clock, ms since 1970. */
  clock: (reply: (reply: { at: number }) => void) => void;
  /** Reports times of frames, when a pulse asks for it; what is more often, or out of bounds, is ignored. */
  painted: (message: PaintedMessage) => void;
}
