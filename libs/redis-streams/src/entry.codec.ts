import { isUtf8 } from 'node:buffer';
import type { PackCodec } from './pack.codec.js';

/** The version of the entry's layout, in field `v`. */
export const ENTRY_VERSION = '1';

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
}

/** One field of an entry as Redis holds it. */
export type RawField = [name: Buffer, value: Buffer];

export type DecodedEntry =
  | { readonly ok: true; readonly header: EntryHeader; readonly items: unknown[] }
  /** `header` is there when only the body is bad: its sequence then still counts. */
  | { readonly ok: false; readonly reason: string; readonly header?: EntryHeader };

type Parsed = { ok: true; header: EntryHeader; body: Buffer } | { ok: false; reason: string };

/** The field list of an XADD. */
export const encodeEntry = (header: EntryHeader, body: string): string[] => [
  ...['v', ENTRY_VERSION, 'e', header.pattern, 'p', header.producer],
  ...['q', String(header.sequence), 'n', String(header.count), 'c', String(header.cumulative)],
  ...['t', String(header.handedOverAt), 'b', body],
];

/** Reads an entry that anyone may have written: nothing is trusted, and what is wrong is named. */
export function decodeEntry(fields: readonly RawField[], codec: PackCodec): DecodedEntry {
  const parsed = parseHeader(fields);
  if (!parsed.ok) return parsed;
  const { header, body } = parsed;
  if (!isUtf8(body)) return { ok: false, header, reason: 'field b (body) is not UTF-8' };
  try {
    const items = codec.decodePack(body.toString('utf8'));
    if (items.length === header.count) return { ok: true, header, items };
    return { ok: false, header, reason: `field n (count) says ${header.count}, but the body holds ${items.length} items` };
  } catch (error) {
    return { ok: false, header, reason: `field b (body) cannot be decoded: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function parseHeader(fields: readonly RawField[]): Parsed {
  const values = new Map(fields.map(([name, value]) => [name.toString('utf8'), value]));
  const text = (name: string): string | undefined => values.get(name)?.toString('utf8');
  const version = text('v');
  if (version === undefined) return { ok: false, reason: 'not an entry of this transport: field v (version) is missing' };
  if (version !== ENTRY_VERSION) return { ok: false, reason: `field v (version) is ${quote(version)}; this reader knows ${ENTRY_VERSION}` };
  const pattern = text('e');
  const producer = text('p');
  const body = values.get('b');
  if (!pattern) return { ok: false, reason: 'field e (pattern) is missing or empty' };
  if (!producer) return { ok: false, reason: 'field p (producer) is missing or empty' };
  if (!body) return { ok: false, reason: 'field b (body) is missing' };
  const wrong = Object.keys(WHOLE_NUMBERS).find((name) => !isWhole(text(name), WHOLE_NUMBERS[name]));
  if (wrong !== undefined)
    return { ok: false, reason: `field ${wrong} is ${quote(text(wrong))}; expected a whole number from ${WHOLE_NUMBERS[wrong]}` };
  const [sequence, count, cumulative, handedOverAt] = ['q', 'n', 'c', 't'].map((name) => Number(text(name)));
  if (cumulative < count) return { ok: false, reason: `field c (cumulative count) is ${cumulative}, less than field n (${count})` };
  return { ok: true, header: { pattern, producer, sequence, count, cumulative, handedOverAt }, body };
}

/** Field → least value. */
const WHOLE_NUMBERS: Record<string, number> = { q: 1, n: 1, c: 1, t: 0 };

const isWhole = (text: string | undefined, least: number): boolean =>
  text !== undefined && /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) >= least;

const quote = (text: string | undefined): string => (text === undefined ? 'missing' : JSON.stringify(text.slice(0, 64)));
