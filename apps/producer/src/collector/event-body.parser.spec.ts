import { MAX_EVENTS, parseEventBody } from './event-body.parser.js';

const values = (body: string): unknown[] => {
  const parsed = parseEventBody(body);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.items.map((item) => (item.ok ? item.value : item.issues));
};

describe('the body of a request', () => {
  it.each([
    ['one event', '{"a":1}', [{ a: 1 }]],
    ['one event over several lines', '\n{\n  "a": 1\n}\n', [{ a: 1 }]],
    ['an array', ' [{"a":1},{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['an array with things that are no events', '[1,null,"x"]', [1, null, 'x']],
    ['an empty array', '[]', []],
    ['NDJSON', '{"a":1}\n{"b":2}\n', [{ a: 1 }, { b: 2 }]],
    ['NDJSON with Windows line ends and blank lines', '{"a":1}\r\n\r\n{"b":2}\r\n', [{ a: 1 }, { b: 2 }]],
  ])('may be %s', (_, body, expected) => expect(values(body)).toEqual(expected));

  it('may have a bad line among good ones, which is an item with the number of its line', () => {
    const [first, bad, last] = values('{"a":1}\n\n{oops}\n{"b":2}') as [unknown, { path: string; message: string }[], unknown];
    expect([first, last]).toEqual([{ a: 1 }, { b: 2 }]);
    expect(bad).toEqual([{ path: '(line 3)', message: expect.stringMatching(/^is not valid JSON: .*position 1/) }]);
  });

  it('keeps a key named __proto__ as data', () => {
    const [value] = values('{"properties":{"__proto__":{"admin":true}}}') as [{ properties: object }];
    expect(Object.keys(value.properties)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'is empty'],
    ['white space', ' \n ', 'is empty'],
    ['text', 'hello', 'begins with "h"'],
    ['a form', 'event_type=x', 'begins with "e"'],
    ['an array that is cut off', '[{"a":1},', 'not valid JSON'],
    ['an object that is cut off', '{"a":', 'neither valid JSON nor NDJSON'],
    ['an array with a fault on its third line', '[\n{},\n{"a" 1}]', '(line 3, column 6)'],
    ['lines of which none is JSON', '{oops}\n{oops}', 'neither valid JSON nor NDJSON'],
  ])('is refused with 400 and the reason when it is %s', (_, body, reason) =>
    expect(parseEventBody(body)).toEqual({ ok: false, status: 400, message: expect.stringContaining(reason) }),
  );

  it.each([
    ['an array', `[${Array(MAX_EVENTS + 1).fill('{}').join(',')}]`],
    ['lines', `${'{}\n'.repeat(MAX_EVENTS + 1)}`],
  ])('is refused with 413 and the limit when %s holds one event too many', (_, body) => {
    const message = `the body holds ${MAX_EVENTS + 1} events; at most ${MAX_EVENTS} are taken in one request, so send it in parts`;
    expect(parseEventBody(body)).toEqual({ ok: false, status: 413, message });
  });

  it('is taken with exactly as many events as are allowed', () => expect(values('{}\n'.repeat(MAX_EVENTS))).toHaveLength(MAX_EVENTS));

  it('may be nested very deeply without harm: whether an event is too deep is for its validation to say', () =>
    expect(values(`[${'['.repeat(200_000)}${']'.repeat(200_000)}]`)).toHaveLength(1));
});
