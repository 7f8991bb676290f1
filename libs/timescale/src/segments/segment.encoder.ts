import { QUARTER_MS } from '../compaction/stretch.js';
import { ByteDictionary } from './byte-dictionary.js';
import type { CopiedRow } from './copy-rows.js';
import { encodeColumn, encodeNumbers } from './segment-column.js';

/** So many events are in a segment at most: a code takes two bytes. */
const MOST_EVENTS = 65_535;
const POSTGRES_EPOCH_US = Date.UTC(2000, 0, 1) * 1000;
const QUARTER_US = QUARTER_MS * 1000;
const TWO_TO_32 = 2 ** 32;

/** Events of a quarter of an hour, in the order of (time, event_id), column by column. */
export interface EncodedSegment {
  /** Start of the quarter, µs since 1970. */
  quarter: number;
  /** The segments of a quarter follow each other, from 0 on. */
  part: number;
  events: number;
  /** Of each event the µs since the start of the quarter. */
  times: Buffer;
  columns: Buffer[];
}

/** Makes segments of rows whose first field is their time and whose others are values. */
export class SegmentEncoder {
  /** Those that are full, or whose quarter is over. */
  readonly segments: EncodedSegment[] = [];
  private readonly dictionaries: ByteDictionary[];
  private readonly codes: Uint16Array[];
  private readonly times = new Uint32Array(MOST_EVENTS);
  private quarter = NaN;
  private part = 0;
  private events = 0;

  constructor(private readonly columns: number) {
    this.dictionaries = Array.from({ length: columns }, () => new ByteDictionary());
    this.codes = Array.from({ length: columns }, () => new Uint16Array(MOST_EVENTS));
  }

  /** Rows come in the order of (time, event_id). */
  add({ bytes, starts, lengths }: CopiedRow): void {
    const time = bytes.readInt32BE(starts[0]!) * TWO_TO_32 + bytes.readUInt32BE(starts[0]! + 4) + POSTGRES_EPOCH_US;
    if (!(time - this.quarter < QUARTER_US)) this.begin(time);
    else if (this.events === MOST_EVENTS) this.finish();
    this.times[this.events] = time - this.quarter;
    for (let column = 0; column < this.columns; column++) {
      const start = starts[column + 1]!;
      const length = lengths[column + 1]!;
      this.codes[column]![this.events] = length < 0 ? 0 : this.dictionaries[column]!.codeOf(bytes, start, start + length);
    }
    this.events++;
  }

  /** The last segment is complete, too. */
  end(): EncodedSegment[] {
    this.finish();
    return this.segments;
  }

  private begin(time: number): void {
    this.finish();
    this.quarter = Math.floor(time / QUARTER_US) * QUARTER_US;
    this.part = 0;
  }

  private finish(): void {
    const { quarter, part, events } = this;
    if (events === 0) return;
    const columns = this.dictionaries.map((dictionary, column) => encodeColumn(dictionary, this.codes[column]!.subarray(0, events)));
    this.segments.push({ quarter, part, events, times: encodeNumbers(this.times.subarray(0, events)), columns });
    for (const dictionary of this.dictionaries) dictionary.clear();
    this.part++;
    this.events = 0;
  }
}
