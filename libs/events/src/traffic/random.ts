const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Four digits. A table of all of them would not fit into a processor's nearest cache. */
const hex16 = (value: number): string => HEX[value >>> 8] + HEX[value & 0xff];

/**
 * Seeded randomness: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, passes PractRand; period at least 2^32),
 * seeded through cyrb128 as in https://github.com/bryc/code/blob/master/jshash/PRNGs.md (public domain).
 * `Math.random` cannot be seeded, and the same seed has to give the same events in Node and in every browser.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any text; equal texts give equal sequences */
  constructor(seed: string) {
    [this.#a, this.#b, this.#c] = cyrb96(seed);
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** A whole number from 0 up to 2^32, exclusive. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number from 0 up to 1, exclusive. */
  unit(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** A whole number from 0 up to `limit`, exclusive. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Exponentially distributed with mean 1: the gap between the arrivals of a Poisson process of rate 1. */
  exponential(): number {
    return -Math.log(1 - this.unit());
  }

  /** Log-normally distributed: half of the values are below `median`; `sigma` is the spread of the logarithm. */
  logNormal(median: number, sigma: number): number {
    const normal = Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.unit());
    return median * Math.exp(sigma * normal);
  }

  /** A UUID of version 4. */
  uuidV4(): string {
    const first = this.uint32();
    return `${hex16(first >>> 16)}${hex16(first & 0xffff)}-${hex16(this.uint32() >>> 16)}-${this.#tail(0x4000)}`;
  }

  /** A UUID of version 7 (RFC 9562, section 5.7) of that millisecond, so that ids sort by time. */
  uuidV7(atMs: number): string {
    const high = Math.floor(atMs / 65_536);
    return `${hex16((high >>> 16) & 0xffff)}${hex16(high & 0xffff)}-${hex16(atMs % 65_536)}-${this.#tail(0x7000)}`;
  }

  #tail(version: number): string {
    const middle = this.uint32();
    const last = this.uint32();
    const node = this.uint32();
    const variant = 0x8000 | ((middle >>> 12) & 0x3fff);
    return `${hex16(version | (middle & 0x0fff))}-${hex16(variant)}-${hex16(last >>> 16)}${hex16(last & 0xffff)}${hex16(node >>> 16)}`;
  }
}

/** A choice among items by weight; weights need not add up to 1. */
export class WeightedChoice<T> {
  readonly #items: readonly T[];
  readonly #upTo: number[] = [];
  readonly #total: number;

  constructor(weighted: readonly (readonly [item: T, weight: number])[]) {
    let total = 0;
    for (const [, weight] of weighted) this.#upTo.push((total += weight));
    this.#items = weighted.map(([item]) => item);
    this.#total = total;
  }

  pick(random: Random): T {
    const at = random.unit() * this.#total;
    let index = 0;
    while (this.#upTo[index] <= at) index++;
    return this.#items[index];
  }
}

function cyrb96(text: string): [number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    h1 = h2 ^ Math.imul(h1 ^ code, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ code, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ code, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ code, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1];
}
