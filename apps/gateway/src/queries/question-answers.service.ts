import {
  parseMetric,
  type AnswerDto,
  type BreakdownAnswerDto,
  type BreakdownQuestionDto,
  type ComparableQuestionDto,
  type HeatmapAnswerDto,
  type HeatmapQuestionDto,
  type InstantRangeDto,
  type PlannedQuestionDto,
  type QuestionDto,
  type ResolvedQuestionDto,
  type TimeseriesAnswerDto,
  type TimeseriesQuestionDto,
  type TotalsAnswerDto,
  type TotalsQuestionDto,
} from '@analytics/dto';
import {
  resolveBuckets,
  resolveComparison,
  type Answered,
  type Bucket,
  type EventQuestion,
  type Metric,
  type MetricValue,
  type PlannedReader,
  type TimeRange,
} from '@analytics/timescale';
import { Injectable } from '@nestjs/common';
import { Completeness } from '../pipeline/completeness.service.js';
import { StoredData } from '../stored-data.service.js';
import { resolveEventSet } from './event-set.js';
import { KnownBuckets, type Known } from './known-buckets.js';
import { QueryAnswers } from './query-answers.service.js';
import { orRefuse, refusal } from './refusal.js';

const DAY_MS = 86_400_000;

/** A question as it is asked of the database, and as it is told in the answer. */
interface ResolvedQuestion extends EventQuestion {
  echo: ResolvedQuestionDto;
}

/**
 * Answers questions in the query language.
 * Each method throws a NotFoundException when there is no such project, and a BadRequestException when parameters do not fit together.
 */
@Injectable()
export class QuestionAnswers {
  constructor(
    private readonly stored: StoredData,
    private readonly answers: QueryAnswers,
    private readonly completeness: Completeness,
  ) {}

  totals(params: TotalsQuestionDto): Promise<TotalsAnswerDto> {
    return this.answer('totals', params, async (question, now) => {
      const compare = comparisonOf(params, question);
      const answered = await this.reader(params).totals(question, [question.range, ...(compare ? [compare] : [])]);
      const [totals, previous] = answered.data;
      return { ...frame(question, now, { compare: compare ? told(compare) : null }), ...sourceOf(answered, params), totals: totals!, previous };
    });
  }

  /** @param known an answer to the same question of a moment ago: only buckets that may differ are read. */
  timeseries(params: TimeseriesQuestionDto, known?: Known): Promise<TimeseriesAnswerDto> {
    return this.answer('timeseries', params, async (question, now) => {
      const compare = comparisonOf(params, question);
      const { granularity, buckets } = orRefuse(resolveBuckets(question.range, params.granularity, params.timeZone, now));
      const before = compare && orRefuse(resolveBuckets(compare, granularity, params.timeZone, now)).buckets;
      const last = known && stillKnown(known.answer as TimeseriesAnswerDto, params, granularity);
      const since = { touched: known?.touched ?? [], readAt: last ? Date.parse(last.asOf) : 0 };
      const current = new KnownBuckets(buckets, { ...since, known: last?.buckets }, now);
      const previous = before && new KnownBuckets(before, { ...since, known: last?.previous }, now);
      const answered = await this.readRuns(question, params, [...current.runs, ...(previous?.runs ?? [])], last);
      return {
        ...frame(question, now, { granularity, compare: compare ? told(compare) : null }),
        ...sourceOf(answered, params),
        buckets: current.fill(answered.data.slice(0, current.runs.length)),
        previous: previous?.fill(answered.data.slice(current.runs.length)),
      };
    });
  }

  breakdown(params: BreakdownQuestionDto): Promise<BreakdownAnswerDto> {
    return this.answer('breakdown', params, async (question, now) => {
      const compare = comparisonOf(params, question);
      const { by, limit, offset, includeMissing } = params;
      const answered = await this.reader(params).breakdown({ ...question, by, limit, offset, includeMissing, compare });
      const { rows, ...rest } = answered.data;
      return {
        ...frame(question, now, { by, compare: compare ? told(compare) : null }),
        ...sourceOf(answered, params),
        rows: rows.map(({ values, metrics, previous }) => ({ by: values, values: metrics, previous })),
        ...rest,
      };
    });
  }

