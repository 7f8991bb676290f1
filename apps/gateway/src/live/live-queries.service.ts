import { GRANULARITIES, LIVE_QUERY_DTOS, type LiveParams, type LiveQueryName, type TimeseriesQueryDto } from '@analytics/dto';
import { Injectable } from '@nestjs/common';
import { QueryAnswers } from '../queries/query-answers.service.js';
import { QueryPipe } from '../queries/query.pipe.js';
import type { LiveQuery } from './live-feed.js';

type Boundary = { readonly [Q in LiveQueryName]?: (params: LiveParams[Q]) => number };

/** When an answer changes by the clock alone, ms: a new bucket begins, or processes have reported (as for UNNOTICED). */
const BOUNDARIES_MS: Boundary = {
  summary: () => 10_000,
  realtime: () => 10_000,
  timeseries: ({ granularity }: TimeseriesQueryDto) => GRANULARITIES[granularity] * 1000,
  pipeline: () => 1_000,
  ledger: () => 1_000,
  deadLetters: () => 2_000,
};

/** What changes without a commit's notice too; these follow the clock alone. */
const UNNOTICED: ReadonlySet<LiveQueryName> = new Set(['pipeline', 'ledger', 'deadLetters']);

/** Turns a subscription's query and params into a question for the live feed. */
@Injectable()
export class LiveQueries {
  private readonly pipe = new QueryPipe();

  constructor(private readonly answers: QueryAnswers) {}

  /** @throws {HttpException} when the params are invalid or the project does not exist. */
  async open<Q extends LiveQueryName>(query: Q, given: object): Promise<LiveQuery> {
    const params: LiveParams[Q] = await this.pipe.parse(given, LIVE_QUERY_DTOS[query]);
    if (params.project != null) await this.answers.requireProject(params.project);
    return {
      key: keyOf(query, params),
      name: query,
      projectId: UNNOTICED.has(query) ? undefined : params.project,
      eventType: 'eventType' in params ? params.eventType : undefined,
      boundaryMs: BOUNDARIES_MS[query]?.(params),
      read: () => this.answers.read(query, params),
    };
  }
}

/** Equal for equal questions: parameters in one order, defaults filled in, absent ones left out. */
function keyOf(query: string, params: object): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
  return `${query} ${JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
