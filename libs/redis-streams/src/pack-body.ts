import type { PackCodec } from './pack.codec.js';

/** A text has at most so many bytes for each of its UTF-16 units. */
const MAX_BYTES_PER_UNIT = 3;
/** Room beyond what is expected, since room for an item is made before its bytes are counted. */
const SPARE_BYTES = 4096;

/**
 * The body of a pack, written as its items come. Texts that wait for Redis would be copied about by the garbage collector (it took a
 * quarter of a busy sender's CPU, two fifths of that for them), and once more to be joined and sent; these bytes are outside of its heap.
 */
export class PackBody {
  private buffer: Buffer;
  private position = 0;
  private finished = false;
  /** Bytes of the items, without what is around them. */
  bytes = 0;
  count = 0;

  /** @param expected about how many bytes there will be. */
  constructor(
    private readonly frame: PackCodec['frame'],
    expected: number,
  ) {
    this.buffer = Buffer.allocUnsafe(expected + SPARE_BYTES);
    this.put(frame.open);
  }

  /** Adds an item's text. @returns its bytes. */
  add(text: string): number {
    if (this.count++ > 0) this.put(this.frame.separator);
    const bytes = this.put(text);
    this.bytes += bytes;
    return bytes;
  }

  /** The whole body. Nothing may be added any more. */
  finish(): Buffer {
    if (!this.finished) this.put(this.frame.close);
    this.finished = true;
    return this.buffer.subarray(0, this.position);
  }

  private put(text: string): number {
    this.reserve(text.length * MAX_BYTES_PER_UNIT);
    const bytes = this.buffer.write(text, this.position);
    this.position += bytes;
    return bytes;
  }

  private reserve(bytes: number): void {
    if (this.position + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.position + bytes, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.position);
    this.buffer = larger;
  }
}

/** Whether a text has more bytes than `most`; nearly always told by its length alone. */
export const isLonger = (text: string, most: number): boolean => text.length * MAX_BYTES_PER_UNIT > most && Buffer.byteLength(text) > most;