  heatmap(params: HeatmapQuestionDto): Promise<HeatmapAnswerDto> {
    return this.answer('heatmap', params, async (question, now) => {
      const { from, to } = question.range;
      if (to.getTime() - from.getTime() < DAY_MS) {
        const field = params.from == null ? 'period' : 'from';
        throw refusal({ field, value: params[field], message: `${field} must cover at least a day of 24 hours for a heatmap; ask for a longer range` });
      }
      const answered = await this.reader(params).heatmap(question, params.timeZone);
      return { ...frame(question, now), ...sourceOf(answered, params), cells: answered.data.map(({ weekday, hour, metrics }) => ({ weekday, hour, values: metrics })) };
    });
  }

  private async answer<Q extends QuestionDto, A extends AnswerDto>(
    name: string,
    params: Q,
    read: (question: ResolvedQuestion, now: number) => Promise<Omit<A, 'completeThrough' | 'inFlight'>>,
  ): Promise<A> {
    await this.answers.requireProject(params.project);
    const now = Date.now();
    const question = resolveQuestion(params, now);
    // Before the events are read: what is stored in between may be in the answer, and what is told to be stored must be.
    const completeness = this.completeness.of(params.project, now);
    const answer = await this.answers.timed(name, () => read(question, now));
    return { ...answer, ...completeness } as A;
  }

  /** A few buckets, read to go with exact ones that are known, are exact as well. */
  private async readRuns(
    question: ResolvedQuestion,
    params: TimeseriesQuestionDto,
    runs: Bucket[][],
    last: TimeseriesAnswerDto | undefined,
  ): Promise<Answered<MetricValue[][][]>> {
    if (!last) return this.reader(params).timeseries(question, runs);
    const data = runs.length === 0 ? [] : (await this.stored.exactMetrics.timeseries(question, runs)).data;
    return { data, source: 'raw', exact: true, errors: [], explain: { source: 'raw', reason: '', tables: [] } };
  }

  private reader({ exact }: PlannedQuestionDto): PlannedReader {
    return exact ? this.stored.exactMetrics : this.stored.metrics;
  }
}

const frame = ({ echo }: ResolvedQuestion, now: number, more: Partial<ResolvedQuestionDto> = {}): Pick<AnswerDto, 'query' | 'asOf'> => ({
  query: { ...echo, ...more },
  asOf: new Date(now).toISOString(),
});

const sourceOf = (
  { source, exact, errors, explain }: Answered<unknown>,
  params: PlannedQuestionDto,
): Pick<AnswerDto, 'source' | 'exact' | 'errors' | 'explain'> => ({
  source,
  exact,
  ...(exact ? {} : { errors }),
  ...(params.explain ? { explain } : {}),
});

/**
 * What a question means at `now`, ms since 1970.
 * @throws {BadRequestException} when its parameters do not fit together.
 */
export function resolveQuestion(params: QuestionDto, now: number): ResolvedQuestion {
  const { echo, ...set } = resolveEventSet(params, now);
  const { metrics } = params;
  return {
    ...set,
    metrics: metrics.map((text) => parseMetric(text)).filter((metric): metric is Metric => metric !== undefined),
    echo: { ...echo, metrics },
  };
}

function comparisonOf(params: ComparableQuestionDto, { range }: ResolvedQuestion): TimeRange | undefined {
  const request = { compare: params.compare ?? undefined, compareFrom: params.compareFrom ?? undefined };
  return orRefuse(resolveComparison(request, range, params.timeZone));
}

const told = ({ from, to }: TimeRange): InstantRangeDto => ({ from: from.toISOString(), to: to.toISOString() });

/**
 * The answer, if new buckets may be put to its own. Answers from counts made beforehand are quick, and may hold estimates, which do not
 * mix with what is read from the events: they are read as a whole.
 */
const stillKnown = (answer: TimeseriesAnswerDto, params: TimeseriesQuestionDto, granularity: string): TimeseriesAnswerDto | undefined =>
  answer.source === 'raw' && answer.exact && !params.explain && answer.query.granularity === granularity ? answer : undefined;
