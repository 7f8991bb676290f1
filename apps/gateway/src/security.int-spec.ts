import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { makeKey, makePerson, PASSWORD } from './access/access.fixture.js';
import { ADMIN_KEY, addressesOf, EventStore, pageView, RunningGateway } from './gateway.fixture.js';

/** What only project demo has; it must never be in an answer to a key of project self. */
const SECRET = 'only-for-demo';
/** Neither a stack, nor a path of the program, nor SQL, nor a hash. */
const INSIDE = /\n\s+at |node_modules|\.ts:\d|\.js:\d|select .+ from|insert into|argon2|(?=\d*[a-f])[0-9a-f]{64}/i;

type Who = 'nobody' | 'demo' | 'self' | 'selfAdmin' | 'admin' | 'viewer' | 'page';
type Case = [what: string, who: Who, request: string, status: number, more?: { headers?: Record<string, string>; body?: string | Buffer }];

const json = (body: unknown) => ({ headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) });
const sent = (type: string, body: string) => ({ headers: { 'content-type': type }, body });
const project = (extra: object) => json({ id: 'spare', name: 'Spare', ...extra });
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const bomb = { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: gzipSync(`{"name":"${'x'.repeat(10_000_000)}"}`) };
const longAgo = 'from=2016-01-01T00:00:00Z&to=2026-01-01T00:00:00Z';
const V1 = '/api/v1';

const OBJECT_LEVEL: Case[] = [
  ["another project's id in the query", 'self', `GET ${V1}/events/recent?project=demo`, 403],
  ['two ids', 'self', `GET ${V1}/events/recent?project=self&project=demo`, 403],
  ['two ids in brackets', 'self', `GET ${V1}/events/recent?project[]=self&project[]=demo`, 400],
  ['an empty id', 'self', `GET ${V1}/events/recent?project=`, 403],
  ['an id with NUL', 'self', `GET ${V1}/events/recent?project=demo%00`, 403],
  ['another id in the path', 'selfAdmin', `GET ${V1}/projects/demo/keys`, 403],
  ['another id in the path, encoded', 'selfAdmin', `GET ${V1}/projects/%64emo/keys`, 403],
  ['another id by way of the own', 'selfAdmin', `GET ${V1}/projects/self%2f..%2fdemo/keys`, 403],
  ['another id in the body', 'selfAdmin', `POST ${V1}/projects/self/keys`, 400, json({ scope: 'read', name: 'x', project: 'demo' })],
  ["another project's key", 'selfAdmin', `DELETE ${V1}/projects/demo/keys/a1`, 403],
  ["another project's key under the own", 'selfAdmin', `DELETE ${V1}/projects/self/keys/a1`, 404],
  ['a dead letter of another project', 'self', `GET ${V1}/dead-letters/1`, 404],
  ['dead letters of all', 'self', `GET ${V1}/dead-letters?project=demo`, 403],
  ['a cursor into those of another project', 'self', `GET ${V1}/dead-letters?before=999`, 200],
  ['the whole system', 'self', `GET ${V1}/pipeline?project=self`, 403],
];

const AUTHENTICATION: Case[] = [
  ['nothing', 'nobody', `GET ${V1}/metrics/summary`, 401],
  ['a key in the address', 'nobody', `GET ${V1}/metrics/summary?key=${ADMIN_KEY}`, 401],
  ['a key in the address, otherwise', 'nobody', `GET ${V1}/metrics/summary?access_token=${ADMIN_KEY}`, 401],
  ['an empty key', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { authorization: 'Bearer ' } }],
  ['a key of another kind', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { authorization: `Basic ${ADMIN_KEY}` } }],
  ['two keys', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { authorization: `Bearer x ${ADMIN_KEY}` } }],
  ['a long key', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { authorization: `Bearer ${'a'.repeat(10_000)}` } }],
  ['a key beyond all headers', 'nobody', `GET ${V1}/metrics/summary`, 431, { headers: { authorization: `Bearer ${'a'.repeat(20_000)}` } }],
  ['a hash as a key', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { authorization: `Bearer ${'0'.repeat(64)}` } }],
  ['SQL as a key', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { authorization: `Bearer '/**/or/**/1=1--` } }],
  ['a made-up session', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { cookie: 'analytics_session=st_x' } }],
  ['a broken cookie', 'nobody', `GET ${V1}/metrics/summary`, 401, { headers: { cookie: 'analytics_session=%ff%00; ;=;analytics_session' } }],
  ['a wrong password', 'nobody', `POST ${V1}/session`, 401, json({ email: 'viewer@example.com', password: 'x' })],
  ['a list of passwords', 'nobody', `POST ${V1}/session`, 400, json({ email: 'viewer@example.com', password: ['x', PASSWORD] })],
  ['operators instead of a password', 'nobody', `POST ${V1}/session`, 400, json({ email: { $ne: '' }, password: { $ne: '' } })],
  ['SQL as an e-mail address', 'nobody', `POST ${V1}/session`, 400, json({ email: `' or 1=1--`, password: 'x' })],
  ['an endless password', 'nobody', `POST ${V1}/session`, 400, json({ email: 'viewer@example.com', password: 'x'.repeat(5000) })],
];

