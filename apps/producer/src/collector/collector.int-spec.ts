import { gzipSync } from 'node:zlib';
import { parseIngestedEvent } from '@analytics/events';
import { freshRedis } from '@analytics/testing';
import { allowKey, runProducer, streamedEvents, WRITE_KEY, type RunningProducer } from '../testing/running-producer.js';
import type { CollectorAnswer } from './event.collector.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SESSION = '0190b0c0-0000-4000-8000-000000000001';
const pageView = (user: string, properties: object = {}) => ({
  event_type: 'page_view',
  user_id: user,
  properties: { page_url: 'https://shop.example/', session_id: SESSION, viewport_width: 800, viewport_height: 600, ...properties },
});
const custom = (user: string) => ({ event_type: 'signed_up', user_id: user, properties: {} });

let redisUrl: string;
let producer: RunningProducer;

beforeAll(async () => {
  redisUrl = await freshRedis();
  producer = await runProducer(redisUrl, { TRUSTED_COUNTRY_HEADER: 'X-Country' });
});
beforeEach(async () => {
  await freshRedis();
  await allowKey(redisUrl);
});
afterAll(() => producer.close());

async function collect(body: unknown, headers?: Record<string, string>): Promise<CollectorAnswer> {
  const response = await producer.send(body, headers);
  expect(response.status).toBe(200);
  return (await response.json()) as CollectorAnswer;
}

const streamedUsers = async (): Promise<string[]> => (await streamedEvents(redisUrl)).map(({ user_id }) => user_id).sort();

describe('an accepted event', () => {
  it('is in the stream, complete and valid, when the answer with its id arrives', async () => {
    const { results } = await collect(pageView('ada'));
    const [event, ...others] = await streamedEvents(redisUrl);
    expect(others).toEqual([]);
    expect(results).toEqual([{ index: 0, status: 'accepted', event_id: event?.event_id }]);
    expect(event).toMatchObject({ ...pageView('ada'), project_id: 'shop', event_id: expect.stringMatching(UUID_V7) });
    expect(event?.timestamp).toBe(event?.received_at);
    expect(parseIngestedEvent(event).ok).toBe(true);
  });

  it('keeps the id and the time that the client gave it', async () => {
    const given = { ...custom('ada'), event_id: SESSION, timestamp: new Date(Date.now() - 3_600_000).toISOString() };
    await collect(given);
    expect(await streamedEvents(redisUrl)).toMatchObject([given]);
  });

  it('happens now, and says so, when the clock of the client is ahead', async () => {
    await collect({ ...custom('ada'), timestamp: new Date(Date.now() + 3_600_000).toISOString() });
    const [event] = await streamedEvents(redisUrl);
    expect(event).toMatchObject({ clock_adjusted: true, timestamp: event?.received_at });
  });

  it('knows the browser, the system, the device and the country of its sender', async () => {
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
    await collect(custom('ada'), { 'user-agent': userAgent, 'x-country': 'nl' });
    expect(await streamedEvents(redisUrl)).toMatchObject([{ browser: 'Firefox', os: 'Linux', device: 'desktop', country: 'NL' }]);
  });

  it('keeps properties with names such as __proto__ as ordinary data', async () => {
    await collect('{"event_type":"odd","user_id":"ada","properties":{"__proto__":{"a":1},"constructor":2,"toString":3}}');
    const [event] = await streamedEvents(redisUrl);
    expect(JSON.stringify(event?.properties)).toBe('{"__proto__":{"a":1},"constructor":2,"toString":3}');
  });
});

describe('a batch', () => {
  it('has each wrong event refused with its path and reason, while the right ones are in the stream', async () => {
    const answer = await collect([
      pageView('ada'),
      pageView('bob', { viewport_width: '800' }),
      pageView('cyd', { session_id: undefined, referrer: 'javascript:alert(1)' }),
      { ...custom('dan'), project_id: 'other', received_at: '2020-01-01T00:00:00Z' },
      { ...custom('eve'), timestamp: '2020-01-01T00:00:00Z' },
      { event_type: 'Signed Up', user_id: '', properties: [] },
      'not an event',
      custom('fay'),
    ]);
    const issues = (index: number): string[] => {
      const result = answer.results[index];
      return result?.status === 'rejected' ? result.issues.map(({ path, message }) => `${path}: ${message}`).sort() : [];
    };
    expect(answer).toMatchObject({ accepted: 2, rejected: 6, failed: 0 });
    expect(answer.results.map(({ index, status }) => `${index} ${status}`)).toEqual(
      ['accepted', ...Array<string>(6).fill('rejected'), 'accepted'].map((status, index) => `${index} ${status}`),
    );
    expect(issues(1)).toEqual([expect.stringMatching(/^properties\.viewport_width: .*number/)]);
    expect(issues(2)).toEqual([
      expect.stringMatching(/^properties\.referrer: expected an http/),
      expect.stringMatching(/^properties\.session_id: /),
    ]);
    expect(issues(3)).toEqual([
      expect.stringMatching(/^project_id: is not a field/),
      expect.stringMatching(/^received_at: is not a field/),
    ]);
    expect(issues(4)).toEqual(['timestamp: is older than the 90 days that are kept']);
    expect(issues(5)).toEqual([
      expect.stringMatching(/^event_type: /),
      expect.stringMatching(/^properties: expected a JSON object/),
      expect.stringMatching(/^user_id: /),
    ]);
    expect(issues(6)).toEqual([expect.stringMatching(/^\(root\): .*object/)]);
    expect(await streamedUsers()).toEqual(['ada', 'fay']);
  });

  it('may be NDJSON; a line that is not JSON is refused alone', async () => {
    const lines = [JSON.stringify(custom('ada')), '{"event_type":', JSON.stringify(custom('bob'))].join('\n');
    const answer = await collect(lines, { 'content-type': 'application/x-ndjson' });
    expect(answer).toMatchObject({ accepted: 2, rejected: 1, results: [{}, { index: 1, issues: [{ path: '(line 2)' }] }, {}] });
    expect(await streamedUsers()).toEqual(['ada', 'bob']);
  });

  it('may be gzipped', async () => {
    expect(await collect(gzipSync(JSON.stringify([custom('ada')])), { 'content-encoding': 'gzip' })).toMatchObject({ accepted: 1 });
    expect(await streamedUsers()).toEqual(['ada']);
  });

  it('keeps the order of the events of one user', async () => {
    await collect(Array.from({ length: 1000 }, (_, n) => ({ ...custom('ada'), properties: { n } })));
    expect((await streamedEvents(redisUrl)).map(({ properties }) => properties['n'])).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  });

  it('that is empty is answered with nothing', async () =>
    expect(await collect([])).toEqual({ accepted: 0, rejected: 0, failed: 0, results: [] }));
});

