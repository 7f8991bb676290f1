const MOST_SECONDS = 30;

/**
 * Seconds after which a refused sender should come back, 1 to 30: the further from the mark, the later, spread over half of the time so
 * that not all come at once.
 * @param wanted seconds that the pipeline needs at least, by estimate. @param random 0 to 1.
 */
export function retryAfterSeconds(wanted: number, random = Math.random()): number {
  const most = Math.min(MOST_SECONDS, Math.max(2, wanted));
  return Math.round(most * (0.5 + random / 2));
}