const PROPERTY_LEVEL: Case[] = [
  ['a field that the server sets', 'admin', `POST ${V1}/projects`, 400, project({ createdAt: '2020-01-01' })],
  ['projectId', 'admin', `POST ${V1}/projects`, 400, project({ projectId: 'demo' })],
  ['receivedAt', 'admin', `GET ${V1}/events/recent?receivedAt=2020-01-01T00:00:00Z`, 400],
  ['__proto__', 'admin', `POST ${V1}/projects`, 400, json('{"id":"spare","name":"Spare","__proto__":{"role":"admin"}}')],
  ['__proto__ with a plain value', 'admin', `POST ${V1}/projects`, 400, json('{"id":"spare","name":"Spare","__proto__":1}')],
  ['constructor.prototype', 'admin', `POST ${V1}/projects`, 400, json('{"id":"spare","name":"x","constructor":{"prototype":{"a":1}}}')],
  ['toJSON', 'admin', `POST ${V1}/projects`, 400, project({ toJSON: 'x' })],
  ['hasOwnProperty', 'admin', `POST ${V1}/projects`, 400, project({ hasOwnProperty: 'x' })],
  ['a thousand unknown fields', 'admin', `POST ${V1}/projects`, 400, project(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`a${i}`, 1])))],
  ['ten thousand unknown fields', 'admin', `POST ${V1}/projects`, 413, project(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`a${i}`, 1])))],
  ['depth 5,000 in a field', 'admin', `POST ${V1}/projects`, 400, json(`{"id":"spare","name":${nested(5000)}}`)],
  ['depth 10,000', 'admin', `POST ${V1}/projects`, 413, json(nested(10_000))],
  ['a role for oneself', 'viewer', `POST ${V1}/session/password`, 400, json({ currentPassword: PASSWORD, newPassword: 'x'.repeat(20), role: 'admin' })],
  ['a password hash', 'admin', `POST ${V1}/people`, 400, json({ email: 'x@example.com', name: 'x', role: 'admin', passwordHash: 'x' })],
  ['a project id with NUL in the path', 'admin', `GET ${V1}/projects/a%00b/keys`, 404],
  ['a name of control characters', 'admin', `POST ${V1}/projects`, 400, json({ id: 'spare', name: 'a\u001b[31mb\n' })],
];

const RESOURCES: Case[] = [
  ['a body of 10 MB', 'admin', `POST ${V1}/projects`, 413, json(`{"name":"${'x'.repeat(10_000_000)}"}`)],
  ['a body that unpacks to 10 MB', 'admin', `POST ${V1}/projects`, 413, bomb],
  ['a body that is no JSON', 'admin', `POST ${V1}/projects`, 400, json('{"id":')],
  ['a list', 'admin', `POST ${V1}/projects`, 400, json([])],
  ['a text', 'admin', `POST ${V1}/projects`, 400, json('"x"')],
  ['null', 'admin', `POST ${V1}/projects`, 400, json('null')],
  ['a form', 'admin', `POST ${V1}/projects`, 415, sent('application/x-www-form-urlencoded', 'id=spare&name=x')],
  ['JSON under another name', 'admin', `POST ${V1}/projects`, 415, sent('text/plain', '{"id":"spare","name":"x"}')],
  ['another encoding', 'admin', `POST ${V1}/projects`, 415, { headers: { 'content-type': 'application/json', 'content-encoding': 'x' }, body: '{}' }],
  ['another character set', 'admin', `POST ${V1}/projects`, 415, sent('application/json; charset=ebcdic', '{}')],
  ['a body where none is taken', 'admin', `GET ${V1}/projects`, 200, json('{"a":1}')],
  ['milliseconds over ten years', 'admin', `GET ${V1}/metrics/timeseries?granularity=1ms&${longAgo}`, 400],
  ['ten seconds over ten years', 'admin', `GET ${V1}/metrics/timeseries?granularity=10s&${longAgo}`, 400],
  ...['1e9', '-1', 'NaN', 'Infinity', '9'.repeat(400)].map((limit): Case => [`limit ${limit.slice(0, 9)}`, 'admin', `GET ${V1}/events/recent?limit=${limit}`, 400]),
  ['a thousand parameters', 'admin', `GET ${V1}/projects?${'a=1&'.repeat(1000)}`, 200],
  ['an address of 20 KB', 'admin', `GET ${V1}/projects?${'a'.repeat(20_000)}`, 431],
];

