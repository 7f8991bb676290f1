import {
  windowMs,
  type CohortDto,
  type FunnelAnswerDto,
  type FunnelQuestionDto,
  type FunnelStepDto,
  type PathsAnswerDto,
  type PathsQuestionDto,
  type RetentionAnswerDto,
  type RetentionQuestionDto,
} from '@analytics/dto';
import { JourneyUnansweredError, resolveBuckets, type Answered, type Bucket, type Cohort, type Filter, type FunnelStep } from '@analytics/timescale';
import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { StoredData } from '../stored-data.service.js';
import { EventSetAnswers } from './event-set-answers.service.js';
import { orRefuse, refusal } from './refusal.js';

/** A retention has a cell for each pair of them. */
const MOST_COHORTS = 100;

/**
 * Answers questions about the ways of users and sessions. Each method throws what {@link EventSetAnswers.answer} throws, a
 * ServiceUnavailableException that says what to do when the answer takes too long, and the signal's reason when that is given before.
 */
@Injectable()
export class JourneyAnswers {
  constructor(
    private readonly stored: StoredData,
    private readonly sets: EventSetAnswers,
  ) {}

  funnel(params: FunnelQuestionDto, signal?: AbortSignal): Promise<FunnelAnswerDto> {
    const { by, steps, window } = params;
    return this.sets.answer<FunnelAnswerDto>('funnel', params, async (set, now) => {
      const length = windowMs(window) ?? 0;
      const question = { ...set, by, steps: steps.map(({ filters }) => joined(filters)), windowMs: length };
      const { data: found, ...source } = await answered(this.stored.journeys.funnel(question, signal), params);
      const complete = set.range.to.getTime() + length <= now;
      return { ...source, by, window, complete, steps: found.map((step, index) => funnelStep(step, found, steps[index]?.name ?? `Step ${index + 1}`, index)) };
    });
  }

  retention(params: RetentionQuestionDto, signal?: AbortSignal): Promise<RetentionAnswerDto> {
    const { by, interval, start, return: again, timeZone } = params;
    return this.sets.answer<RetentionAnswerDto>('retention', params, async (set, now) => {
      const { buckets } = orRefuse(resolveBuckets(set.range, interval === 'day' ? '1d' : '1w', timeZone, now));
      if (buckets.length > MOST_COHORTS) throw tooMany(params, buckets.length);
      const question = { ...set, by, buckets, start: joined(start), return: joined(again) };
      const { data: cohorts, ...source } = await answered(this.stored.journeys.retention(question, signal), params);
      return { ...source, by, interval, cohorts: cohorts.map((cohort, index) => cohortOf(cohort, buckets, index)) };
    });
  }

  paths(params: PathsQuestionDto, signal?: AbortSignal): Promise<PathsAnswerDto> {
    const { anchor, direction, depth, limit } = params;
    return this.sets.answer<PathsAnswerDto>('paths', params, async (set) => {
      const { data, ...source } = await answered(this.stored.journeys.paths({ ...set, anchor, direction, depth, limit }, signal), params);
      const { sessions, links } = data;
      const steps = Array.from({ length: depth }, (_, index) => ({
        step: index + 1,
        links: links
          .filter(({ step }) => step === index + 1)
          .map(({ from, to, sessions: count }) => ({ from, to, sessions: count, share: count / sessions })),
      }));
      return { ...source, anchor, direction, sessions, steps };
    });
  }
}

/** An answer, where it was read, and why there, if that was asked for. */
async function answered<T>(answer: Promise<Answered<T>>, params: { explain: boolean }): Promise<Pick<Answered<T>, 'data' | 'source'> & Partial<Pick<Answered<T>, 'explain'>>> {
  try {
    const { data, source, explain } = await answer;
    return { data, source, ...(params.explain ? { explain } : {}) };
  } catch (error) {
    throw error instanceof JourneyUnansweredError ? new ServiceUnavailableException([error.message], { cause: error }) : error;
  }
}

const joined = (filters: Filter | Filter[] | null | undefined): Filter | undefined => (Array.isArray(filters) ? { and: filters } : (filters ?? undefined));

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function funnelStep({ count, medianSeconds }: FunnelStep, steps: readonly FunnelStep[], name: string, index: number): FunnelStepDto {
  const before = steps[Math.max(0, index - 1)]!.count;
  return { name, count, shareOfFirst: shareOf(count, steps[0]!.count), shareOfPrevious: shareOf(count, before), dropOff: before - count, medianSeconds };
}

const told = ({ from, to, complete }: Bucket): { from: string; to: string; complete: boolean } => ({
  from: from.toISOString(),
  to: to.toISOString(),
  complete,
});

const cohortOf = ({ size, returned }: Cohort, buckets: readonly Bucket[], index: number): CohortDto => ({
  ...told(buckets[index]!),
  size,
  periods: returned.map((count, place) => ({ period: place + 1, ...told(buckets[index + 1 + place]!), count, share: shareOf(count, size) })),
});

function tooMany({ from, period, interval }: RetentionQuestionDto, count: number): Error {
  const field = from == null ? 'period' : 'from';
  const message = `${field} covers ${count} ${interval}s, and at most ${MOST_COHORTS} are allowed; ask for a shorter range${interval === 'day' ? ' or interval=week' : ''}`;
  return refusal({ field, value: from ?? period, message });
}
