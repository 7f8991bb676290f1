import { compressBody, type EntryBody } from './entry-body.js';
import type { PackCodec } from './pack.codec.js';

/** A text has at most so many bytes for each of its UTF-16 units. */
const MAX_BYTES_PER_UNIT = 3;
/** Room beyond what is expected, since room for an item is made before its bytes are counted. */
const SPARE_BYTES = 4096;

/**
 * The body of a pack, written as its items come. Texts that wait for Redis would be copied about by the garbage collector (it took a
 * quarter of a busy sender's CPU, two fifths of that for them), and once more to be joined and sent; these bytes are outside of its heap,
 * and few once it is compressed.
 */
export class PackBody {
  private position = 0;
  private ended?: EntryBody;
  /** Bytes of the items, without what is around them. */
  bytes = 0;
  count = 0;

  /** @param room where it is written; a larger one is made when it is too small. */
  constructor(
    private readonly frame: PackCodec['frame'],
    private room: Buffer,
  ) {
    this.put(frame.open);
  }

  /** @param expected about how many bytes there will be. */
  static roomFor(expected: number): Buffer {
    return Buffer.allocUnsafe(expected + SPARE_BYTES);
  }

  /** Adds an item's text. @returns its bytes. */
  add(text: string): number {
    if (this.count++ > 0) this.put(this.frame.separator);
    const bytes = this.put(text);
    this.bytes += bytes;
    return bytes;
  }

  /**
   * Ends the body; nothing may be added any more.
   * @param compressFrom bytes from which on it is compressed.
   * @returns its room, for another body, unless this one needs it further.
   */
  finish(compressFrom: number): Buffer | undefined {
    this.put(this.frame.close);
    const whole = this.room.subarray(0, this.position);
    if (whole.length < compressFrom) {
      this.ended = { bytes: whole, compressed: false };
      return undefined;
    }
    this.ended = compressBody(whole);
    const { room } = this;
    this.room = this.ended.bytes;
    return room;
  }

  /** What goes into the entry. @throws {Error} before `finish`. */
  get entry(): EntryBody {
    if (!this.ended) throw new Error('the pack is still being filled');
    return this.ended;
  }

  private put(text: string): number {
    this.reserve(text.length * MAX_BYTES_PER_UNIT);
    const bytes = this.room.write(text, this.position);
    this.position += bytes;
    return bytes;
  }

  private reserve(bytes: number): void {
    if (this.position + bytes <= this.room.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.position + bytes, 2 * this.room.length));
    this.room.copy(larger, 0, 0, this.position);
    this.room = larger;
  }
}

/** Whether a text has more bytes than `most`; nearly always told by its length alone. */
export const isLonger = (text: string, most: number): boolean => text.length * MAX_BYTES_PER_UNIT > most && Buffer.byteLength(text) > most;
