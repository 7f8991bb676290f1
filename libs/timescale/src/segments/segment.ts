import type { ByteDictionary } from './byte-dictionary.js';
import type { SegmentColumn } from './segment-column.js';
import type { SegmentColumnName } from './segment-statements.js';

/** Events of a quarter of an hour, or some of them, in the order of (time, event_id). */
export interface Segment {
  /** µs since 1970. */
  start: number;
  events: number;
  /** Of each event, µs since `start`. */
  times: Uint32Array;
  /** @throws {RangeError} for a column that was not asked for. */
  column(name: SegmentColumnName): SegmentColumn;
}

/** The events that happened from `from` (included) to `to` (excluded), µs since 1970: the first one's place, and that after the last one. */
export function eventsBetween({ start, events, times }: Segment, from: number, to: number): [first: number, end: number] {
  const placeOf = (instant: number): number => {
    if (start >= instant) return 0;
    let [low, high] = [0, events];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (start + times[middle]! < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [placeOf(from), placeOf(to)];
}

/** The numbers of a segment's codes in a dictionary of all segments; a value gets one when it is first asked for. */
export class SharedNumbers {
  private readonly numbers: Uint32Array;

  constructor(
    private readonly column: SegmentColumn,
    private readonly dictionary: ByteDictionary,
  ) {
    this.numbers = new Uint32Array(column.size + 1);
  }

  /** 0 for "no value". */
  of(code: number): number {
    return this.numbers[code] || this.find(code);
  }

  private find(code: number): number {
    if (code === 0) return 0;
    const { column, dictionary } = this;
    return (this.numbers[code] = dictionary.codeOf(column.bytes, column.startOf(code), column.endOf(code)));
  }
}
