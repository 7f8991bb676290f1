import { parseClientEvent, PROPERTY_BOUNDS } from './index.js';

const issuesOf = (properties: unknown): unknown => {
  const result = parseClientEvent({ event_type: 'custom', user_id: 'u', properties });
  return result.ok ? [] : result.issues;
};
const nested = (levels: number): Record<string, unknown> => (levels === 1 ? { leaf: 1 } : { inner: nested(levels - 1) });
const withKeys = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
/** Properties that are exactly so many bytes as JSON. */
const ofBytes = (bytes: number, filler = 'x'): Record<string, unknown> => {
  const room = bytes - '{"text":""}'.length;
  const width = new TextEncoder().encode(filler).length;
  return { text: filler.repeat(Math.floor(room / width)) + 'x'.repeat(room % width) };
};

describe('the bounds of properties', () => {
  it('takes 64 keys and refuses 65, saying how many', () => {
    expect(issuesOf(withKeys(PROPERTY_BOUNDS.keys))).toEqual([]);
    expect(issuesOf(withKeys(65))).toEqual([{ path: 'properties', message: 'has 65 keys; at most 64 are taken' }]);
  });

  it('takes 8 levels and refuses 9, naming the place', () => {
    expect(issuesOf(nested(PROPERTY_BOUNDS.depth))).toEqual([]);
    const path = `properties${'.inner'.repeat(8)}`;
    expect(issuesOf(nested(9))).toEqual([{ path, message: 'is nested deeper than 8 levels' }]);
  });

  it('counts arrays as levels', () => {
    expect(issuesOf({ list: [[[[[[[1]]]]]]] })).toEqual([]);
    expect(issuesOf({ list: [[[[[[[[1]]]]]]]] })).toMatchObject([{ path: 'properties.list[0][0][0][0][0][0][0]' }]);
  });

  it.each(['x', 'ü', '€', '🙂', '"', '\n', '\u0001'])('takes 32 KiB and not a byte more, also of %p', (filler) => {
    const escaped = JSON.stringify(filler).slice(1, -1);
    const room = PROPERTY_BOUNDS.bytes - '{"text":""}'.length;
    const width = new TextEncoder().encode(escaped).length;
    const full = filler.repeat(Math.floor(room / width)) + 'x'.repeat(room % width);
    expect(issuesOf({ text: full })).toEqual([]);
    expect(issuesOf({ text: `${full}x` })).toEqual([{ path: 'properties', message: 'is 32769 bytes as JSON; at most 32768 are taken' }]);
  });

  it('counts keys, numbers and nested values in the 32 KiB', () => {
    const rest = ofBytes(30_000).text;
    expect(issuesOf({ rest, numbers: Array.from({ length: 500 }, () => 1) })).toEqual([]);
    expect(issuesOf({ rest, numbers: Array.from({ length: 500 }, () => -1.2345678901234567e-100) })).toMatchObject([
      { path: 'properties' },
    ]);
    expect(issuesOf({ rest, ['k'.repeat(3000)]: null })).toMatchObject([{ path: 'properties' }]);
  });

  it.each([
    ['a NUL character', 'a\u0000b', 'NUL character'],
    ['a lone high surrogate', 'a\ud83d', 'half of a surrogate pair'],
    ['a lone low surrogate', '\ude42b', 'half of a surrogate pair'],
    ['surrogates in the wrong order', '\ude42\ud83d', 'half of a surrogate pair'],
  ])('refuses %s in a value, in a nested value and in a key, naming the place', (_, text, reason) => {
    expect(issuesOf({ text })).toEqual([{ path: 'properties.text', message: expect.stringContaining(reason) }]);
    expect(issuesOf({ list: [1, { deep: text }] })).toEqual([
      { path: 'properties.list[1].deep', message: expect.stringContaining(reason) },
    ]);
    expect(issuesOf({ outer: { [text]: 1 } })).toEqual([{ path: 'properties.outer.(key)', message: expect.stringContaining(reason) }]);
  });

  it('takes whole surrogate pairs and any other character', () => {
    expect(issuesOf({ text: '🙂 \u0001 \uffff ü \u2028', '🙂': '\u{10ffff}' })).toEqual([]);
  });

  it('refuses numbers that JSON cannot express', () => {
    expect(issuesOf({ list: [Infinity] })).toEqual([{ path: 'properties.list[0]', message: 'is not a finite number' }]);
    expect(issuesOf({ ratio: NaN })).toMatchObject([{ path: 'properties.ratio' }]);
  });
});
