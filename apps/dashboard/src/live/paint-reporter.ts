import type { LiveFrame, PaintedMessage, PaintedSample } from '@analytics/dto';

/** What the gateway takes. */
const MOST_SAMPLES = 20;
const LONGEST_MS = 60_000;

/** Calls back when what was just handed over has been painted; never, where nothing is painted. */
type AfterPaint = (callback: () => void) => void;

/** A task for the cache to tell React, a frame, and a task after it. */
export const afterPaint: AfterPaint = (callback) => {
  if (typeof requestAnimationFrame === 'undefined' || document.visibilityState !== 'visible') return;
  setTimeout(() => requestAnimationFrame(() => setTimeout(callback)));
};

/** Measures how long frames that show something newly stored take to be seen, and tells the gateway in small batches. */
export class PaintReporter {
  private samples: PaintedSample[] = [];

  /** @param serverNow the server's clock as it is estimated here, ms since 1970. */
  constructor(
    private readonly send: (message: PaintedMessage) => void,
    private readonly serverNow: () => number,
    private readonly afterPaint: AfterPaint,
  ) {}

  /** The frame has just been handed to the screen. */
  shown(frame: LiveFrame): void {
    // A snapshot shows what was stored long ago.
    if (!('patch' in frame) || frame.storedAt === null || this.samples.length >= MOST_SAMPLES) return;
    this.afterPaint(() => {
      const now = this.serverNow();
      const sincePushed = boundedMs(now - frame.pushedAt);
      const sinceCreated = frame.createdAt === null ? null : boundedMs(now - frame.createdAt);
      if (sincePushed !== null && this.samples.length < MOST_SAMPLES) this.samples.push({ sincePushed, sinceCreated });
    });
  }

  /** To be called with each pulse. @param asked whether the gateway wants to know; else what was measured since the last one is forgotten. */
  pulsed(asked: boolean): void {
    if (asked && this.samples.length > 0) this.send({ samples: this.samples });
    this.samples = [];
  }
}

/** An estimated clock may make a short time negative; a long one is of a browser that slept. */
const boundedMs = (ms: number): number | null => (ms > LONGEST_MS ? null : Math.max(0, ms));
