import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import type { OpenAPIObject } from '@nestjs/swagger';
import { freePort, freshRedis } from '@analytics/testing';
import { addressesOf, RunningGateway } from '../gateway.fixture.js';

const ROUTES = [
  '/api/v1/metrics/summary',
  '/api/v1/metrics/realtime',
  '/api/v1/metrics/hourly',
  '/api/v1/metrics/timeseries',
  '/api/v1/metrics/top',
  '/api/v1/totals',
  '/api/v1/timeseries',
  '/api/v1/breakdown',
  '/api/v1/heatmap',
  '/api/v1/events/recent',
  '/api/v1/events',
  '/api/v1/events/{id}',
  '/api/v1/users/{id}',
  '/api/v1/values',
  '/api/v1/export',
  '/api/v1/funnel',
  '/api/v1/retention',
  '/api/v1/paths',
  '/api/v1/pipeline',
  '/api/v1/ledger',
  '/api/v1/dead-letters',
  '/api/v1/dead-letters/{id}',
  '/api/v1/projects',
  '/api/v1/config',
];

describe('OpenAPI document', () => {
  let gateway: RunningGateway;
  let document: OpenAPIObject;

  beforeAll(async () => {
    const nobody = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    const nowhere = { readerUrl: nobody, accessUrl: nobody };
    gateway = await RunningGateway.start({
      ...addressesOf(nowhere, await freshRedis()),
    });
    document = (await gateway.json<OpenAPIObject>('/api/openapi.json')).body;
  });
  afterAll(() => gateway?.close());

  it('is the committed openapi.json; if not, run `npx nx run gateway:openapi`', () => {
    const committed: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8'));
    expect(document).toEqual(committed);
  });

  it('has a sister for the live feed, which is the committed asyncapi.json and valid AsyncAPI 3; if not, run `npx nx run gateway:openapi`', async () => {
    const served = (await gateway.json<object>('/api/asyncapi.json')).body;
    expect(served).toEqual(JSON.parse(readFileSync(join(import.meta.dirname, '../../asyncapi.json'), 'utf8')));
    const schema = JSON.parse(readFileSync(require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    validate(served);
    expect(validate.errors).toBeNull();
  });

  it('is what the types of the dashboard\'s client are made of; if not, run `npx nx run gateway:openapi`', async () => {
    const root = join(import.meta.dirname, '../../../..');
    const cli = join(root, 'node_modules/openapi-typescript/bin/cli.js');
    // Not synchronously: on a busy machine the server would meanwhile end connections that the next fetch still takes for open.
    const made = await promisify(execFile)(process.execPath, [cli, 'apps/gateway/openapi.json'], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    expect(made.stdout.trimEnd()).toBe(readFileSync(join(root, 'apps/dashboard/src/api/gateway-api.ts'), 'utf8').trimEnd());
  });

  it('describes every route with a summary, an answer and each way to fail', () => {
    for (const route of ROUTES) {
      const operation = document.paths[route]?.get;
      expect({ route, summary: operation?.summary }).toEqual({ route, summary: expect.stringMatching(/^[A-Z]/) });
      const takesQuery = !/projects|config/.test(route);
      expect(Object.keys(operation!.responses)).toEqual(expect.arrayContaining(takesQuery ? ['200', '400', '404', '503'] : ['200', '503']));
    }
  });

  it('describes what can be done about dead letters', () => {
    for (const action of ['replay', 'discard']) {
      const operation = document.paths[`/api/v1/dead-letters/{id}/${action}`]?.post;
      expect(Object.keys(operation!.responses)).toEqual(expect.arrayContaining(['200', '400', '403', '404', '503']));
    }
  });

  it('is shown by Swagger UI under a policy that needs no inline script', async () => {
    const page = await gateway.get('/api/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    for (const [, source] of page.text.matchAll(/<script src="([^"]+)"/g)) {
      expect((await gateway.get(new URL(source!, `${gateway.url}/api/docs`).pathname)).status).toBe(200);
    }
  });
});
