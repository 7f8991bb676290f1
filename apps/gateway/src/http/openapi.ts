import { UnauthorizedException, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { NOT_SIGNED_IN } from '../access/access.guard.js';
import { AccessModule } from '../access/access.module.js';
import type { Caller } from '../access/caller.js';
import { Identification } from '../access/identification.service.js';
import { GatewayModule } from '../gateway.module.js';
import { serveAsyncApi } from './asyncapi.js';

/** The description of the REST API, made from the controllers and DTOs. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle('Real-Time Analytics API')
    .setDescription(
      'Answers are read from what was stored, never from what is on its way. ' +
        'The same questions can be followed live over Socket.io; its messages are described by `/api/asyncapi.json`.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addCookieAuth('analytics_session', { type: 'apiKey', description: 'Set by POST /api/v1/session; for people and their browsers' }, 'session')
    .addBearerAuth({ type: 'http', description: 'A key of scope read or admin (ak_…), for programs; or the token of a shared link (vk_…)' }, 'key')
    .build();
  // Health and metrics are for operators, not part of what is promised to clients.
  return SwaggerModule.createDocument(app, info, { include: [GatewayModule, AccessModule] });
}

/** Swagger UI at `/api/docs`, the documents at `/api/openapi.json` and `/api/asyncapi.json`. */
export function serveOpenApi(app: INestApplication): void {
  const document = openApiDocument(app);
  serveAsyncApi(app, document);
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Real-Time Analytics API',
  });
}

const DOCS = /^\/api\/(docs|openapi|asyncapi)|\.map$/i;

/** Lets only who is signed in, or has a key, see documentation and source maps. They are served beside the routes, so no guard stands before them. */
export function closeDocs(app: INestApplication): void {
  const identification = app.get(Identification);
  app.use((request: Request, _response: Response, next: NextFunction) => {
    if (!DOCS.test(request.path)) return next();
    const decide = (caller: Caller | null) => next(caller && caller.kind !== 'link' ? undefined : new UnauthorizedException([NOT_SIGNED_IN]));
    identification.ofRequest(request).then(decide, next);
  });
}
