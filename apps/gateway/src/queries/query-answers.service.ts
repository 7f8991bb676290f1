import {
  GRANULARITIES,
  MAX_TOP_DAYS,
  type PresetAnswers,
  type PresetName,
  type PresetParams,
  type SeriesDto,
  type SummaryDto,
  type TopDimension,
  type TopDto,
  type TopQueryDto,
} from '@analytics/dto';
import { MetricsRegistry } from '@analytics/service-runtime';
import type { Dimension, TimeRange } from '@analytics/timescale';
import { Injectable, NotFoundException } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { DeadLetters } from '../dead-letters/dead-letters.service.js';
import { Ledger } from '../ledger/ledger.service.js';
import { PipelineState } from '../pipeline/pipeline-state.service.js';
import { StoredData } from '../stored-data.service.js';
import { checkBuckets, checkLength, lastBuckets, resolveRange } from './time-range.js';

const DIMENSIONS: Readonly<Record<TopDimension, Dimension>> = {
  pages: 'page',
  referrers: 'referrer',
  buttons: 'button',
  endpoints: 'endpoint',
  errors: 'error',
  browsers: 'browser',
  systems: 'os',
  devices: 'device',
  countries: 'country',
};

type Answerers = { readonly [Q in PresetName]: (params: PresetParams[Q], now: number) => Promise<PresetAnswers[Q]> };
interface SeriesShape {
  granularitySeconds: number;
  byType: boolean;
  eventType?: string;
}

const instant = (ms: number): string => new Date(ms).toISOString();

/** The one way from a query's name and validated parameters to its answer, for REST and the live feed alike: they cannot disagree. */
@Injectable()
export class QueryAnswers {
  private readonly seconds: Histogram<'query'>;

  private readonly answerers: Answerers = {
    'metrics/summary': ({ project }, now) => this.summary(project, now),
    'metrics/realtime': ({ project }, now) => this.series(project, lastBuckets(300, 10, now), { granularitySeconds: 10, byType: true }, now),
    'metrics/hourly': ({ project }, now) => this.series(project, lastBuckets(86_400, 3600, now), { granularitySeconds: 3600, byType: true }, now),
    'metrics/timeseries': async (params, now) => {
      const range = resolveRange(params, now);
      checkBuckets(range, params.granularity);
      const { byType, eventType } = params;
      return this.series(params.project, range, { granularitySeconds: GRANULARITIES[params.granularity], byType, eventType }, now);
    },
    'metrics/top': (params, now) => this.top(params, now),
    'events/recent': async ({ project, limit, eventType }, now) => ({
      asOf: instant(now),
      events: await this.stored.recentEvents.read({ projectId: project, limit, eventType }),
    }),
    pipeline: (_params, now) => this.pipelineState.read(now),
    ledger: (params, now) => this.ledger.read(params, now),
    'dead-letters': (params, now) => this.deadLetters.read(params, now),
  };

  constructor(
    private readonly stored: StoredData,
    private readonly pipelineState: PipelineState,
    private readonly ledger: Ledger,
    private readonly deadLetters: DeadLetters,
    registry: MetricsRegistry,
  ) {
    this.seconds = new Histogram({
      name: 'gateway_query_seconds',
      help: 'Time to answer a query from the database',
      labelNames: ['query'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
  }

  /**
   * Answers once.
   * @throws {NotFoundException} when there is no such project.
   * @throws {BadRequestException} when the range makes no sense or is too large.
   */
  async ask<Q extends PresetName>(query: Q, params: PresetParams[Q]): Promise<PresetAnswers[Q]> {
    if (params.project != null) await this.requireProject(params.project);
    return this.read(query, params);
  }

  /** Answers without asking whether the project exists; for repeated reads. */
  async read<Q extends PresetName>(query: Q, params: PresetParams[Q]): Promise<PresetAnswers[Q]> {
    return this.timed(query, () => this.answerers[query](params, Date.now()));
  }

  /** Reads an answer, and measures how long that took. */
  async timed<T>(query: string, read: () => Promise<T>): Promise<T> {
    const observe = this.seconds.startTimer({ query });
    const answer = await read();
    observe();
    return answer;
  }

  /** @throws {NotFoundException} naming the projects that exist. */
  async requireProject(id: string): Promise<void> {
    const projects = await this.stored.projects.list();
    if (projects.some((project) => project.id === id)) return;
    const known = projects.length === 0 ? 'there is none yet' : `there are ${projects.map((project) => project.id).join(', ')}`;
    throw new NotFoundException([`project ${id} does not exist; ${known}`]);
  }

  private async summary(projectId: string, now: number): Promise<SummaryDto> {
    const { current, previous, change, byType } = await this.stored.summary.read({ projectId, now: new Date(now) });
    return { asOf: instant(now), current, previous, change, byType };
  }

  private async series(projectId: string, range: TimeRange, shape: SeriesShape, now: number): Promise<SeriesDto> {
    return { asOf: instant(now), ...(await this.stored.series.read({ projectId, ...range, ...shape })) };
  }

  private async top(params: TopQueryDto, now: number): Promise<TopDto> {
    const range = resolveRange(params, now);
    checkLength(range, MAX_TOP_DAYS);
    const { project, dimension, limit } = params;
    const top = await this.stored.top.read({ projectId: project, dimension: DIMENSIONS[dimension], ...range, limit });
    return { asOf: instant(now), ...top, dimension };
  }
}
