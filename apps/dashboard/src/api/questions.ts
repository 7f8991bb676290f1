import type { paths } from './gateway-api.js';

/** The questions of the query language, by name, and the routes that answer them. */
export const QUESTION_PATHS = {
  totals: '/api/v1/totals',
  timeseries: '/api/v1/timeseries',
  breakdown: '/api/v1/breakdown',
  heatmap: '/api/v1/heatmap',
  funnel: '/api/v1/funnel',
  retention: '/api/v1/retention',
  paths: '/api/v1/paths',
  events: '/api/v1/events',
  values: '/api/v1/values',
} as const satisfies Record<string, keyof paths>;

export type QuestionName = keyof typeof QUESTION_PATHS;
type Get<Q extends QuestionName> = paths[(typeof QUESTION_PATHS)[Q]]['get'];

/** Parameters of a question, as the API names them. Filters and steps are JSON texts. */
export type QuestionParams<Q extends QuestionName> = NonNullable<Get<Q>['parameters']['query']>;
/** What the API answers. */
export type Answer<Q extends QuestionName> = Get<Q>['responses'][200]['content']['application/json'];
