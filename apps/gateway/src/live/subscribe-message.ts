import { LIVE_QUERY_DTOS, type LiveQueryName } from '@analytics/dto';
import { z } from 'zod';

const NAMES = Object.keys(LIVE_QUERY_DTOS) as [LiveQueryName, ...LiveQueryName[]];
const ID = 'id must be a text of 1 to 64 characters';

const subscriptionIdSchema = z.string(ID).min(1, ID).max(64, ID);

/** The outside of a `subscribe` message; its params are validated by the query's own DTO. */
export const subscribeMessageSchema = z.object(
  {
    id: subscriptionIdSchema,
    query: z.enum(NAMES, `query must be one of ${NAMES.join(', ')}`),
    params: z.record(z.string(), z.unknown(), 'params must be an object of parameters').default({}),
  },
  'subscribe takes an object with id, query and params',
);

export const unsubscribeMessageSchema = z.object({ id: subscriptionIdSchema });
