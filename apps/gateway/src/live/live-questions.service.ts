import {
  GRANULARITIES,
  LIVE_QUESTION_DTOS,
  windowMs,
  type AnswerDto,
  type FunnelQuestionDto,
  type InstantRangeDto,
  type LiveAnswers,
  type LiveParams,
  type LiveQuestionName,
  type PresetName,
  type TimeseriesQueryDto,
} from '@analytics/dto';
import { Injectable } from '@nestjs/common';
import { EventAnswers } from '../queries/event-answers.service.js';
import { JourneyAnswers } from '../queries/journey-answers.service.js';
import { overlaps, type Known, type Stretch } from '../queries/known-buckets.js';
import { QueryAnswers } from '../queries/query-answers.service.js';
import { QueryPipe } from '../queries/query.pipe.js';
import { QuestionAnswers } from '../queries/question-answers.service.js';
import type { RowKeys } from './answer-stream.js';
import type { LiveQuery } from './live-query.js';

interface LiveQuestion<Q extends LiveQuestionName> {
  rows?: RowKeys;
  /** When the answer changes by the clock alone, ms: a new bucket begins, or processes have reported (as for those `unnoticed`). */
  boundaryMs?: (params: LiveParams[Q]) => number;
  /** Changes without a commit's notice too; follows the clock alone. */
  unnoticed?: boolean;
  minIntervalMs?: number;
  /** The answer tells the range it is about; events up to so many ms after its end may matter. */
  covers?: (params: LiveParams[Q]) => number;
  read(params: LiveParams[Q], known: Known | undefined): Promise<LiveAnswers[Q]>;
}
type LiveQuestionTable = { readonly [Q in LiveQuestionName]: LiveQuestion<Q> };

/** Ranges that end with the present end with a whole step of 10 s or a minute. */
const STEP_MS = 10_000;
/** What follows every single user or session is read more rarely. */
const JOURNEY_INTERVAL_MS = 10_000;
/** An answer that reaches to the present when it is read will reach a little farther before it is read again. */
const MARGIN_MS = 60_000;

const from = (row: { from: string }): string => row.from;
const event = (row: { eventId: string; timestamp: string }): string[] => [row.eventId, row.timestamp];
const value = (row: { value: string }): string => row.value;
const toEnd = (): number => 0;
const everyStep = (): number => STEP_MS;

/** Turns a subscription's question and params into what the live feed keeps up to date. */
@Injectable()
export class LiveQuestions {
  private readonly pipe = new QueryPipe();
  private readonly table: LiveQuestionTable;

  constructor(
    private readonly answers: QueryAnswers,
    questions: QuestionAnswers,
    events: EventAnswers,
    journeys: JourneyAnswers,
  ) {
    const preset = <Q extends PresetName>(name: Q, more: Omit<LiveQuestion<Q>, 'read'>): LiveQuestion<Q> => ({
      ...more,
      read: (params) => answers.read(name, params as LiveParams[Q]) as Promise<LiveAnswers[Q]>,
    });
    const planned = { boundaryMs: everyStep, covers: toEnd };
    const journey = { ...planned, minIntervalMs: JOURNEY_INTERVAL_MS };
    this.table = {
      totals: { ...planned, read: (params) => questions.totals(params) },
      timeseries: { ...planned, rows: { buckets: from, previous: from }, read: (params, known) => questions.timeseries(params, known) },
      breakdown: { ...planned, rows: { rows: (row: { by: unknown }) => row.by }, read: (params) => questions.breakdown(params) },
      heatmap: {
        ...planned,
        rows: { cells: (cell: { weekday: number; hour: number }) => [cell.weekday, cell.hour] },
        read: (params) => questions.heatmap(params),
      },
      events: { ...planned, rows: { events: event }, read: (params) => events.events(params) },
      values: { ...planned, rows: { values: value }, read: (params) => events.values(params) },
      funnel: { ...journey, covers: ({ window }: FunnelQuestionDto) => windowMs(window) ?? 0, read: (params) => journeys.funnel(params) },
      retention: { ...journey, rows: { cohorts: from }, read: (params) => journeys.retention(params) },
      paths: { ...journey, rows: { steps: (row: { step: number }) => row.step }, read: (params) => journeys.paths(params) },
      'metrics/summary': preset('metrics/summary', { boundaryMs: everyStep }),
      'metrics/realtime': preset('metrics/realtime', { boundaryMs: everyStep }),
      'metrics/hourly': preset('metrics/hourly', {}),
      'metrics/timeseries': preset('metrics/timeseries', { boundaryMs: ({ granularity }: TimeseriesQueryDto) => GRANULARITIES[granularity] * 1000 }),
      'metrics/top': preset('metrics/top', { rows: { rows: value } }),
      'events/recent': preset('events/recent', { rows: { events: event } }),
      pipeline: preset('pipeline', { unnoticed: true, boundaryMs: () => 1_000 }),
      ledger: preset('ledger', { unnoticed: true, boundaryMs: () => 1_000, rows: { minutes: (row: { minute: string }) => row.minute } }),
      'dead-letters': preset('dead-letters', { unnoticed: true, boundaryMs: () => 2_000, rows: { rows: (row: { id: number }) => row.id } }),
    };
  }

  /** @throws {HttpException} when the params are invalid or the project does not exist. */
  async open<Q extends LiveQuestionName>(name: Q, given: object): Promise<LiveQuery> {
    const params: LiveParams[Q] = await this.pipe.parse(given, LIVE_QUESTION_DTOS[name]);
    if (params.project != null) await this.answers.requireProject(params.project);
    const { rows = {}, boundaryMs, unnoticed, minIntervalMs, covers, read } = this.table[name] as LiveQuestion<Q>;
    const afterEnd = covers?.(params);
    return {
      key: keyOf(name, params),
      name,
      rows,
      projectId: unnoticed ? undefined : (params.project ?? undefined),
      eventType: 'eventType' in params ? (params.eventType ?? undefined) : undefined,
      ...(afterEnd === undefined ? {} : { covers: (answer: object, stretch: Stretch) => isAbout(answer as AnswerDto, afterEnd, stretch) }),
      boundaryMs: boundaryMs?.(params),
      minIntervalMs,
      read: (known) => read(params, known),
    };
  }
}

/** Equal for equal questions: parameters in one order, defaults filled in, absent ones left out. */
function keyOf(name: string, params: object): string {
  const given = Object.entries(params).filter(([, each]) => each !== undefined && each !== null);
  return `${name} ${JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

/** Whether events of the stretch may change the answer, also when its range has moved on with the clock since it was read. */
function isAbout({ query, asOf }: Pick<AnswerDto, 'query' | 'asOf'>, afterEnd: number, stretch: Stretch): boolean {
  const readAt = Date.parse(asOf);
  const covers = (range: InstantRangeDto, more: number): boolean => {
    const end = Date.parse(range.to) + more;
    return overlaps(stretch, [Date.parse(range.from), end < readAt ? end : Math.max(end, Date.now()) + MARGIN_MS]);
  };
  // What it is compared with moves on as well.
  return covers(query, afterEnd) || (query.compare != null && covers(query.compare, MARGIN_MS));
}
