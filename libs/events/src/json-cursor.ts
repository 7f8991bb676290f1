import type { PackBody } from './pack.codec.js';
import { TextCache } from './text-cache.js';

export const code = (character: string): number => character.charCodeAt(0);
export const codes = (text: string): number[] => Array.from(text, code);

const [QUOTE, BACKSLASH, COLON, MINUS, POINT, ZERO, DASH] = [code('"'), code('\\'), code(':'), code('-'), code('.'), code('0'), code('-')];
const BLANK = code(' ');
/** Of a text that is written as it is: 1 for the bytes of ASCII that need no escape. A table: this is asked for most of an event's bytes. */
const IS_LETTER = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte >= BLANK && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH));
const ESCAPED = new Set(codes('"\\/bfnrt'));
const LITERALS = [codes('true'), codes('false'), codes('null')];
/** Of a digit in lower case by its code; negative for every other byte. */
const HEX_VALUES = Int8Array.from({ length: 256 }, (_, byte) => '0123456789abcdef'.indexOf(String.fromCharCode(byte)));
/** A number of so many digits is exact without its point, and so is the power of ten that brings the point back. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, power) => 10 ** power);

/** Steps over JSON without blanks, byte by byte. What it does not take is not wrong, but for somebody else to read. */
export class JsonCursor {
  private readonly texts = new TextCache();
  private readonly keyBytes: number[][];
  private readonly places: ReadonlyMap<string, number>;
  /** The name that came next last time, by the one before: what is alike names the same things in the same order. */
  private readonly followers: Uint8Array;
  /** The place of any other name, and of what is before the first. */
  readonly other: number;
  readonly none: number;

  body!: PackBody;
  at = 0;
  /** The byte that `next` gave. */
  last: number | undefined = 0;
  private end = 0;

  /** @param keys names that mean something, at most 250. */
  constructor(keys: readonly string[]) {
    this.keyBytes = keys.map((key) => codes(`"${key}":`));
    this.places = new Map(keys.map((key, place) => [key, place]));
    this.other = keys.length;
    this.none = keys.length + 1;
    this.followers = new Uint8Array(keys.length + 2).fill(this.other);
  }

  /** Begins at `start`; nothing from `end` on belongs to it. */
  reset(body: PackBody, start: number, end: number): void {
    this.body = body;
    this.at = start;
    this.end = end;
  }

  /** Steps over one byte. @returns it. */
  next(): number | undefined {
    return (this.last = this.body[this.at++]);
  }

  peek(): number | undefined {
    return this.body[this.at];
  }

  /** `"name":`. @returns its place among the keys, or `other`; -1 when there is none. */
  takeKey(before: number): number {
    const guess = this.followers[before]!;
    if (guess !== this.other && this.skip(this.keyBytes[guess]!)) return guess;
    const name = this.takeText(Infinity);
    if (name === undefined || this.body[this.at++] !== COLON) return -1;
    const place = this.places.get(name) ?? this.other;
    this.followers[before] = place;
    return place;
  }

  /** @returns a text of ASCII without escapes of at most `most` characters; undefined when it is another, or empty. */
  takeText(most: number): string | undefined {
    const { body } = this;
    const start = this.at + 1;
    if (body[this.at] !== QUOTE) return undefined;
    let at = start;
    while (IS_LETTER[body[at]!] === 1) at++;
    this.at = at + 1;
    return body[at] === QUOTE && at > start && at - start <= most ? this.texts.get(body, start, at) : undefined;
  }

  /** Any text without `\u`. @returns its bytes as they are written, at least its UTF-16 units; -1 when there is none. */
  skipText(): number {
    const { body, end } = this;
    const start = this.at + 1;
    if (body[this.at] !== QUOTE) return -1;
    let at = start;
    for (; at < end && body[at] !== QUOTE; at++) {
      if (body[at]! < BLANK) return -1;
      if (body[at] === BACKSLASH && !ESCAPED.has(body[++at]!)) return -1;
    }
    this.at = at + 1;
    return at < end ? at - start : -1;
  }

  /** A number of at most 15 digits without exponent; NaN when it is another. */
  takeNumber(): number {
    const { body } = this;
    const isNegative = body[this.at] === MINUS;
    const first = isNegative ? this.at + 1 : this.at;
    let at = first;
    let [digits, fraction] = [0, -1];
    for (; ; at++) {
      const digit = body[at]! - ZERO;
      if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
      else if (body[at] === POINT && fraction < 0 && at > first) fraction = at + 1;
      else break;
    }
    const decimals = fraction < 0 ? 0 : at - fraction;
    const count = at - first - (fraction < 0 ? 0 : 1);
    const hasLeadingZero = body[first] === ZERO && count - decimals > 1;
    if (count === 0 || count > MOST_DIGITS || hasLeadingZero || fraction === at || isExponent(body[at])) return NaN;
    this.at = at;
    const value = digits / POWERS[decimals]!;
    return isNegative ? -value : value;
  }

  /** A text, a number as above, true, false or null. */
  skipScalar(): boolean {
    if (this.body[this.at] === QUOTE) return this.skipText() >= 0;
    return !Number.isNaN(this.takeNumber()) || LITERALS.some((literal) => this.skip(literal));
  }

  /** A UUID of version 1 to 8 in lower case. @param into its 16 bytes. */
  takeUuid(into: Uint8Array): boolean {
    const { body } = this;
    let at = this.at;
    if (body[at++] !== QUOTE) return false;
    let faults = 0;
    for (let index = 0; index < 16; index++) {
      if ((index === 4 || index === 6 || index === 8 || index === 10) && body[at++] !== DASH) return false;
      const [high, low] = [HEX_VALUES[body[at]!]!, HEX_VALUES[body[at + 1]!]!];
      faults |= high | low;
      into[index] = (high << 4) | low;
      at += 2;
    }
    if (faults < 0 || body[at] !== QUOTE) return false;
    this.at = at + 1;
    const version = into[6]! >> 4;
    return version >= 1 && version <= 8 && into[8]! >> 6 === 2;
  }

  /** Exactly these bytes. */
  skip(expected: readonly number[]): boolean {
    const { body, at } = this;
    for (let index = 0; index < expected.length; index++) if (body[at + index] !== expected[index]) return false;
    this.at += expected.length;
    return true;
  }
}

const isExponent = (byte: number | undefined): boolean => byte === code('e') || byte === code('E');
