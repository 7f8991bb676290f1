import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Events per second over a sliding window of whole seconds; the current second counts in part. */
export class RollingRate {
  private readonly counts: number[];
  private second = 0;

  /** @param windowSeconds length of the window, s. @param now clock in ms. */
  constructor(
    private readonly windowSeconds = 10,
    private readonly now: () => number = Date.now,
  ) {
    this.counts = new Array<number>(windowSeconds).fill(0);
  }

  add(count: number): void {
    this.advance();
    this.counts[this.second % this.windowSeconds]! += count;
  }

  get perSecond(): number {
    this.advance();
    const intoSecond = (this.now() % 1000) / 1000;
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    return total / (this.windowSeconds - 1 + intoSecond);
  }

  private advance(): void {
    const second = Math.floor(this.now() / 1000);
    const steps = Math.min(second - this.second, this.windowSeconds);
    for (let step = 1; step <= steps; step++) this.counts[(second - steps + step) % this.windowSeconds] = 0;
    this.second = second;
  }
}

export interface Quantiles {
  p50: number;
  p95: number;
  p99: number;
}

/** Quantiles in ms over the last one to two half windows, by Node's HDR histogram (three significant digits). */
export class RollingQuantiles {
  private current: RecordableHistogram = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
  private previous: RecordableHistogram = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
  private turnedAt: number;

  /** @param windowMs quantiles speak of at least half and at most all of this time. @param now clock in ms. */
  constructor(
    private readonly windowMs = 60_000,
    private readonly now: () => number = Date.now,
  ) {
    this.turnedAt = now();
  }

  /** @param ms a duration in milliseconds; below zero (clock skew) counts as zero. */
  record(ms: number): void {
    this.turn();
    this.current.record(Math.max(1, Math.min(3_600_000_000, Math.round(ms * 1000))));
  }

  /** Zeros when nothing was recorded. */
  read(): Quantiles {
    return this.readIfAny() ?? { p50: 0, p95: 0, p99: 0 };
  }

  /** null when nothing was recorded. */
  readIfAny(): Quantiles | null {
    this.turn();
    const merged = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
    merged.add(this.previous);
    merged.add(this.current);
    if (merged.count === 0) return null;
    const at = (percent: number): number => Math.round(merged.percentile(percent) / 10) / 100;
    return { p50: at(50), p95: at(95), p99: at(99) };
  }

  private turn(): void {
    const half = this.windowMs / 2;
    const elapsed = this.now() - this.turnedAt;
    if (elapsed < half) return;
    [this.previous, this.current] = [this.current, this.previous];
    this.current.reset();
    if (elapsed >= this.windowMs) this.previous.reset();
    this.turnedAt = this.now();
  }
}
