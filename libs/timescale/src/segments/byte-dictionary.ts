import { grownTo } from './typed-arrays.js';

const EMPTY = 0;
const FNV_PRIME = 16_777_619;
/** Another one in each process: who sends values cannot choose ones that meet in the table. */
const SEED = Math.floor(Math.random() * 2 ** 32);

/**
 * Numbers byte strings in the order in which they are first seen, from 1 on; 0 is left for "no value". Bytes are compared as they are, so
 * two values never get one number, and nothing is made of a value that is known: this runs for every value of every event.
 */
export class ByteDictionary {
  /** How many there are. */
  size = 0;
  private bytes = new Uint8Array(1024);
  /** Where the value of each number ends; it begins where the one before ends. */
  private ends = new Uint32Array(64);
  private hashes = new Int32Array(64);
  /** Open addressing with linear steps: a number, or {@link EMPTY}. At most half of them are taken. */
  private slots = new Int32Array(128);

  /** The number of the bytes from `from` to `to`; a new one, if they were not seen before. */
  codeOf(source: Uint8Array, from: number, to: number): number {
    const hash = hashOf(source, from, to);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let code = this.slots[slot]!; code !== EMPTY; code = this.slots[slot]!) {
      if (this.hashes[code] === hash && this.has(code, source, from, to)) return code;
      slot = (slot + 1) & mask;
    }
    return this.add(slot, hash, source, from, to);
  }

  /** Forgets all values. */
  clear(): void {
    this.slots.fill(EMPTY);
    this.size = 0;
  }

  /** Where the value of a number ends in {@link content}. */
  endOf(code: number): number {
    return this.ends[code]!;
  }

  /** All values, one after the other; valid until the next is added. */
  get content(): Uint8Array {
    return this.bytes.subarray(0, this.ends[this.size]);
  }

  /** Bytes of memory it takes. */
  get footprint(): number {
    return this.bytes.length + 4 * (this.ends.length + this.hashes.length + this.slots.length);
  }

  private has(code: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.ends[code - 1]!;
    if (this.ends[code]! - start !== to - from) return false;
    for (let at = from, own = start; at < to; at++, own++) if (this.bytes[own] !== source[at]) return false;
    return true;
  }

  private add(slot: number, hash: number, source: Uint8Array, from: number, to: number): number {
    const code = ++this.size;
    if (code >= this.ends.length) {
      this.ends = grownTo(this.ends, this.ends.length * 2);
      this.hashes = grownTo(this.hashes, this.hashes.length * 2);
    }
    const start = this.ends[code - 1]!;
    const end = start + to - from;
    if (end > this.bytes.length) this.bytes = grownTo(this.bytes, Math.max(end, this.bytes.length * 2));
    for (let at = from, own = start; at < to; at++, own++) this.bytes[own] = source[at]!;
    this.ends[code] = end;
    this.hashes[code] = hash;
    this.slots[slot] = code;
    if (code * 2 > this.slots.length) this.spread();
    return code;
  }

  private spread(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let code = 1; code <= this.size; code++) {
      let slot = this.hashes[code]! & mask;
      while (this.slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.slots[slot] = code;
    }
  }
}

function hashOf(source: Uint8Array, from: number, to: number): number {
  let hash = SEED ^ (to - from);
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ source[at]!, FNV_PRIME);
  return hash ^ (hash >>> 15);
}
