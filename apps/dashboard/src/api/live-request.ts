import type { Granularity, LiveAnswers, LiveQueryName } from '@analytics/dto';
import { getJson } from './gateway-client.js';

export type Params = Record<string, string | number | boolean>;

/** A question that is asked the same way by REST and over the live feed. */
export interface LiveRequest<Q extends LiveQueryName = LiveQueryName> {
  query: Q;
  /** What is asked about; without `project`, all projects, where a query allows it. */
  params: Params;
  /** A window of whole minutes that ends now and moves with the clock; omitted, the query's own default window. */
  window?: { seconds: number; granularity?: Granularity };
}

const PATHS: Record<LiveQueryName, string> = {
  summary: 'metrics/summary',
  realtime: 'metrics/realtime',
  hourly: 'metrics/hourly',
  timeseries: 'metrics/timeseries',
  top: 'metrics/top',
  recent: 'events/recent',
  pipeline: 'pipeline',
  ledger: 'ledger',
  deadLetters: 'dead-letters',
};

/** The cache's key. The first three parts say what is shown, the last only over which time. */
export const queryKeyOf = ({ query, params, window }: LiveRequest) => ['live', query, params, window ?? null] as const;

/** Equal for equal requests, whatever moment they are asked at. */
export const requestKey = (request: LiveRequest): string => JSON.stringify(queryKeyOf(request));

/** The parameters to send, the same by REST and over the socket. */
export function wireParams({ params, window }: LiveRequest): Params {
  if (!window) return params;
  const { seconds, granularity } = window;
  return { ...params, ...(granularity && { granularity }), last: `${seconds / 60}m` };
}

/** Asks by REST. @throws GatewayError */
export function fetchAnswer<Q extends LiveQueryName>(request: LiveRequest<Q>, signal?: AbortSignal): Promise<LiveAnswers[Q]> {
  return getJson<LiveAnswers[Q]>(PATHS[request.query], wireParams(request), signal);
}
