import type { SessionDto } from '@analytics/dto';
import { useQuery, type QueryClient } from '@tanstack/react-query';
import { answered, api, GatewayError } from './gateway-client.js';

/** Who is signed in; `null`: nobody. Asked once, and then kept by what is heard on the way. */
export const sessionQuery = {
  queryKey: ['session'],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<SessionDto | null> => {
    try {
      return await answered(api.GET('/api/v1/session', { signal }));
    } catch (error) {
      if (error instanceof GatewayError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
};

/** Who is signed in, where it is known already; never asks. */
export const useSession = (): SessionDto | null => useQuery({ ...sessionQuery, enabled: false }).data ?? null;

export const useIsAdmin = (): boolean => useSession()?.role === 'admin';

/** Leads to the sign-in page. What is on screen asks for nothing more, since it leaves the screen. */
export const endSession = (client: QueryClient): unknown => client.setQueryData(sessionQuery.queryKey, null);

export const beginSession = (client: QueryClient, session: SessionDto): unknown => client.setQueryData(sessionQuery.queryKey, session);

/** Forgets whatever the one before has seen; for when none of it is on screen any more. */
export const forgetAnswers = (client: QueryClient): void =>
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
