import type { Granularity, LiveAnswers, LiveQueryName } from '@analytics/dto';
import type { paths } from './gateway-api.js';
import { answered, api } from './gateway-client.js';

export type Params = Record<string, string | number | boolean>;

/** A question that is asked the same way by REST and over the live feed. */
export interface LiveRequest<Q extends LiveQueryName = LiveQueryName> {
  query: Q;
  /** What is asked about; without `project`, all projects, where a query allows it. */
  params: Params;
  /** A window of whole minutes that ends now and moves with the clock; omitted, the query's own default window. */
  window?: { seconds: number; granularity?: Granularity };
}

const PATHS = {
  summary: '/api/v1/metrics/summary',
  realtime: '/api/v1/metrics/realtime',
  hourly: '/api/v1/metrics/hourly',
  timeseries: '/api/v1/metrics/timeseries',
  top: '/api/v1/metrics/top',
  recent: '/api/v1/events/recent',
  pipeline: '/api/v1/pipeline',
  ledger: '/api/v1/ledger',
  deadLetters: '/api/v1/dead-letters',
} as const satisfies Record<LiveQueryName, keyof paths>;

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
  // One call stands for all nine routes: which parameters belong to which query is known where the request was made.
  const reply = api.GET(PATHS[request.query] as (typeof PATHS)['timeseries'], { params: { query: wireParams(request) }, signal });
  return answered(reply as Promise<{ data?: LiveAnswers[Q]; error?: unknown; response: Response }>);
}
