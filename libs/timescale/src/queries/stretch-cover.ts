import { QUARTER_MS, STRETCH_MINUTES, stretchStart, widthMs, type StretchMinutes } from '../compaction/stretch.js';
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
  /** Quarters before this are, ms; undefined: none. */
  through: number | undefined;
  /** … but for these, ms. */
  stale: ReadonlySet<number>;
}

const LARGEST_FIRST = STRETCH_MINUTES.toReversed();

/**
 * Covers a range by the largest stretches that are compacted, not stale, and do not reach over an edge.
 * @param edges ms, ascending: where the range begins, where cells of the answer part, where it ends.
 */
export function coverRange(edges: readonly number[], { through = -Infinity, stale }: Compacted): Cover {
  const cover: Cover = { runs: [], rests: [] };
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1]!;
    const start = stretchStart(from + QUARTER_MS - 1, 15);
    const end = Math.min(stretchStart(to, 15), stretchStart(Math.max(through, 0), 15));
    if (end <= start) {
      addRest(cover, from, to);
      continue;
    }
    addRest(cover, from, start);
    for (let at = start; at < end; ) {
      const minutes = LARGEST_FIRST.find((each) => at % widthMs(each) === 0 && at + widthMs(each) <= end && !hasStale(stale, at, each));
      if (minutes === undefined) addRest(cover, at, at + QUARTER_MS);
      else addRun(cover, at, minutes);
      at += minutes === undefined ? QUARTER_MS : widthMs(minutes);
    }
    addRest(cover, end, to);
  }
  return cover;
}

function hasStale(stale: ReadonlySet<number>, start: number, minutes: StretchMinutes): boolean {
  if (stale.size === 0) return false;
  for (let quarter = start; quarter < start + widthMs(minutes); quarter += QUARTER_MS) if (stale.has(quarter)) return true;
  return false;
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
