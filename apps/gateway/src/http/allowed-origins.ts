import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whose pages may open a live feed or change anything: a list of origins, and the gateway's own address by a loopback name. */
@Injectable()
export class AllowedOrigins {
  /** Other origins, of CORS_ORIGINS. */
  readonly listed: string[];

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.listed = config.CORS_ORIGINS;
  }

  /**
   * Whether this request may do so. CORS covers neither WebSockets nor a plain POST, so the Origin header decides. A program sends none
   * (what it may do is told by its key); nor does an image of a foreign page, but its browser says that it is cross-site.
   * The Host header is not compared with Origin: whoever points a name of his own at this machine sets both.
   */
  allows({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
    const { origin } = headers;
    if (origin === undefined) return headers['sec-fetch-site'] !== 'cross-site';
    return this.listed.includes(origin) || isOwn(origin, socket.localPort);
  }
}

function isOwn(origin: string, localPort: number | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  return LOOPBACK_NAMES.has(hostname) && Number(port || (protocol === 'https:' ? 443 : 80)) === localPort;
}
