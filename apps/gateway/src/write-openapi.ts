import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { loadGatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { asyncApiDocument } from './http/asyncapi.js';
import { openApiDocument } from './http/openapi.js';

/** Kept under version control; a spec fails when it is not what the controllers and DTOs say. */
const write = (name: string, document: object): void =>
  writeFileSync(resolve(import.meta.dirname, '..', name), `${JSON.stringify(document, null, 2)}\n`);

// In preview nothing is instantiated, so no address is ever used.
const nowhere = 'postgres://localhost';
const config = loadGatewayConfig({ REDIS_URL: 'redis://localhost', DATABASE_READER_URL: nowhere, DATABASE_ACCESS_URL: nowhere });
const app = await NestFactory.create(GatewayModule.of(config), { preview: true, logger: ['error'] });
const openApi = openApiDocument(app);
write('openapi.json', openApi);
write('asyncapi.json', asyncApiDocument(openApi));
