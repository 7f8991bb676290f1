import createClient from 'openapi-fetch';
import type { ProblemDto } from '@analytics/dto';
import type { paths } from './gateway-api.js';
import { sharedToken } from './shared-link.js';

/** The gateway refused a question, or could not be reached. The message is a sentence for the reader. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  /** @param status of the answer; `undefined`: there was none. */
  constructor(
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const NOT_SIGNED_IN = 401;
const ANSWER_WITHIN_MS = 15_000;
const UNREACHABLE = 'The gateway cannot be reached. Check that it is running.';
let tellSignedOut = (): void => undefined;

/** Called whenever the gateway answers that nobody is signed in. There is one listener, the application. */
export function whenSignedOut(listener: () => void): void {
  tellSignedOut = listener;
}

/** A gateway that is silent for 15 s counts as unreachable. In a tab with a shared link that asks, and not the person who is signed in. */
async function ask(request: Request): Promise<Response> {
  const token = sharedToken();
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) });
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new GatewayError(UNREACHABLE, undefined, { cause });
  }
}

/** The gateway's API, see {@link answered}. Its types are generated from `openapi.json`: a route that changes there does not compile here. */
export const api = createClient<paths>({ baseUrl: globalThis.location?.origin, fetch: ask });

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * What the API answers. Whether a change was made whose answer is missing is not known, so it must be safe to repeat.
 * @throws GatewayError with a readable reason.
 */
export async function answered<T>(reply: Promise<Reply<T>>): Promise<T> {
  const { data, error, response } = await reply;
  if (response.status === NOT_SIGNED_IN) tellSignedOut();
  if (!response.ok) throw new GatewayError(reasonOf(error) ?? `The gateway answered with status ${response.status}.`, response.status);
  return data as T;
}

/** Undefined where it is not the gateway's own answer: a proxy's page, for example. */
function reasonOf(error: unknown): string | undefined {
  const { detail } = (typeof error === 'object' && error !== null ? error : {}) as Partial<ProblemDto>;
  return typeof detail === 'string' && detail !== '' ? detail : undefined;
}

export const projectsQuery = {
  queryKey: ['projects'],
  queryFn: ({ signal }: { signal: AbortSignal }) => answered(api.GET('/api/v1/projects', { signal })),
  staleTime: 60_000,
};

export const configQuery = {
  queryKey: ['config'],
  queryFn: ({ signal }: { signal: AbortSignal }) => answered(api.GET('/api/v1/config', { signal })),
  staleTime: Infinity,
};
