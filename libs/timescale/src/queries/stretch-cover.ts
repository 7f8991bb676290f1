import { NEW_WIDTHS, QUARTER_MS, SHORTEST, SHORTEST_MS, STRETCH_MINUTES, stretchStart, widthMs, type StretchMinutes } from '../compaction/stretch.js';
import type { TimeRange } from './time-range.js';

/** Whole stretches of one width, one after the other. */
export interface StretchRun extends TimeRange {
  minutes: StretchMinutes;
}

/** How a range is put together: each instant of it belongs to a run of compacted stretches or to a rest, to be read from the events. */
export interface Cover {
  runs: StretchRun[];
  rests: TimeRange[];
}

/** What is compacted of a project. */
export interface Compacted {
  /** Stretches before this are, ms; undefined: none. */
  through: number | undefined;
  /** The shortest and the longest only from this time on, ms. */
  shortestFrom: number;
  /** … but for these quarters, ms. */
  stale: ReadonlySet<number>;
  /** … and these stretches, which keep no counts of the field in question; see {@link nameOfStretch}. */
  notKept: ReadonlySet<string>;
}

export const nameOfStretch = (minutes: number, start: number): string => `${minutes} ${start}`;

const LARGEST_FIRST = STRETCH_MINUTES.toReversed();

/**
 * Covers a range by the largest stretches that are compacted, not stale, and do not reach over an edge.
 * @param edges ms, ascending: where the range begins, where cells of the answer part, where it ends.
 */
export function coverRange(edges: readonly number[], compacted: Compacted): Cover {
  const cover: Cover = { runs: [], rests: [] };
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1]!;
    const start = stretchStart(from + SHORTEST_MS - 1, SHORTEST);
    const end = Math.min(stretchStart(to, SHORTEST), stretchStart(Math.max(compacted.through ?? 0, 0), SHORTEST));
    if (end <= start) {
      addRest(cover, from, to);
      continue;
    }
    addRest(cover, from, start);
    for (let at = start; at < end; ) {
      const minutes = LARGEST_FIRST.find((each) => stretchStart(at, each) === at && at + widthMs(each) <= end && isReadable(compacted, at, each));
      if (minutes === undefined) addRest(cover, at, at + SHORTEST_MS);
      else addRun(cover, at, minutes);
      at += minutes === undefined ? SHORTEST_MS : widthMs(minutes);
    }
    addRest(cover, end, to);
  }
  return cover;
}

function isReadable({ stale, notKept, shortestFrom }: Compacted, start: number, minutes: StretchMinutes): boolean {
  if (start < shortestFrom && NEW_WIDTHS.includes(minutes)) return false;
  if (notKept.size > 0 && notKept.has(nameOfStretch(minutes, start))) return false;
  if (stale.size === 0) return true;
  for (let quarter = stretchStart(start, 15); quarter < start + widthMs(minutes); quarter += QUARTER_MS) if (stale.has(quarter)) return false;
  return true;
}

function addRest({ rests }: Cover, from: number, to: number): void {
  if (from >= to) return;
  const last = rests.at(-1);
  if (last?.to.getTime() === from) last.to = new Date(to);
  else rests.push({ from: new Date(from), to: new Date(to) });
}

function addRun({ runs }: Cover, from: number, minutes: StretchMinutes): void {
  const to = new Date(from + widthMs(minutes));
  const last = runs.at(-1);
  if (last?.minutes === minutes && last.to.getTime() === from) last.to = to;
  else runs.push({ minutes, from: new Date(from), to });
}