const ADMINISTRATION = [
  ...['POST projects', 'PATCH projects/demo', 'GET projects/demo/keys', 'POST projects/demo/keys', 'DELETE projects/demo/keys/a1'],
  ...['GET people', 'POST people', 'PATCH people/1', 'GET keys', 'POST keys', 'DELETE keys/a1'],
  ...['POST dead-letters/1/replay', 'POST dead-letters/1/discard'],
];
const FUNCTION_LEVEL: Case[] = [
  ...ADMINISTRATION.flatMap((route): Case[] => {
    const [method, path] = route.split(' ');
    return (['viewer', 'demo'] as const).map((who) => [route, who, `${method} ${V1}/${path}`, 403]);
  }),
  ['another method by a header', 'viewer', `POST ${V1}/session/password`, 415, { headers: { 'x-http-method-override': 'DELETE' } }],
  ['another method by the query', 'admin', `GET ${V1}/projects?_method=POST`, 200],
  ['TRACE', 'admin', `TRACE ${V1}/projects`, 404],
  ['PUT', 'admin', `PUT ${V1}/projects`, 404],
  ['HEAD without a key', 'nobody', `HEAD ${V1}/projects`, 401],
  ['HEAD by another project', 'self', `HEAD ${V1}/metrics/summary?project=demo`, 403],
  ['OPTIONS', 'nobody', `OPTIONS ${V1}/projects`, 204],
  ['a slash at the end', 'nobody', `GET ${V1}/projects/`, 401],
  ['capital letters', 'nobody', `GET /API/V1/PEOPLE`, 401],
  ['dots', 'nobody', `GET ${V1}/config/../people`, 404],
  ['encoded dots', 'nobody', `GET ${V1}/config/%2e%2e/people`, 404],
  ['two slashes', 'nobody', `GET /${V1}/people`, 404],
  ['encoded letters', 'nobody', `GET ${V1}/p%65ople`, 404],
  ['an absolute address', 'nobody', `GET http://evil.example${V1}/people`, 401],
];

const CONFIGURATION: Case[] = [
  ['documentation', 'nobody', 'GET /api/docs', 401],
  ['documentation, otherwise', 'nobody', 'GET /API/Docs/', 401],
  ['documentation as YAML', 'nobody', 'GET /api/docs-yaml', 401],
  ['the OpenAPI document', 'nobody', 'GET /api/openapi.json', 401],
  ['the AsyncAPI document', 'nobody', 'GET /api/asyncapi.json', 401],
  ['the OpenAPI document with a key', 'demo', 'GET /api/openapi.json', 200],
  ['metrics', 'nobody', 'GET /metrics', 401],
  ['metrics by a key of one project', 'demo', 'GET /metrics', 403],
  ['metrics by a person', 'viewer', 'GET /metrics', 200],
  ['source maps', 'nobody', 'GET /assets/index.js.map', 401],
  ['scripts', 'nobody', 'GET /assets/index.js', 200],
  ['health', 'nobody', 'GET /health', 200],
  ['readiness', 'nobody', 'GET /ready', 200],
  ...['/.env', '/.git/config', '/api/v0/projects', '/api/v2/projects', '/package.json', '/..%2f..%2fpackage.json', '/assets/..%2findex.html%00']
    .map((path): Case => [`the path ${path}`, 'nobody', `GET ${path}`, 404]),
  ['a change by a page of Origin null', 'page', `DELETE ${V1}/session`, 403, { headers: { origin: 'null' } }],
  ['a change by a page of a look-alike', 'page', `DELETE ${V1}/session`, 403, { headers: { origin: 'http://localhost.evil.example' } }],
  ['a change by a page that shows no origin', 'page', `DELETE ${V1}/session`, 403, { headers: { 'sec-fetch-site': 'cross-site' } }],
];

