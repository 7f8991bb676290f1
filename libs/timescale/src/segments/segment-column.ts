import type { ByteDictionary } from './byte-dictionary.js';

/*
 * A column of a segment as it is stored, little-endian: how many values there are (n) and how many bytes a code has (0: all events lack the
 * value), each 4 bytes; where each value ends, n × 4 bytes; the values; the code of each event. Code 0 is "no value", 1 the first value.
 */
const HEAD_BYTES = 8;

/** A column as it is read. */
export interface SegmentColumn {
  /** How many values there are. */
  size: number;
  /** Of each event. */
  codes: Uint8Array | Uint16Array;
  /** Where the value of a code is in `bytes`. */
  startOf(code: number): number;
  endOf(code: number): number;
  bytes: Buffer;
}

export function encodeColumn(dictionary: ByteDictionary, codes: Uint16Array): Buffer {
  const { size, content } = dictionary;
  const width = size === 0 ? 0 : size < 256 ? 1 : 2;
  const encoded = Buffer.allocUnsafe(HEAD_BYTES + 4 * size + content.length + width * codes.length);
  encoded.writeUInt32LE(size, 0);
  encoded.writeUInt32LE(width, 4);
  let at = HEAD_BYTES;
  for (let code = 1; code <= size; code++) at = encoded.writeUInt32LE(dictionary.endOf(code), at);
  encoded.set(content, at);
  at += content.length;
  if (width === 1) for (const code of codes) encoded[at++] = code;
  else if (width === 2) for (const code of codes) at = encoded.writeUInt16LE(code, at);
  return encoded;
}

/** @param stored may be any part of a buffer; it must stay as it is. @param events how many the segment has. */
export function decodeColumn(stored: Buffer, events: number): SegmentColumn {
  const [size, width] = [stored.readUInt32LE(0), stored.readUInt32LE(4)];
  const values = HEAD_BYTES + 4 * size;
  const endOf = (code: number): number => (code === 0 ? values : values + stored.readUInt32LE(HEAD_BYTES + 4 * (code - 1)));
  return { size, codes: codesAt(stored, endOf(size), width, events), startOf: (code) => endOf(code - 1), endOf, bytes: stored };
}

function codesAt(stored: Buffer, at: number, width: number, events: number): Uint8Array | Uint16Array {
  if (width === 0) return new Uint8Array(events);
  if (width === 1) return stored.subarray(at, at + events);
  return new Uint16Array(aligned(stored, at, 2 * events));
}

/** Numbers, 4 bytes each. */
export const decodeNumbers = (stored: Buffer, events: number): Uint32Array => new Uint32Array(aligned(stored, 0, 4 * events));
export const encodeNumbers = (numbers: Uint32Array): Buffer => Buffer.from(numbers.slice().buffer);

/** Numbers of more than a byte must begin at a multiple of their size, which the bytes of a message do not. */
function aligned(stored: Buffer, at: number, bytes: number): ArrayBuffer {
  const copy = new ArrayBuffer(bytes);
  new Uint8Array(copy).set(stored.subarray(at, at + bytes));
  return copy;
}
