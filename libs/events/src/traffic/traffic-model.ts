import type { ClientEvent, ServerContext } from '../envelope.schema.js';
import { ArrivalClock, DEFAULT_BURST, type Burst } from './arrival-clock.js';
import { makePerson, type Person } from './audience.js';
import { ErrorPlanner } from './error-planner.js';
import { Random } from './random.js';
import { Shopper, type Step } from './shopper.js';

/** A made-up event: all fields of a client's event, and what a server would derive from the request. `context` is not for the wire. */
export interface SimulatedEvent extends Required<ClientEvent> {
  context: Readonly<Omit<ServerContext, 'project_id'>>;
}

export interface TrafficOptions {
  /** Equal seeds (with equal `startAt` and calls) give byte-identical events. */
  seed: string | number;
  /** Where the model's time begins, ms since 1970, whole. The first event comes after it. */
  startAt: number;
  /** Mean rate over a day without bursts, events per second. Default 28 (100,000 an hour); 0 pauses. */
  eventsPerSecond?: number;
  /** Number of users, `user_001` upwards. Default 100. */
  users?: number;
  /** Each page of the shop as so many pages with addresses of their own, for tests of many values. Default 1. */
  pageVariants?: number;
  /** Recurring bursts; absent: none. Bursts come on top: the default ones raise the mean rate to 1.9 times `eventsPerSecond`. */
  burst?: Partial<Burst>;
  /** Whether the rate follows the hours of the day (UTC), with mean 1 over 24 h. Default true. */
  dayCurve?: boolean;
}

export interface TrafficState {
  /** The model's time: all events up to here have been handed out, ms since 1970. */
  now: number;
  /** Events handed out so far. */
  emitted: number;
  /** The base rate, events per second. */
  eventsPerSecond: number;
  /** The expected rate at `now`, with day curve and burst, events per second. */
  currentRate: number;
  bursting: boolean;
  burst: Readonly<Burst> | undefined;
}

/** Only a part of the users is online at a time, and no more than this many. */
const ONLINE_SHARE = 0.35;
const MAX_ONLINE = 5000;

/**
 * The synthetic traffic: people who shop at a made-up site. Pure: no clock, no timer, no I/O; the caller moves time.
 * How `advanceTo` is split into calls does not change the events. The README says what an event costs.
 */
export class TrafficModel {
  readonly #random: Random;
  readonly #clock: ArrivalClock;
  readonly #errors: ErrorPlanner;
  readonly #people: Person[] = [];
  /** User numbers; the first `#online.length` places belong to those who are online. */
  readonly #pageVariants: number;
  readonly #order: Uint32Array;
  readonly #online: Shopper[];
  #now: number;
  #emitted = 0;
  #second = -1;
  #secondText = '';

  /** @throws {RangeError} when an option is out of range; it names the option. */
  constructor({ seed, startAt, eventsPerSecond = 28, users = 100, pageVariants = 1, burst, dayCurve = true }: TrafficOptions) {
    checkWhole('startAt', startAt, 0);
    checkRate(eventsPerSecond);
    checkWhole('users', users, 1);
    checkWhole('pageVariants', pageVariants, 1);
    this.#pageVariants = pageVariants;
    // startAt is part of the seed: a second run must not repeat the session ids of the first.
    this.#random = new Random(`${seed}@${startAt}`);
    this.#clock = new ArrivalClock(this.#random, { startAt, eventsPerSecond, burst: completeBurst(burst), dayCurve });
    this.#errors = new ErrorPlanner(this.#random, startAt);
    this.#order = Uint32Array.from({ length: users }, (_, index) => index);
    this.#online = Array.from({ length: Math.min(MAX_ONLINE, Math.ceil(users * ONLINE_SHARE)) }, (_, place) => this.#arrive(place, place));
    this.#now = startAt;
  }

  get state(): TrafficState {
    const { eventsPerSecond, burst } = this.#clock;
    return {
      now: this.#now,
      emitted: this.#emitted,
      eventsPerSecond,
      currentRate: this.#clock.rateAt(this.#now),
      bursting: this.#clock.isBursting(this.#now),
      burst,
    };
  }