describe('a beacon', () => {
  it('is taken with its key in the address, as plain text', async () => {
    const response = await fetch(`${producer.url}/v1/events?key=${WRITE_KEY}`, { method: 'POST', body: JSON.stringify([custom('ada')]) });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({ accepted: 1 });
    expect(await streamedUsers()).toEqual(['ada']);
  });
});

describe('a refusal', () => {
  const big = JSON.stringify([{ ...custom('ada'), properties: { text: 'x'.repeat(1_100_000) } }]);
  const gzip = { 'content-encoding': 'gzip' };

  it.each([
    ['an empty body', '', {}, 400, 'the body is empty'],
    ['no JSON', 'hello', {}, 400, 'begins with "h"'],
    ['broken JSON', '[{"a":1}', {}, 400, 'position 8'],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400, 'not valid UTF-8'],
    ['broken gzip', 'hello', gzip, 400, 'not valid gzip'],
    ['gzip that is cut off', gzipSync('[{"a":1}]').subarray(0, 15), gzip, 400, 'not valid gzip'],
    ['another encoding', 'hello', { 'content-encoding': 'br' }, 415, '"br" is not taken'],
    ['more than 1 MB', big, {}, 413, 'larger than 1048576 bytes'],
    ['more than 1 MB after inflation', gzipSync(Buffer.alloc(50_000_000)), gzip, 413, 'larger than 1048576 bytes after inflation'],
    ['more than 1,000 events', `[${Array<string>(1001).fill('{}').join(',')}]`, {}, 413, 'at most 1000 are taken'],
  ])('of %s says what is wrong', async (_, body, headers, status, message) => {
    const response = await producer.send(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ statusCode: status, error: expect.any(String), message: [expect.stringContaining(message)] });
    expect(await streamedEvents(redisUrl)).toEqual([]);
  });

  it('of a body without a length comes as soon as it is too large', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(65_536));
    let sent = 0;
    const body = new ReadableStream({ pull: (stream) => (sent++ < 40 ? stream.enqueue(chunk) : stream.close()) });
    const headers = { authorization: `Bearer ${WRITE_KEY}` };
    const response = await fetch(`${producer.url}/v1/events`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
  });

  it.each([
    ['no key', {}, ''],
    ['an unknown key', { authorization: 'Bearer wk_other' }, ''],
    ['an unknown key in the address', {}, '?key=wk_other'],
    ['two keys in the address', {}, `?key=${WRITE_KEY}&key=${WRITE_KEY}`],
    ['another scheme', { authorization: `Basic ${WRITE_KEY}` }, ''],
    ['a wrong header, whatever the address says', { authorization: 'Bearer wk_other' }, `?key=${WRITE_KEY}`],
    ['an endless key', { authorization: `Bearer ${'k'.repeat(8000)}` }, ''],
    ['a NUL in the key', {}, '?key=%00'],
    ['an empty key', {}, '?key='],
  ])('of %s is 401 and says how to authenticate', async (_, headers, query) => {
    const body = JSON.stringify(custom('ada'));
    const response = await fetch(`${producer.url}/v1/events${query}`, { method: 'POST', body, headers: headers as Record<string, string> });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await response.json()).toMatchObject({ message: [expect.stringContaining('Authorization: Bearer <write key>')] });
    expect(await streamedEvents(redisUrl)).toEqual([]);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('of %s is 405 and names the way', async (method) => {
    const response = await fetch(`${producer.url}/v1/events`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect(await response.json()).toMatchObject({ message: [expect.stringContaining('send events with POST')] });
  });
});

describe('a browser', () => {
  const preflight = (path: string, method: string): Promise<Response> =>
    fetch(`${producer.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      },
    });

  it('of any origin may send events, and asks only once in two hours', async () => {
    const { status, headers } = await preflight('/v1/events', 'POST');
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-max-age': '7200',
    });
  });

  it('of another origin may not steer the traffic or read the metrics', async () => {
    const read = fetch(`${producer.url}/v1/traffic`, { headers: { origin: 'https://shop.example' } });
    const answers = await Promise.all([preflight('/v1/traffic', 'PATCH'), preflight('/metrics', 'GET'), read]);
    expect(answers.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([null, null, null]);
  });
});
