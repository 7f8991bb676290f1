import type { Filter } from '../queries/filter-sql.js';
import type { FunnelQuestion, FunnelStep } from '../queries/funnel.js';
import type { Paths, PathsQuestion } from '../queries/paths.js';
import type { Cohort, RetentionQuestion } from '../queries/retention.js';
import { FunnelPass } from './funnel-pass.js';
import type { JourneyPass } from './journey-pass.js';
import { PathsPass } from './paths-pass.js';
import { RetentionPass } from './retention-pass.js';
import { obstacleOf } from './segment-filter.js';

/** What is known and asked of each kind of journey. */
export interface Journeys {
  funnel: { question: FunnelQuestion; answer: FunnelStep[] };
  retention: { question: RetentionQuestion; answer: Cohort[] };
  paths: { question: PathsQuestion; answer: Paths };
}
export type JourneyKind = keyof Journeys;
export const JOURNEY_KINDS = ['funnel', 'retention', 'paths'] as const satisfies readonly JourneyKind[];

/** A question by its kind. It may be sent to another thread. */
export type JourneyQuestion = { [K in JourneyKind]: { kind: K; question: Journeys[K]['question'] } }[JourneyKind];

export function passOf({ kind, question }: JourneyQuestion): JourneyPass<Journeys[JourneyKind]['answer']> {
  if (kind === 'funnel') return new FunnelPass(question);
  return kind === 'retention' ? new RetentionPass(question) : new PathsPass(question);
}

/** Why segments do not answer the question, whatever there is of them; undefined: they do. */
export function obstacleOfQuestion({ kind, question }: JourneyQuestion): string | undefined {
  return filtersOf({ kind, question } as JourneyQuestion)
    .map(obstacleOf)
    .find((obstacle) => obstacle !== undefined);
}

function filtersOf({ kind, question }: JourneyQuestion): (Filter | undefined)[] {
  if (kind === 'funnel') return [question.filter, ...question.steps];
  return kind === 'retention' ? [question.filter, question.start, question.return] : [question.filter];
}

/** The time of the events that are looked at: later steps of a funnel may lie after the range. ms since 1970. */
export function reachOf({ kind, question }: JourneyQuestion): [from: number, to: number] {
  const { from, to } = question.range;
  return [from.getTime(), to.getTime() + (kind === 'funnel' ? question.windowMs : 0)];
}
