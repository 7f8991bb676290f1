/** Pulses come about once a second, at most two apart; this long without one, what is on screen can no longer be called live. */
export const STALE_AFTER_MS = 3000;

export interface FreshnessInput {
  /** This browser's clock, ms since 1970, like all times here. */
  now: number;
  pausedAt: number | null;
  /** When the present connection was made; null while there is none. */
  connectedAt: number | null;
  lastPulseAt: number | null;
  /** Since when a question that is on screen has been failing. */
  failingSince: number | null;
}

export interface Freshness {
  state: 'live' | 'reconnecting' | 'stale' | 'paused';
  /** The moment up to which the screen is right; null when it is right now, or nothing was ever received. */
  since: number | null;
}

/**
 * How fresh the screen is. The reader's own pause comes first, then the worst news: no connection, no pulse, a failed fetch.
 * Nothing that failed is ever called live.
 */
export function freshnessOf({ now, pausedAt, connectedAt, lastPulseAt, failingSince }: FreshnessInput): Freshness {
  if (pausedAt !== null) return { state: 'paused', since: pausedAt };
  if (connectedAt === null) return { state: 'reconnecting', since: lastPulseAt };
  const lastSign = Math.max(connectedAt, lastPulseAt ?? 0);
  if (now - lastSign >= STALE_AFTER_MS) return { state: 'stale', since: lastPulseAt ?? connectedAt };
  if (failingSince !== null) return { state: 'stale', since: failingSince };
  return { state: 'live', since: null };
}
