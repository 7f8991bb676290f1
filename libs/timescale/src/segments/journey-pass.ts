import type { Segment } from './segment.js';
import type { SegmentColumnName } from './segment-statements.js';

/** Goes over the segments of a question once. */
export interface JourneyPass<T> {
  /** In which order of time segments must come. */
  readonly order: 'ASC' | 'DESC';
  /** Columns that it reads; one may be named twice. */
  readonly columns: readonly SegmentColumnName[];
  /** Bytes of memory that it takes by now. */
  readonly footprint: number;
  /** Events before and after what the question is about may be among those of the segment. */
  add(segment: Segment): void;
  result(): T;
}
