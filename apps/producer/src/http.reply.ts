import { STATUS_CODES, type ServerResponse } from 'node:http';

/** An answer as a value: the status, what goes out as JSON, and headers beyond the usual. */
export interface HttpReply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** A refusal, in the shape that the gateway's errors have too. `message` says what is wrong and what to do. */
export const problem = (status: number, message: string, headers?: Record<string, string>): HttpReply => ({
  status,
  body: { statusCode: status, error: STATUS_CODES[status] ?? 'Error', message: [message] },
  headers,
});

/** Writes the reply. Node's own methods: Express's `json` would also compute an ETag, which no client of a POST can use. */
export function sendReply(res: ServerResponse, { status, body, headers }: HttpReply): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  res.end(text);
}
