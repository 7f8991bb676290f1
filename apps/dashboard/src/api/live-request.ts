import type { Granularity, LiveQuestionName, PresetAnswers, PresetName } from '@analytics/dto';
import type { paths } from './gateway-api.js';
import { answered, api } from './gateway-client.js';

type Params = Record<string, string | number | boolean>;

/** What is asked the same way by REST and over the live feed, whatever it is. */
export interface LiveQuestion {
  /** The cache's key. */
  key: readonly unknown[];
  question: LiveQuestionName;
  params: object;
}

/** The presets, by the names that they have here. */
const PRESETS = {
  summary: 'metrics/summary',
  realtime: 'metrics/realtime',
  hourly: 'metrics/hourly',
  timeseries: 'metrics/timeseries',
  top: 'metrics/top',
  recent: 'events/recent',
  pipeline: 'pipeline',
  ledger: 'ledger',
  deadLetters: 'dead-letters',
} as const satisfies Record<string, PresetName>;
export type Preset = keyof typeof PRESETS;
export type PresetAnswer<Q extends Preset> = PresetAnswers[(typeof PRESETS)[Q]];

/** A preset with its parameters. */
export interface LiveRequest<Q extends Preset = Preset> {
  query: Q;
  /** What is asked about; without `project`, all projects, where a query allows it. */
  params: Params;
  /** A window of whole minutes that ends now and moves with the clock; omitted, the query's own default window. */
  window?: { seconds: number; granularity?: Granularity };
}

/** The cache's key. The first three parts say what is shown, the last only over which time. */
export const queryKeyOf = ({ query, params, window }: LiveRequest) => ['live', query, params, window ?? null] as const;

/** The parameters to send, the same by REST and over the socket. */
function wireParams({ params, window }: LiveRequest): Params {
  if (!window) return params;
  const { seconds, granularity } = window;
  return { ...params, ...(granularity && { granularity }), last: `${seconds / 60}m` };
}

/** The preset as any other question. */
export const questionOf = (request: LiveRequest): LiveQuestion => ({
  key: queryKeyOf(request),
  question: PRESETS[request.query],
  params: wireParams(request),
});

/** Asks by REST. @throws GatewayError */
export function fetchAnswer<Q extends Preset>(request: LiveRequest<Q>, signal?: AbortSignal): Promise<PresetAnswer<Q>> {
  const path = `/api/v1/${PRESETS[request.query as Preset]}` as const satisfies keyof paths;
  // One call stands for all nine routes: which parameters belong to which query is known where the request was made.
  const reply = api.GET(path as '/api/v1/metrics/timeseries', { params: { query: wireParams(request) }, signal });
  return answered(reply as unknown as Promise<{ data?: PresetAnswer<Q>; error?: unknown; response: Response }>);
}
