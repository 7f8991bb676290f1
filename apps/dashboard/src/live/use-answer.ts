import { keepPreviousData, type UseQueryResult } from '@tanstack/react-query';
import { answered, api } from '../api/gateway-client.js';
import { QUESTION_PATHS, type Answer, type QuestionName, type QuestionParams } from '../api/questions.js';
import { useFollowed } from './use-live.js';

/**
 * The answer to a question of the query language, kept up to date. The old answer stays while a changed question is being answered
 * (`isPlaceholderData`).
 * @param params `undefined`: not asked yet.
 */
export function useAnswer<Q extends QuestionName>(question: Q, params: QuestionParams<Q> | undefined): UseQueryResult<Answer<Q>, Error> {
  return useFollowed<Answer<Q>>({
    question: params && { key: ['answer', question, params], question, params },
    fetch: (signal) => {
      // One call stands for all routes: that these parameters belong to this question is known from the types above.
      const query = params as QuestionParams<'totals'>;
      const reply = api.GET(QUESTION_PATHS[question] as '/api/v1/totals', { params: { query }, signal });
      return answered(reply as unknown as Promise<{ data?: Answer<Q>; error?: unknown; response: Response }>);
    },
    placeholderData: keepPreviousData,
  });
}
