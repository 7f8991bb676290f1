import { compressBody, type EntryBody } from './entry-body.js';
import { encodeEntry, readBody, readHeader, type RawField } from './entry.codec.js';
import { jsonPackCodec } from './pack.codec.js';

const header = {
  ...{ pattern: 'items', producer: 'p1', sequence: 7, count: 2, cumulative: 30, handedOverAt: 1_700_000_000_000 },
  tally: new Map<string, number>(),
};

const plain: EntryBody = { bytes: Buffer.from('[1,{"a":"é"}]'), compressed: false };
const compressed = compressBody(plain.bytes);

function fieldsOf(changes: Record<string, string | Buffer | undefined> = {}, body = plain): RawField[] {
  const flat = encodeEntry(header, body);
  const values = new Map<string, string | Buffer>();
  for (let i = 0; i < flat.length; i += 2) values.set(String(flat[i]), flat[i + 1]);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }
  return [...values].map(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
}

describe('the entry', () => {
  it.each([
    ['as it is', plain],
    ['compressed', compressed],
  ])('comes back as it was sent, with its body %s', (_, body) => {
    const read = readHeader(fieldsOf({}, body));
    expect(read).toMatchObject({ ok: true, header });
    expect(read.ok && readBody(read.header, read.body, jsonPackCodec)).toEqual({ ok: true, items: [1, { a: 'é' }] });
  });

  it('carries its tally, whatever the keys are called', () => {
    const tally = new Map([['__proto__', 1], ['a|"b', 1]]);
    const flat = encodeEntry({ ...header, tally }, plain);
    const fields = Array.from({ length: flat.length / 2 }, (_, i): RawField => [Buffer.from(flat[2 * i]), Buffer.from(flat[2 * i + 1])]);
    expect(readHeader(fields)).toMatchObject({ ok: true, header: { tally } });
  });

  it('may carry fields that this version does not know', () => {
    expect(readHeader(fieldsOf({ x: 'new' })).ok).toBe(true);
  });

  it.each([
    [{ v: undefined }, 'field v (version) is missing'],
    [{ v: '3' }, 'field v (version) is "3"; this reader knows 1 and 2'],
    [{ e: '' }, 'field e (pattern) is missing or empty'],
    [{ p: undefined }, 'field p (producer) is missing or empty'],
    [{ b: undefined }, 'field b (body) is missing'],
    [{ q: '0' }, 'field q is "0"; expected a whole number from 1'],
    [{ q: '9007199254740993' }, 'field q is "9007199254740993"'],
    [{ n: '-1' }, 'field n is "-1"'],
    [{ c: '1.5' }, 'field c is "1.5"'],
    [{ c: '1' }, 'field c (cumulative count) is 1, less than field n (2)'],
    [{ t: 'now' }, 'field t is "now"; expected a whole number from 0'],
    [{ k: '{"a":2}' }, 'field k (tally) is "{\\"a\\":2}"; expected pairs [["key",items],…] that sum to 2'],
    [{ k: '[["a",1]]' }, 'that sum to 2'],
    [{ k: '[["a",3],["b",-1]]' }, 'that sum to 2'],
    [{ k: '[' }, 'that sum to 2'],
  ])('is refused with the field that is wrong: %j', (changes, reason) => {
    expect(readHeader(fieldsOf(changes))).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it.each([
    [{ n: '3' }, 'field n (count) says 3, but the body holds 2 items'],
    [{ b: '{"a":1}' }, 'field b (body) cannot be decoded: the body is not a JSON array'],
    [{ b: '[1' }, 'field b (body) cannot be decoded'],
    [{ v: '2' }, 'field b (body) cannot be decoded: it is no LZ4 block'],
    [{ v: '2', b: '' }, 'field b (body) cannot be decoded: it is no LZ4 block'],
    [{ v: '2', b: compressed.bytes.subarray(0, -3) }, 'field b (body) cannot be decoded'],
    [{ v: '2', b: Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0x7f]), compressed.bytes.subarray(4)]) }, 'at most 67112960'],
    [{ v: '2', b: compressBody(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])).bytes }, 'field b (body) is not UTF-8'],
    [{ b: Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]) }, 'field b (body) is not UTF-8'],
  ])('keeps its sequence when only the body is wrong: %j', (changes, reason) => {
    const read = readHeader(fieldsOf(changes));
    expect(read).toMatchObject({ ok: true, header: { producer: 'p1', sequence: 7 } });
    expect(read.ok && readBody(read.header, read.body, jsonPackCodec)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
