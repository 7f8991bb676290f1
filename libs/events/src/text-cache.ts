import type { PackBody } from './pack.codec.js';

/** Places for texts that came lately: a power of two. */
const PLACES = 1 << 13;
/** Bytes of a place; longer texts are made anew each time. */
const MOST_BYTES = 128;
/** So many bytes of a text, evenly spread, and its last decide on its place. */
const SAMPLES = 8;
const FNV_PRIME = 0x01000193;

/**
 * Texts of bytes that come again and again: pages, names, users. To make a string of bytes costs a call into the runtime and garbage, some
 * 150 ns; to see that it is the one of before costs a fifth of that. One text a place, the latest: what is forgotten is made anew.
 */
export class TextCache {
  private readonly texts: string[] = new Array<string>(PLACES).fill('');
  /** Their bytes, since to compare them with a string's characters costs three times as much. */
  private readonly bytes = new Uint8Array(PLACES * MOST_BYTES);

  /** @param start ASCII from here up to `end`. */
  get(body: PackBody, start: number, end: number): string {
    const length = end - start;
    if (length > MOST_BYTES) return body.toString('utf8', start, end);
    const place = placeOf(body, start, end);
    const { texts, bytes } = this;
    const first = place * MOST_BYTES;
    const kept = texts[place]!;
    if (kept.length === length && isSame(bytes, first, body, start, length)) return kept;
    for (let index = 0; index < length; index++) bytes[first + index] = body[start + index]!;
    return (texts[place] = body.toString('utf8', start, end));
  }
}

/** FNV-1a of the samples. */
function placeOf(body: PackBody, start: number, end: number): number {
  const length = end - start;
  const step = length > SAMPLES ? (length / SAMPLES) | 0 : 1;
  let hash = Math.imul(length ^ body[end - 1]!, FNV_PRIME);
  for (let at = start; at < end; at += step) hash = Math.imul(hash ^ body[at]!, FNV_PRIME);
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}

/** Whether so many bytes are the same in both. */
export function isSame(one: Uint8Array, from: number, body: PackBody, start: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (one[from + index] !== body[start + index]) return false;
  return true;
}
