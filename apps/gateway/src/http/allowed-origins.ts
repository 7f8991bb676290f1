import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;

/** Whose pages may use the API and the live feed: a list, and the gateway's own address by a loopback name. */
export class AllowedOrigins {
  private readonly listed: ReadonlySet<string>;

  constructor(listed: readonly string[]) {
    this.listed = new Set(listed);
  }

  /**
   * Whether this request may open a live feed. CORS does not cover WebSockets, so the Origin header decides. A program sends none;
   * it is let in from this machine. The Host header is not compared with it: whoever points a name of his own at this machine sets both.
   */
  allows({ headers: { origin }, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
    if (origin === undefined) return LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '');
    return this.listed.has(origin) || isOwn(origin, socket.localPort);
  }

  /** Whether a page of this origin may read answers of the API (CORS). Pages of the gateway itself need no permission. */
  lists(origin: string | undefined): boolean {
    return origin !== undefined && this.listed.has(origin);
  }
}

function isOwn(origin: string, localPort: number | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  return LOOPBACK_NAMES.has(hostname) && Number(port || (protocol === 'https:' ? 443 : 80)) === localPort;
}
