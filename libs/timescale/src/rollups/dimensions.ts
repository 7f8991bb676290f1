/**
 * What is counted per minute and value. `page` counts the views of a path, `referrer` hosts other than the page's own, `endpoint` is
 * `METHOD path` without the query; `browser`, `os`, `device` and `country` count every event that has one.
 */
export const DIMENSIONS = ['page', 'referrer', 'button', 'endpoint', 'error', 'browser', 'os', 'device', 'country'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Longer values are cut, since they are part of a primary key: at most 256 characters (code points, as `left()` counts in SQL). */
export const MAX_DIMENSION_VALUE = 256;
