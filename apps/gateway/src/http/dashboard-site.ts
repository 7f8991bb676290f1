import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import type { NextFunction, Request, Response } from 'express';

/** Paths of the gateway itself; everything else may be a page of the dashboard. */
const RESERVED = /^\/(api|health|ready|metrics|socket\.io)(\/|$)/;

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Real-Time Analytics</title>
<body style="font: 16px/1.5 system-ui; margin: 4rem auto; max-width: 40rem; padding: 0 1rem">
<h1>The dashboard is not built</h1><p>Build it with <code>npx nx build dashboard</code> and load this page again,
or run its dev server with <code>npx nx serve dashboard</code> and open <a href="http://localhost:4200">localhost:4200</a>.</p>
<p>The API works: <a href="/api/docs">its documentation</a>.</p></body></html>`;

/**
 * Serves the built dashboard. Files with a hash in their name are kept by browsers for a year, the page itself is asked for every time;
 * a navigation to a page that only the dashboard's router knows gets the page. What is text goes compressed to who takes it so.
 * @param dist folder of the build; it may come into being later.
 */
export function serveDashboard(app: NestExpressApplication, dist: string): void {
  const assets = join(dist, 'assets') + sep;
  // Files only: how long a compressed answer is would tell of what stands beside a text that a stranger chose.
  app.use(compression({ filter: (request, response) => !RESERVED.test(request.path) && compression.filter(request, response) }));
  app.useStaticAssets(dist, {
    index: false,
    setHeaders: (response: Response, path: string) =>
      response.setHeader('cache-control', path.startsWith(assets) ? 'public, max-age=31536000, immutable' : 'no-cache'),
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (!isNavigation(request)) return next();
    const page = join(dist, 'index.html');
    response.setHeader('cache-control', 'no-cache');
    if (existsSync(page)) response.sendFile(page);
    else response.type('html').send(NOT_BUILT);
  });
}

const isNavigation = ({ method, path, headers }: Request): boolean =>
  (method === 'GET' || method === 'HEAD') && !RESERVED.test(path) && (path === '/' || (headers.accept ?? '').includes('text/html'));
