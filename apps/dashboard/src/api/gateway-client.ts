import type { DashboardConfigDto, ProblemDto, ProjectDto } from '@analytics/dto';

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
let tellSignedOut = (): void => undefined;

/** Called whenever the gateway answers that nobody is signed in. There is one listener, the application. */
export function whenSignedOut(listener: () => void): void {
  tellSignedOut = listener;
}

const UNREACHABLE = 'The gateway cannot be reached. Check that it is running.';

async function problemOf(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as Partial<ProblemDto>;
    if (typeof problem.detail === 'string' && problem.detail !== '') return problem.detail;
  } catch {
    // Not a body of the gateway's (a proxy's error page, for example): the status says all there is.
  }
  return `The gateway answered with status ${response.status}.`;
}

/**
 * GET /api/v1/<path>. A gateway that is silent for 15 s counts as unreachable.
 * @throws GatewayError with a readable reason.
 */
export function getJson<T>(path: string, params: Record<string, string | number | boolean> = {}, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)])).toString();
  return ask<T>('GET', `${path}${query && `?${query}`}`, signal);
}

/**
 * Changes something at /api/v1/<path>. @returns what it answers, if anything.
 * @throws GatewayError with a readable reason; whether it was done is then not known, so it must be safe to repeat.
 */
export const send = <T = void>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> =>
  ask<T>(method, path, undefined, body);

async function ask<T>(method: string, pathAndQuery: string, signal?: AbortSignal, body?: object): Promise<T> {
  const limit = AbortSignal.timeout(15_000);
  let response: Response;
  try {
    response = await fetch(`/api/v1/${pathAndQuery}`, {
      method,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new GatewayError(UNREACHABLE, undefined, { cause });
  }
  if (response.status === NOT_SIGNED_IN) tellSignedOut();
  if (!response.ok) throw new GatewayError(await problemOf(response), response.status);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const projectsQuery = {
  queryKey: ['projects'],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<ProjectDto[]>('projects', {}, signal),
  staleTime: 60_000,
};

export const configQuery = {
  queryKey: ['config'],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<DashboardConfigDto>('config', {}, signal),
  staleTime: Infinity,
};
