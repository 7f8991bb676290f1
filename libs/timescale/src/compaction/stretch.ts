/** Widths of compacted stretches, minutes; a week begins on Monday. Each is whole in the next, and all of them begin by UTC. */
export const STRETCH_MINUTES = [5, 15, 60, 360, 1440, 10_080] as const;
export type StretchMinutes = (typeof STRETCH_MINUTES)[number];

/** Widths that databases of an earlier version do not have of the time before. */
export const NEW_WIDTHS: readonly StretchMinutes[] = [5, 360, 10_080];

/** The width that is filled from the events; the others are added up. At most so much is read raw at an end of a range. */
export const SHORTEST = STRETCH_MINUTES[0];

/**
 * Values (of all types together) that a stretch keeps of a field. Where there are more, they hardly repeat, and counts of them would be as
 * many as the events: the stretch then keeps none of that field, nor does a longer one it is in, and readers go to the events for it.
 */
export const MOST_VALUES: Readonly<Record<StretchMinutes, number>> = { 5: 1_000, 15: 2_000, 60: 5_000, 360: 10_000, 1440: 20_000, 10_080: 60_000 };

const MINUTE_MS = 60_000;
export const SHORTEST_MS = SHORTEST * MINUTE_MS;
export const QUARTER_MS = 15 * MINUTE_MS;

/**
 * An event whose shortest stretch has been over for this long is late: the writer marks the quarter of an hour that it is in as stale.
 * Shorter than {@link COMPACTED_AFTER_MS}, so that no step of the database's clock below a minute can make both sides rely on each other.
 */
export const LATE_AFTER_MS = MINUTE_MS;

/** A stretch is compacted when it has been over for this long. What comes later is marked. */
export const COMPACTED_AFTER_MS = 2 * MINUTE_MS;

export const widthMs = (minutes: StretchMinutes): number => minutes * MINUTE_MS;

/** The first Monday since 1970, where time_bucket's weeks begin as well, ms. */
const MONDAY_MS = 4 * 1440 * MINUTE_MS;

/** Start of the stretch that an instant (ms since 1970) is in. */
export const stretchStart = (ms: number, minutes: StretchMinutes): number =>
  Math.floor((ms - MONDAY_MS) / widthMs(minutes)) * widthMs(minutes) + MONDAY_MS;