  /**
   * Moves the model's time and returns what happened in (previous, untilMs], in order of time.
   * Time that has passed already gives no events. Memory is proportional to the events: advance in steps.
   * @throws {RangeError} when `untilMs` is not a whole number of milliseconds.
   */
  advanceTo(untilMs: number): SimulatedEvent[] {
    checkWhole('untilMs', untilMs, 0);
    const events: SimulatedEvent[] = [];
    if (untilMs <= this.#now) return events;
    for (let at = this.#clock.next(untilMs); at !== undefined; at = this.#clock.next(untilMs)) events.push(this.#eventAt(at));
    this.#now = untilMs;
    this.#emitted += events.length;
    return events;
  }

  /** Changes the base rate from now on; 0 pauses. @throws {RangeError} when it is negative or not finite. */
  setRate(eventsPerSecond: number): void {
    checkRate(eventsPerSecond);
    this.#clock.setRate(eventsPerSecond, this.#now);
  }

  /** Replaces the recurring bursts; the first one comes one interval from now. `undefined` ends them. */
  setBurst(burst: Partial<Burst> | undefined): void {
    this.#clock.setBurst(completeBurst(burst), this.#now);
  }

  /**
   * One burst of its own (10 times the rate, or the configured multiplier), from `atMs` or from now when that has passed.
   * It replaces an earlier triggered one, and does not multiply with a recurring one.
   */
  triggerBurst(atMs: number = this.#now, durationMs: number = DEFAULT_BURST.durationMs): void {
    checkWhole('atMs', atMs, 0);
    checkWhole('durationMs', durationMs, 1);
    this.#clock.triggerBurst(Math.max(atMs, this.#now), durationMs, this.#now);
  }

  #eventAt(at: number): SimulatedEvent {
    const place = this.#random.below(this.#online.length);
    let shopper = this.#online[place];
    let step = shopper.next(at);
    if (!step) {
      shopper = this.#online[place] = this.#arrive(place, this.#online.length);
      step = shopper.next(at) as Step;
    }
    return {
      event_id: this.#random.uuidV7(at),
      timestamp: this.#isoText(at),
      event_type: step.type,
      user_id: shopper.person.userId,
      properties: step.properties,
      context: shopper.person.context,
    };
  }

  /** Somebody whose place in the order is `offlineFrom` or later takes that place; with nobody left, the one who had it returns. */
  #arrive(place: number, offlineFrom: number): Shopper {
    const order = this.#order;
    const from = offlineFrom < order.length ? offlineFrom + this.#random.below(order.length - offlineFrom) : place;
    [order[place], order[from]] = [order[from], order[place]];
    const person = (this.#people[order[place]] ??= makePerson(order[place], this.#random));
    return new Shopper(person, this.#random, this.#errors, this.#pageVariants);
  }

  /** Date.toISOString for years 1970 to 9999, with the text of the second kept: at high rates most events share it. */
  #isoText(at: number): string {
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${this.#secondText}${String(at - second * 1000).padStart(3, '0')}Z`;
  }
}

function completeBurst(burst: Partial<Burst> | undefined): Burst | undefined {
  if (!burst) return undefined;
  const { multiplier = DEFAULT_BURST.multiplier, everyMs = DEFAULT_BURST.everyMs, durationMs = DEFAULT_BURST.durationMs } = burst;
  if (!(multiplier > 0 && Number.isFinite(multiplier)))
    throw new RangeError(`burst.multiplier is ${multiplier}; expected a number above 0`);
  checkWhole('burst.everyMs', everyMs, 1);
  checkWhole('burst.durationMs', durationMs, 1);
  if (durationMs > everyMs) throw new RangeError(`burst.durationMs is ${durationMs}; expected at most burst.everyMs (${everyMs})`);
  return { multiplier, everyMs, durationMs };
}

function checkRate(eventsPerSecond: number): void {
  if (!(eventsPerSecond >= 0 && Number.isFinite(eventsPerSecond)))
    throw new RangeError(`eventsPerSecond is ${eventsPerSecond}; expected a number from 0 upwards`);
}

function checkWhole(name: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min) throw new RangeError(`${name} is ${value}; expected a whole number from ${min} upwards`);
}
