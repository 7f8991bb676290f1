import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { GatewayModule } from '../gateway.module.js';

/** The description of the REST API, made from the controllers and DTOs. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle('Real-Time Analytics API')
    .setDescription(
      'Answers are read from what was stored, never from what is on its way. ' +
        'The same queries can be followed live over Socket.io: emit `subscribe` with `{ id, query, params }`, then listen to `update`.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .build();
  // Health and metrics are for operators, not part of what is promised to clients.
  return SwaggerModule.createDocument(app, info, { include: [GatewayModule] });
}

/** Swagger UI at `/api/docs`, the document at `/api/openapi.json`. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, openApiDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Real-Time Analytics API',
  });
}
