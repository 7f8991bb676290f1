import { ByteDictionary } from './byte-dictionary.js';
import { decodeColumn, encodeColumn } from './segment-column.js';

const numbersOf = (dictionary: ByteDictionary, texts: readonly string[]): Uint16Array =>
  Uint16Array.from(texts, (text) => {
    // In the middle of other bytes, as values of a message are.
    const bytes = Buffer.from(`<${text}>`);
    return dictionary.codeOf(bytes, 1, bytes.length - 1);
  });

describe('a dictionary of bytes', () => {
  it('numbers values in the order in which they come, and knows them again', () => {
    const dictionary = new ByteDictionary();
    const texts = Array.from({ length: 20_000 }, (_, index) => (index % 3 === 0 ? `value ${index}` : `${index % 700}`.repeat(1 + (index % 40))));
    const expected = new Map<string, number>();
    for (const text of texts) if (!expected.has(text)) expected.set(text, expected.size + 1);
    expect([...numbersOf(dictionary, texts)]).toEqual(texts.map((text) => expected.get(text)));
    expect(dictionary.size).toBe(expected.size);
    dictionary.clear();
    expect([...numbersOf(dictionary, ['b', '', 'a', 'b', ''])]).toEqual([1, 2, 3, 1, 2]);
    expect(dictionary.content.toString()).toBe(Buffer.from('ba').join(','));
  });

  it.each([0, 1, 255, 256, 3_000])('is kept in a column with the code of each event: %i values', (size) => {
    const values = Array.from({ length: size }, (_, index) => `${index}`.repeat(index % 5));
    const distinct = [...new Set(values)];
    const dictionary = new ByteDictionary();
    const codes = Uint16Array.of(0, ...numbersOf(dictionary, [...values, ...values.toReversed()]), 0);
    // As it is in a message: after an odd number of bytes.
    const encoded = encodeColumn(dictionary, codes);
    const column = decodeColumn(Buffer.concat([Buffer.of(1, 2, 3), encoded]).subarray(3), codes.length);
    expect([...column.codes]).toEqual([...codes]);
    expect(distinct.map((_, index) => column.bytes.toString('utf8', column.startOf(index + 1), column.endOf(index + 1)))).toEqual(distinct);
  });
});
