/** What a route answers. */
export interface RestAnswer {
  status: number;
  body: unknown;
}

/** jsdom has no fetch and no Request. The client takes the latter when it is made, so this file is a setup file of Jest's. */
globalThis.Request ??= class {
  readonly method: string;
  readonly signal: AbortSignal;
  readonly headers: Headers;
  readonly body: unknown;

  constructor(
    readonly url: string,
    { method = 'GET', signal, headers, body }: RequestInit,
  ) {
    this.method = method;
    this.signal = signal ?? new AbortController().signal;
    this.headers = new Headers(headers);
    this.body = body;
  }
} as unknown as typeof Request;

/** What was sent besides the path. */
export interface RestSent {
  authorization: string | null;
  /** Of JSON; undefined where there is none. */
  body: unknown;
}

/** What REST says is the test's to choose. @param answer is given the path with its query. */
export function answerRest(answer: (method: string, path: string, sent: RestSent) => Promise<RestAnswer>): void {
  globalThis.fetch = async (asked) => {
    const { method, url, headers, body: sent } = asked as unknown as Pick<Request, 'method' | 'url' | 'headers'> & { body?: string };
    const told = { authorization: headers.get('authorization'), body: sent === undefined ? undefined : (JSON.parse(sent) as unknown) };
    const { status, body } = await answer(method, url.replace(location.origin, ''), told);
    const text = async (): Promise<string> => JSON.stringify(body);
    return { ok: status >= 200 && status < 300, status, headers: new Headers(), text } as Response;
  };
}
