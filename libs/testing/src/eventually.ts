import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to try, in milliseconds. Default 20000. */
  timeoutMs?: number;
  /** Pause between two tries, in milliseconds. Default 25. */
  intervalMs?: number;
}

/**
 * Runs `assertion` until it no longer throws, and returns what it returned. When the time is over the last error is thrown,
 * so that a failed test shows the failed expectation and not a timeout. This is what specs use in place of sleeping.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 20_000, intervalMs = 25 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await delay(intervalMs);
    }
  }
}
