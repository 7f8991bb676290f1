import helmet from 'helmet';
import type { RequestHandler } from 'express';

/**
 * Headers that keep foreign code and frames out. Scripts come from the gateway and, for tracker.js, from the collector; none is inline.
 * Swagger UI sets inline styles and data: images like the dashboard and needs nothing more, so that one policy serves both.
 * @param collectorUrl where tracker.js comes from and the dashboard's own events go.
 */
export function securityHeaders(collectorUrl: string): RequestHandler {
  const collector = new URL(collectorUrl).origin;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", collector],
        // ws: because older Safari does not count the own host's WebSocket as 'self'.
        connectSrc: ["'self'", 'ws:', collector],
        // uPlot and React set style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // Nothing here is served over TLS; the proxy that does it sets this one.
    strictTransportSecurity: false,
  });
}