const SQL: Case[] = [
  ['groupBy=type;drop table events', 400, 'metrics/timeseries?groupBy=type;drop%20table%20events'],
  ["props->>'a'", 400, `metrics/top?dimension=props-%3E%3E'a'`],
  ['pg_sleep', 400, 'metrics/timeseries?eventType=pg_sleep(10)'],
  ['constructor as a dimension', 400, 'metrics/top?dimension=constructor'],
  ['__proto__ as a dimension', 400, 'metrics/top?dimension=__proto__'],
  ['hasOwnProperty as a granularity', 400, 'metrics/timeseries?granularity=hasOwnProperty'],
  ['a time zone with quotes', 400, `metrics/timeseries?from=2026-01-01T00:00:00'%20or%20'1'='1`],
  ['a reason with a quote', 200, `dead-letters?reason=x'%20or%20'1'='1`],
  ['a reason with a wildcard', 200, 'dead-letters?reason=%25'],
].map(([what, status, path]): Case => [`${what}`, 'admin', `GET ${V1}/${path}`, Number(status)]);

describe('bad input', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let dist: string;
  let credentials: Record<Who, Record<string, string>>;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    dist = mkdtempSync(join(tmpdir(), 'dashboard-'));
    mkdirSync(join(dist, 'assets'));
    for (const name of ['index.html', 'assets/index.js', 'assets/index.js.map']) writeFileSync(join(dist, name), '');
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    await store.store([pageView({ user_id: SECRET })], [{ reason: SECRET, payload: Buffer.from(SECRET), projectId: 'demo' }]);
    gateway = await RunningGateway.start({ ...addressesOf(database, redisUrl), DASHBOARD_DIST: dist, PUBLIC_DOCS: 'false' });
    await makePerson(gateway, 'viewer@example.com', 'viewer');
    const bearer = async (project: string, scope: 'read' | 'admin') => ({ authorization: `Bearer ${(await makeKey(gateway, project, scope)).key}` });
    const person = { ...(await gateway.signIn('viewer@example.com', PASSWORD)) };
    credentials = {
      nobody: {},
      demo: await bearer('demo', 'read'),
      self: await bearer('self', 'read'),
      selfAdmin: await bearer('self', 'admin'),
      admin: { authorization: `Bearer ${ADMIN_KEY}` },
      viewer: person,
      page: person,
    };
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
    rmSync(dist, { recursive: true });
  });

  /** As it is written: fetch would mend the address and refuse some methods. */
  function ask(who: Who, request: string, { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {}) {
    const [method, path] = [request.slice(0, request.indexOf(' ')), request.slice(request.indexOf(' ') + 1)];
    const { hostname, port } = new URL(gateway.url);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sending = httpRequest({ hostname, port, method, path, headers: { ...credentials[who], ...headers, ...length } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sending.setTimeout(10_000, () => sending.destroy(new Error('there was no answer within 10 s')));
      sending.on('error', reject);
      sending.end(body);
    });
  }

  describe.each([
    ['of objects of others', OBJECT_LEVEL],
    ['of who one is', AUTHENTICATION],
    ['of fields', PROPERTY_LEVEL],
    ['of great size', RESOURCES],
    ['of what one may do', FUNCTION_LEVEL],
    ['of what is not meant to be seen', CONFIGURATION],
    ['of SQL', SQL],
  ])('%s', (_, cases) => {
    // Rest parameters: for a named one that a row lacks Jest hands in its callback, and waits for it.
    it.each(cases)('%s, by %s: %s is answered %d, and nothing of the inside', async (...[, who, request, status, more]: Case) => {
      const answer = await ask(who, request, more);
      expect({ status: answer.status, text: answer.text.slice(0, 300) }).toEqual({ status, text: expect.any(String) });
      if (status >= 400) expect(answer.text).not.toMatch(INSIDE);
      if (who === 'self' || who === 'selfAdmin') expect(answer.text).not.toContain(SECRET);
    });
  });

  it('with NUL in a header is refused before it reaches the program', async () => {
    const { hostname, port } = new URL(gateway.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const message = `GET ${V1}/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a\u0000b\r\n\r\n`;
      const socket = connect(Number(port), hostname, () => socket.write(message));
      socket.once('data', (chunk) => resolve(chunk.toString()));
      socket.once('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('has changed nothing', async () => {
    expect((await gateway.json<{ id: string }[]>(`${V1}/projects`)).body.map(({ id }) => id)).toEqual(['demo', 'self']);
    expect((await gateway.json<{ email: string }[]>(`${V1}/people`)).body).toHaveLength(1);
    expect((await gateway.ask(`${V1}/session`, { as: { cookie: credentials.viewer['cookie']! } })).status).toBe(200);
  });
});
