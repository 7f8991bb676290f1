import { FUTURE_TOLERANCE_MS, parseClientEvent, parseIngestedEvent, stampEvent, type ClientEvent } from './index.js';

const SESSION = '6f1a2f0e-93b5-4b53-a3c0-5d1f0c8f7a21';
const ID = '019c13ec-9e07-77bc-b224-4c4c9452986d';
const PAGE = 'https://shop.example/cart';
const VALID = {
  page_view: { page_url: PAGE, referrer: 'https://www.google.com/', session_id: SESSION, viewport_width: 1440, viewport_height: 789 },
  button_click: { button_id: 'pay', button_text: '', page_url: PAGE, session_id: SESSION, click_x: -3, click_y: 0 },
  api_call: { endpoint: '/api/cart', method: 'GET', status_code: 200, duration_ms: 0.1, user_agent: '' },
  error: { error_type: 'TypeError', message: 'x is not a function', page_url: PAGE, browser: 'Firefox', os: 'Linux' },
} as const;
type BuiltIn = keyof typeof VALID;

const event = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  event_id: ID,
  timestamp: '2026-01-31T12:00:00.000Z',
  event_type: 'signed_up',
  user_id: 'user_001',
  properties: {},
  ...change,
});
const builtIn = (type: BuiltIn, change: Record<string, unknown> = {}): Record<string, unknown> =>
  event({ event_type: type, properties: { ...VALID[type], ...change } });
const pathsOf = (input: unknown): string[] => {
  const result = parseClientEvent(input);
  return result.ok ? [] : result.issues.map(({ path }) => path);
};

describe('the envelope', () => {
  it('accepts an event without id and timestamp, for the collector to fill in', () => {
    expect(pathsOf({ event_type: 'signed_up', user_id: 'u', properties: {} })).toEqual([]);
  });

  it('gives back the very event it was given', () => {
    const input = event({ properties: { any: [1, { thing: null }] } });
    expect(parseClientEvent(input)).toEqual({ ok: true, event: input });
  });

  it.each([
    ['event_id', 'not-a-uuid'],
    ['event_id', 7],
    ['timestamp', '2026-01-31T12:00:00'],
    ['timestamp', '2026-01-31'],
    ['timestamp', '2026-02-30T12:00:00Z'],
    ['timestamp', 1769860800000],
    ['event_type', ''],
    ['event_type', 'Signed_Up'],
    ['event_type', '1st'],
    ['event_type', 'a'.repeat(65)],
    ['event_type', 'a b'],
    ['user_id', ''],
    ['user_id', 'u'.repeat(129)],
    ['user_id', 12],
    ['user_id', 'a\u0000b'],
    ['user_id', 'a\ud83d'],
    ['properties', null],
    ['properties', [1]],
    ['properties', 'text'],
  ])('refuses %s = %p and names the field', (field, value) => {
    expect(pathsOf(event({ [field]: value }))).toEqual([field]);
  });

  it.each([
    ['event_type', 'a'.repeat(64)],
    ['event_type', 'constructor'],
    ['user_id', 'u'.repeat(128)],
    ['user_id', '日本 🙂'],
    ['timestamp', '2026-01-31T14:00:00+02:00'],
    ['timestamp', '2024-02-29T23:59:59.123456Z'],
  ])('accepts %s = %p', (field, value) => {
    expect(pathsOf(event({ [field]: value }))).toEqual([]);
  });

  it.each(['event_type', 'user_id', 'properties'])('refuses an event without %s', (field) => {
    const rest = Object.fromEntries(Object.entries(event()).filter(([name]) => name !== field));
    expect(pathsOf(rest)).toEqual([field]);
  });

  it('refuses what only the server may say, and any unknown field, with the remedy', () => {
    const result = parseClientEvent(event({ project_id: 'other', amount: 3 }));
    const message = 'is not a field of an event; your own data belongs in properties';
    expect(result).toEqual({ ok: false, issues: ['project_id', 'amount'].map((path) => ({ path, message })) });
  });

  it('refuses a field named __proto__ beside properties', () => {
    expect(pathsOf(JSON.parse('{"__proto__":{"user_id":"x"},"event_type":"a","user_id":"u","properties":{}}'))).toEqual(['__proto__']);
  });

  it.each([null, undefined, 17, 'text', [[]]])('refuses %p, which is no event', (input) => {
    expect(pathsOf(input)).toEqual(['(root)']);
  });
});

