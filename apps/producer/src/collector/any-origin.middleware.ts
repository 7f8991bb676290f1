import type { NextFunction, Request, Response } from 'express';

/** Browsers ask again after this time, s. More than two hours is cut by Chromium. */
const PREFLIGHT_MAX_AGE_S = 7200;

/** What an answer says to a page of another origin. */
export const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };

/**
 * Lets pages of every origin use a route. For the collector and the tracker only: a write key is public by nature, and no
 * cookie is read. The other routes have no CORS headers, so that a foreign page cannot read or steer this service.
 */
export function allowAnyOrigin(req: Request, res: Response, next: NextFunction): void {
  for (const [name, value] of Object.entries(ANY_ORIGIN)) res.setHeader(name, value);
  if (req.method !== 'OPTIONS') {
    next();
    return;
  }
  res.setHeader('access-control-allow-methods', 'POST, GET');
  res.setHeader('access-control-allow-headers', 'authorization, content-type, content-encoding');
  res.setHeader('access-control-max-age', PREFLIGHT_MAX_AGE_S);
  res.statusCode = 204;
  res.end();
}
