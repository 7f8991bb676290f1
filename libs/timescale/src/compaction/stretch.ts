/** Widths of compacted stretches, minutes. Each is whole in the next, and all of them begin with the UTC day. */
export const STRETCH_MINUTES = [15, 60, 1440] as const;
export type StretchMinutes = (typeof STRETCH_MINUTES)[number];

const MINUTE_MS = 60_000;
export const QUARTER_MS = 15 * MINUTE_MS;

/**
 * An event whose quarter has been over for this long is late: the writer marks the quarter as stale. Shorter than
 * {@link COMPACTED_AFTER_MS}, so that no step of the database's clock below a minute can make both sides rely on each other.
 */
export const LATE_AFTER_MS = MINUTE_MS;

/** A quarter is compacted when it has been over for this long. What comes later is marked. */
export const COMPACTED_AFTER_MS = 2 * MINUTE_MS;

export const widthMs = (minutes: StretchMinutes): number => minutes * MINUTE_MS;

/** Start of the stretch that an instant (ms since 1970) is in. */
export const stretchStart = (ms: number, minutes: StretchMinutes): number => Math.floor(ms / widthMs(minutes)) * widthMs(minutes);