describe('the built-in types', () => {
  const types = Object.keys(VALID) as BuiltIn[];

  it.each(types)('accepts a %s and keeps a property it does not know', (type) => {
    const input = builtIn(type, { experiment: 'b', __unknown: { a: 1 } });
    expect(parseClientEvent(input)).toEqual({ ok: true, event: input });
  });

  it.each(types)('refuses a %s that lacks a property, each by its path', (type) => {
    const optional = ['referrer', 'stack_trace'];
    const expected = Object.keys(VALID[type]).filter((name) => !optional.includes(name));
    expect(pathsOf(event({ event_type: type, properties: {} }))).toEqual(expected.map((name) => `properties.${name}`));
  });

  it.each([
    ['page_view', 'page_url', '/cart'],
    ['page_view', 'page_url', 'javascript:alert(1)'],
    ['page_view', 'page_url', `https://shop.example/${'a'.repeat(2048)}`],
    ['page_view', 'referrer', 'javascript:alert(1)'],
    ['page_view', 'referrer', 'android-app://com.example'],
    ['page_view', 'referrer', ''],
    ['page_view', 'session_id', 'abc'],
    ['page_view', 'viewport_width', 0],
    ['page_view', 'viewport_height', 700.5],
    ['button_click', 'button_id', ''],
    ['button_click', 'button_text', 'a'.repeat(1025)],
    ['button_click', 'click_x', 1.5],
    ['button_click', 'click_y', '10'],
    ['api_call', 'method', 'HEAD'],
    ['api_call', 'status_code', 0],
    ['api_call', 'status_code', 600],
    ['api_call', 'duration_ms', 0],
    ['api_call', 'user_agent', 'a'.repeat(1025)],
    ['error', 'message', ''],
    ['error', 'stack_trace', 'a'.repeat(16_385)],
    ['error', 'page_url', 'file:///etc/passwd'],
    ['error', 'browser', 'a\u0000'],
  ] as const)('refuses a %s whose %s is %p', (type, name, value) => {
    expect(pathsOf(builtIn(type, { [name]: value }))).toEqual([`properties.${name}`]);
  });

  it.each(['constructor', 'tostring', '__proto__', 'valueof'])('looks up no schema in the prototype for the type %s', (type) => {
    expect(pathsOf(event({ event_type: type }))).toEqual(type === '__proto__' ? ['event_type'] : []);
  });
});

describe('the stamp of the server', () => {
  const NOW = Date.UTC(2026, 0, 31, 12);
  const stamp = (change: Partial<ClientEvent>): ReturnType<typeof stampEvent> =>
    stampEvent(
      { event_type: 'a', user_id: 'u', properties: {}, ...change },
      { project_id: 'demo', browser: 'Firefox' },
      {
        now: NOW,
        retentionDays: 30,
        newId: () => ID,
      },
    );
  const at = (offsetMs: number): string => new Date(NOW + offsetMs).toISOString();

  it('fills in id and time, and adds what the server knows', () => {
    const result = stamp({});
    expect(result).toEqual({
      ok: true,
      event: {
        event_id: ID,
        timestamp: at(0),
        event_type: 'a',
        user_id: 'u',
        properties: {},
        project_id: 'demo',
        browser: 'Firefox',
        received_at: at(0),
      },
    });
    expect(result.ok && parseIngestedEvent(result.event).ok).toBe(true);
  });

  it('keeps the id and the time of the client, also late ones within the retention', () => {
    const own = { event_id: '6f1a2f0e-93b5-4b53-a3c0-5d1f0c8f7a21', timestamp: at(-30 * 86_400_000) };
    expect(stamp(own)).toMatchObject({ ok: true, event: own });
  });

  it('refuses what is older than the retention, with the reason', () => {
    const issues = [{ path: 'timestamp', message: 'is older than the 30 days that are kept' }];
    expect(stamp({ timestamp: at(-30 * 86_400_000 - 1) })).toEqual({ ok: false, issues });
  });

  it('takes a clock that is up to a minute ahead', () => {
    const timestamp = at(FUTURE_TOLERANCE_MS);
    const result = stamp({ timestamp });
    expect(result).toMatchObject({ ok: true, event: { timestamp } });
    expect(result.ok && 'clock_adjusted' in result.event).toBe(false);
  });

  it('replaces and flags a time further in the future', () => {
    expect(stamp({ timestamp: at(FUTURE_TOLERANCE_MS + 1) })).toMatchObject({
      ok: true,
      event: { timestamp: at(0), clock_adjusted: true },
    });
  });

  it('refuses in the stream what lacks the stamp', () => {
    const result = parseIngestedEvent(event());
    expect(result.ok ? [] : result.issues.map(({ path }) => path)).toEqual(['project_id', 'received_at']);
  });
});
