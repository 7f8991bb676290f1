import type { Random } from './random.js';

/** A recurring rush: every `everyMs` the rate is multiplied by `multiplier` for `durationMs`. */
export interface Burst {
  /** How many times the usual rate. Default 10. */
  multiplier: number;
  /** From the beginning of one burst to that of the next, milliseconds; the first comes after one such interval. Default 300,000. */
  everyMs: number;
  /** How long a burst lasts, milliseconds. Default 30,000. */
  durationMs: number;
}

export const DEFAULT_BURST: Readonly<Burst> = { multiplier: 10, everyMs: 300_000, durationMs: 30_000 };

const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1440;

/** Two waves over 24 h UTC, quietest at 03:00, busiest at 18:00. Waves of whole periods average to 0, so the curve's mean is 1. */
const DAY_CURVE = Float64Array.from({ length: MINUTES_A_DAY }, (_, minute) => {
  const angle = (2 * Math.PI * (minute + 0.5)) / MINUTES_A_DAY;
  return 1 - 0.5 * Math.cos(angle - Math.PI / 3) - 0.15 * Math.cos(2 * angle - Math.PI / 3);
});

/** The factor by which the rate differs from its daily mean at that time (UTC), constant within a minute. */
export const dayCurveFactor = (atMs: number): number => DAY_CURVE[Math.floor(atMs / MINUTE_MS) % MINUTES_A_DAY];

export interface ArrivalClockOptions {
  startAt: number;
  eventsPerSecond: number;
  burst: Burst | undefined;
  dayCurve: boolean;
}

/**
 * When events happen: a Poisson process whose rate is base × day curve × burst.
 * The rate is constant within a segment (a minute, or less at the edge of a burst), so an arrival is found exactly: a gap of
 * rate 1 is drawn once and used up by segments. Thinning would throw away 9 of 10 draws outside of bursts.
 */
export class ArrivalClock {
  readonly #random: Random;
  readonly #dayCurve: boolean;
  #eventsPerSecond: number;
  #burst: Burst | undefined;
  #burstAnchor: number;
  #extraFrom = 0;
  #extraUntil = 0;
  /** Up to here the present gap is used up; what is left of it is in units of expected arrivals. */
  #cursor: number;
  #gapLeft: number;
  #segmentEnd = -1;
  #segmentRate = 0;

  constructor(random: Random, { startAt, eventsPerSecond, burst, dayCurve }: ArrivalClockOptions) {
    this.#random = random;
    this.#dayCurve = dayCurve;
    this.#eventsPerSecond = eventsPerSecond;
    this.#burst = burst;
    this.#burstAnchor = startAt;
    this.#cursor = startAt;
    this.#gapLeft = random.exponential();
  }

  get eventsPerSecond(): number {
    return this.#eventsPerSecond;
  }

  get burst(): Readonly<Burst> | undefined {
    return this.#burst;
  }

  /** The next arrival as a whole millisecond, or `undefined` when there is none up to and including `untilMs`. */
  next(untilMs: number): number | undefined {
    for (;;) {
      if (this.#cursor >= this.#segmentEnd) this.#enterSegment();
      const arrival = this.#cursor + this.#gapLeft / this.#segmentRate;
      if (arrival < this.#segmentEnd) {
        if (arrival > untilMs) return undefined;
        this.#cursor = arrival;
        this.#gapLeft = this.#random.exponential();
        return Math.ceil(arrival);
      }
      if (this.#segmentEnd > untilMs) return undefined;
      this.#gapLeft -= this.#segmentRate * (this.#segmentEnd - this.#cursor);
      this.#cursor = this.#segmentEnd;
    }
  }

  setRate(eventsPerSecond: number, nowMs: number): void {
    this.#settle(nowMs);
    this.#eventsPerSecond = eventsPerSecond;
  }

  setBurst(burst: Burst | undefined, nowMs: number): void {
    this.#settle(nowMs);
    this.#burst = burst;
    this.#burstAnchor = nowMs;
  }

  triggerBurst(atMs: number, durationMs: number, nowMs: number): void {
    this.#settle(nowMs);
    this.#extraFrom = atMs;
    this.#extraUntil = atMs + durationMs;
  }

  isBursting(atMs: number): boolean {
    return (
      (atMs >= this.#extraFrom && atMs < this.#extraUntil) || (this.#burst !== undefined && this.#phase(atMs) < this.#burst.durationMs)
    );
  }

  /** Expected events per second at that moment. */
  rateAt(atMs: number): number {
    const burst = this.isBursting(atMs) ? (this.#burst?.multiplier ?? DEFAULT_BURST.multiplier) : 1;
    return this.#eventsPerSecond * burst * (this.#dayCurve ? dayCurveFactor(atMs) : 1);
  }

  /** Uses up the gap at the old rate until now, so that a new rate holds from now on and not before. */
  #settle(nowMs: number): void {
    if (nowMs > this.#cursor) {
      this.#gapLeft = Math.max(0, this.#gapLeft - this.#segmentRate * (nowMs - this.#cursor));
      this.#cursor = nowMs;
    }
    this.#segmentEnd = -1;
  }

  /** Milliseconds since the last scheduled burst began; before the first one, Infinity. */
  #phase(atMs: number): number {
    const since = atMs - this.#burstAnchor;
    return this.#burst && since >= this.#burst.everyMs ? since % this.#burst.everyMs : Infinity;
  }

  #enterSegment(): void {
    const at = this.#cursor;
    let end = (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
    const edge = (candidate: number): void => {
      if (candidate > at && candidate < end) end = candidate;
    };
    edge(this.#extraFrom);
    edge(this.#extraUntil);
    if (this.#burst) {
      const interval = this.#burstAnchor + Math.floor((at - this.#burstAnchor) / this.#burst.everyMs) * this.#burst.everyMs;
      edge(interval + this.#burst.durationMs);
      edge(interval + this.#burst.everyMs);
    }
    this.#segmentEnd = end;
    this.#segmentRate = this.rateAt(at) / 1000;
  }
}
