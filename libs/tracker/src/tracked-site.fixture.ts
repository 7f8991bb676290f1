import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';

/** An event as the collector receives it. */
export interface SentEvent {
  event_id: string;
  timestamp: string;
  event_type: string;
  user_id: string;
  properties: Record<string, unknown>;
}

/** How the collector takes one post: answers, or drops the connection. */
export type Behaviour = (events: SentEvent[]) => { status: number; body?: object; headers?: Record<string, string> } | 'drop';

const accept: Behaviour = (events) => ({ status: 200, body: { rejected: 0, results: events.map(() => ({ status: 'accepted' })) } });

/** The browser that the specs use: `CHROMIUM_PATH`, or the first one of the usual names on the path. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const places = [...new Set([...PATH.split(delimiter), '/usr/bin'])];
  const usual = names.flatMap((name) => places.map((place) => join(place, name)));
  return [...(CHROMIUM_PATH ? [CHROMIUM_PATH] : []), ...usual].find((path) => existsSync(path));
}

/** A tracked site and, on another origin, a collector that serves the built tracker and notes what is posted to it. */
export class TrackedSite {
  /** All posts in the order of their arrival, also those that were not accepted. */
  readonly posts: { events: SentEvent[]; url: string; contentType: string | undefined }[] = [];
  behaviour: Behaviour = accept;
  readonly #script = readFileSync(join(__dirname, '../dist/tracker.js'));
  readonly #collector = createServer((request, response) => void this.#collect(request, response));
  readonly #site = createServer((request, response) => this.#serve(request, response));

  async start(): Promise<void> {
    await Promise.all([listen(this.#collector), listen(this.#site)]);
  }

  async stop(): Promise<void> {
    await Promise.all([close(this.#collector), close(this.#site)]);
  }

  /** Forgets what was posted, and accepts again. */
  reset(): void {
    this.posts.length = 0;
    this.behaviour = accept;
  }

  /** Address of a page; `?user=` becomes data-user, `?twice` puts the script there twice. */
  page(path = '/'): string {
    return `${originOf(this.#site)}${path}`;
  }

  /** Events posted so far, without those sent again. */
  events(type?: string): SentEvent[] {
    const all = new Map(this.posts.flatMap(({ events }) => events).map((event) => [event.event_id, event]));
    return [...all.values()].filter((event) => type === undefined || event.event_type === type);
  }

  async #collect(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-expose-headers', 'retry-after');
    if (request.url === '/tracker.js') return void response.setHeader('content-type', 'text/javascript').end(this.#script);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const events = JSON.parse(Buffer.concat(parts).toString()) as SentEvent[];
    this.posts.push({ events, url: `${request.method} ${request.url}`, contentType: request.headers['content-type'] });
    const answer = this.behaviour(events);
    if (answer === 'drop') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body ?? {}));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.page());
    if (url.pathname === '/api/broken') return void request.socket.destroy();
    if (url.pathname === '/favicon.ico') return void response.writeHead(204).end();
    if (url.pathname.startsWith('/api/')) return void response.writeHead(url.pathname === '/api/missing' ? 404 : 201).end('{"ok":true}');
    const user = url.searchParams.get('user');
    const data = `data-key="wk_test"${user ? ` data-user="${user}"` : ''}`;
    const script = `<script src="${originOf(this.#collector)}/tracker.js" ${data} async crossorigin></script>`;
    response.setHeader('content-type', 'text/html')
      .end(`<!doctype html><title>Shop</title>${script}${url.searchParams.has('twice') ? script : ''}
      <button id="buy" data-track="buy-now"><b>Buy
        now</b></button> <button>Add to  cart</button> <a id="terms" href="#terms">Terms</a> <p>plain text</p>
      <script>document.querySelector('a').addEventListener('click', (event) => event.stopImmediatePropagation())</script>`);
  }
}

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Asks again until the check passes, for at most 10 s; then its last failure is the failure. */
export async function eventually(check: () => void | Promise<void>, deadline = Date.now() + 10_000): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (Date.now() > deadline) throw error;
    await new Promise((resolve) => setTimeout(resolve, 25));
    await eventually(check, deadline);
  }
}
