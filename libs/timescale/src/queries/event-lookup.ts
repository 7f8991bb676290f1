import type { TimeRange } from './time-range.js';

const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;

/** Ids of version 7 are searched this far around the time within them, ms; an event may have waited on its client before it was sent. */
const AROUND_MS = [10 * SECOND_MS, 3_600 * SECOND_MS];
/** Any other id is searched among the events of so many newest days; events may be ahead of the present by a minute. */
export const LOOK_BACK_DAYS = 7;
const AHEAD_MS = 60 * SECOND_MS;

const VERSION_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i;

/**
 * Where to look for an event by its id, the likeliest first: at its time when that is known, or else around the time within an id of
 * version 7 (https://www.rfc-editor.org/rfc/rfc9562#section-5.7), then among the newest days.
 */
export function lookUpRanges(eventId: string, time: Date | undefined, now: number): TimeRange[] {
  if (time) return [{ from: time, to: new Date(time.getTime() + 1) }];
  const around = timeWithin(eventId);
  const near = around === undefined ? [] : AROUND_MS.map((ms) => ({ from: new Date(around - ms), to: new Date(around + ms) }));
  return [...near, { from: new Date(now - LOOK_BACK_DAYS * DAY_MS), to: new Date(now + AHEAD_MS) }];
}

function timeWithin(eventId: string): number | undefined {
  const [, high, low] = VERSION_7.exec(eventId) ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
