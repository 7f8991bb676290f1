/** What a route answers. */
export interface RestAnswer {
  status: number;
  body: unknown;
}

/** jsdom has no fetch and no Request. The client takes the latter when it is made, so this file is a setup file of Jest's. */
globalThis.Request ??= class {
  readonly method: string;
  readonly signal: AbortSignal;

  constructor(
    readonly url: string,
    { method = 'GET', signal }: RequestInit,
  ) {
    this.method = method;
    this.signal = signal ?? new AbortController().signal;
  }
} as unknown as typeof Request;

/** What REST says is the test's to choose. @param answer is given the path with its query. */
export function answerRest(answer: (method: string, path: string) => Promise<RestAnswer>): void {
  globalThis.fetch = async (asked) => {
    const { method, url } = asked as Request;
    const { status, body } = await answer(method, url.replace(location.origin, ''));
    const text = async (): Promise<string> => JSON.stringify(body);
    return { ok: status === 200, status, headers: new Headers(), text } as Response;
  };
}
