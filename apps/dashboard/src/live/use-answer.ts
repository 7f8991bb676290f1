import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answered, api } from '../api/gateway-client.js';
import { QUESTION_PATHS, type Answer, type QuestionName, type QuestionParams } from '../api/questions.js';
import { usePaused } from './use-live.js';

const POLL_MS = 5000;

/**
 * The answer to a question of the query language, kept up to date. The old answer stays while a changed question is being answered
 * (`isPlaceholderData`).
 * @param params `undefined`: not asked yet.
 */
export function useAnswer<Q extends QuestionName>(question: Q, params: QuestionParams<Q> | undefined): UseQueryResult<Answer<Q>, Error> {
  const paused = usePaused();
  return useQuery<Answer<Q>, Error>({
    queryKey: ['answer', question, params],
    queryFn: ({ signal }) => {
      // One call stands for all routes: that these parameters belong to this question is known from the types above.
      const reply = api.GET(QUESTION_PATHS[question] as '/api/v1/totals', { params: { query: params as QuestionParams<'totals'> }, signal });
      return answered(reply as unknown as Promise<{ data?: Answer<Q>; error?: unknown; response: Response }>);
    },
    enabled: params !== undefined,
    staleTime: POLL_MS,
    refetchInterval: paused ? false : POLL_MS,
    placeholderData: keepPreviousData,
  });
}
