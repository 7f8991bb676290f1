import { isUtf8 } from 'node:buffer';
import { expandBody, type EntryBody } from './entry-body.js';
import type { PackCodec } from './pack.codec.js';
import { messageOf } from './redis-connection.js';

/** Versions of the entry's layout, in field `v`: with the body as the codec wrote it, and compressed. */
const PLAIN = '1';
const COMPRESSED = '2';

/** What an entry says of itself, beside its body. */
export interface EntryHeader {
  /** Field `e`: the pattern its handler is registered for. */
  readonly pattern: string;
  /** Field `p`: who sent it; one id per start of a producer process. */
  readonly producer: string;
  /** Field `q`: 1, 2, 3 … per producer and partition. The same number always names the same pack. */
  readonly sequence: number;
  /** Field `n`: items in this pack. */
  readonly count: number;
  /** Field `c`: items this producer has put into this partition, this pack included. */
  readonly cumulative: number;
  /** Field `t`: when the first item was handed to the client, ms since 1970, by the producer's clock. */
  readonly handedOverAt: number;
  /** Field `k`: items per tally key, as JSON pairs; absent when the client counts nothing. */
  readonly tally: ReadonlyMap<string, number>;
}

/** One field of an entry as Redis holds it. */
export type RawField = [name: Buffer, value: Buffer];

export type ReadHeader =
  { readonly ok: true; readonly header: EntryHeader; readonly body: EntryBody } | { readonly ok: false; readonly reason: string };
export type ReadBody = { readonly ok: true; readonly items: unknown[] } | { readonly ok: false; readonly reason: string };

/** The field list of an XADD. */
export const encodeEntry = (header: EntryHeader, body: EntryBody): (string | Buffer)[] => [
  ...['v', body.compressed ? COMPRESSED : PLAIN, 'e', header.pattern, 'p', header.producer],
  ...['q', String(header.sequence), 'n', String(header.count), 'c', String(header.cumulative)],
  ...['t', String(header.handedOverAt)],
  // Pairs and not an object, because a key may be `__proto__`.
  ...(header.tally.size > 0 ? ['k', JSON.stringify([...header.tally])] : []),
  'b',
  body.bytes,
];

/** The items of a body that anyone may have written. */
export function readBody({ count }: EntryHeader, body: EntryBody, codec: PackCodec): ReadBody {
  try {
    const bytes = expandBody(body);
    if (!isUtf8(bytes)) return { ok: false, reason: 'field b (body) is not UTF-8' };
    const items = codec.decodePack(bytes, count);
    if (items.length === count) return { ok: true, items };
    return { ok: false, reason: `field n (count) says ${count}, but the body holds ${items.length} items` };
  } catch (error) {
    return { ok: false, reason: `field b (body) cannot be decoded: ${messageOf(error)}` };
  }
}

/** Reads an entry that anyone may have written, without decoding its body: nothing is trusted, and what is wrong is named. */
export function readHeader(fields: readonly RawField[]): ReadHeader {
  const values = new Map(fields.map(([name, value]) => [name.toString('utf8'), value]));
  const text = (name: string): string | undefined => values.get(name)?.toString('utf8');
  const version = text('v');
  if (version === undefined) return { ok: false, reason: 'not an entry of this transport: field v (version) is missing' };
  if (version !== PLAIN && version !== COMPRESSED)
    return { ok: false, reason: `field v (version) is ${quote(version)}; this reader knows ${PLAIN} and ${COMPRESSED}` };
  const pattern = text('e');
  const producer = text('p');
  const bytes = values.get('b');
  if (!pattern) return { ok: false, reason: 'field e (pattern) is missing or empty' };
  if (!producer) return { ok: false, reason: 'field p (producer) is missing or empty' };
  if (!bytes) return { ok: false, reason: 'field b (body) is missing' };
  const wrong = Object.keys(WHOLE_NUMBERS).find((name) => !isWhole(text(name), WHOLE_NUMBERS[name]));
  if (wrong !== undefined)
    return { ok: false, reason: `field ${wrong} is ${quote(text(wrong))}; expected a whole number from ${WHOLE_NUMBERS[wrong]}` };
  const [sequence, count, cumulative, handedOverAt] = ['q', 'n', 'c', 't'].map((name) => Number(text(name)));
  if (cumulative < count) return { ok: false, reason: `field c (cumulative count) is ${cumulative}, less than field n (${count})` };
  const tally = readTally(text('k'), count);
  if (!tally)
    return { ok: false, reason: `field k (tally) is ${quote(text('k'))}; expected pairs [["key",items],…] that sum to ${count}` };
  return { ok: true, header: { pattern, producer, sequence, count, cumulative, handedOverAt, tally }, body: { bytes, compressed: version === COMPRESSED } };
}

const NO_TALLY: ReadonlyMap<string, number> = new Map();

/** @returns undefined when it is none, or does not account for every item. */
function readTally(text: string | undefined, count: number): ReadonlyMap<string, number> | undefined {
  if (text === undefined) return NO_TALLY;
  const tally = parseTally(text);
  if (!tally) return undefined;
  let sum = 0;
  for (const items of tally.values()) sum += items;
  return sum === count ? tally : undefined;
}

/** The counts of a field `k`; undefined when it has another shape. */
export function parseTally(text: string): ReadonlyMap<string, number> | undefined {
  try {
    const pairs: unknown = JSON.parse(text);
    return Array.isArray(pairs) && pairs.every(isCount) ? new Map(pairs) : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (pair: unknown): pair is [string, number] =>
  Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && Number.isSafeInteger(pair[1]) && pair[1] > 0;

/** Field → least value. */
const WHOLE_NUMBERS: Record<string, number> = { q: 1, n: 1, c: 1, t: 0 };

const isWhole = (text: string | undefined, least: number): boolean =>
  text !== undefined && /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) >= least;

const quote = (text: string | undefined): string => (text === undefined ? 'missing' : JSON.stringify(text.slice(0, 64)));
