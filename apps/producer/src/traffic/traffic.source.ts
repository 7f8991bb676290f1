import { DEFAULT_BURST, stampEvent, TrafficModel, type Burst, type IngestedEvent, type SimulatedEvent } from '@analytics/events';
import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { EventPublisher } from '../event.publisher.js';
import type { EventSource, SourceStatus } from '../event.source.js';
import type { TrafficChange } from './traffic-change.schema.js';

export interface TrafficSourceOptions {
  /** The project that the events belong to. */
  project: string;
  /** The same seed, beginning and changes give the same events. */
  seed: string;
  /** Whether it is paused from the start. */
  paused: boolean;
  /** Number of users, and of the addresses of each page. Default 100 and 1. */
  users?: number;
  pageVariants?: number;
  /** Base rate, events per second, before day curve and bursts. */
  eventsPerSecond: number;
  burst: Burst;
  /** Whether the rate follows the hours of the day (UTC). */
  dayCurve: boolean;
  /** As for the collector: older events are refused, days. */
  retentionDays: number;
  /** It begins so many days ago, as quickly as they can be stored, and goes on with the present. Default 0. */
  historyDays?: number;
}

export interface TrafficStatus {
  state: 'running' | 'waiting' | 'paused' | 'stopped';
  project: string;
  seed: string;
  eventsPerSecond: number;
  /** Expected events per second at this moment, with day curve and burst. */
  currentRate: number;
  bursting: boolean;
  burst: Readonly<Burst> | null;
  /** How far the traffic is behind the clock, ms; more than some 20 means that Redis, storing or the processor does not keep up. */
  behind_ms: number;
  acceptedTotal: number;
  acceptedRate: number;
}

export type ChangeResult = { ok: true; status: TrafficStatus } | { ok: false; message: string };

const TICK_MS = 20;
/** Of a backlog, one tick makes up at most so much time, ms, and about so many events. */
const MAX_STEP_MS = 1000;
const MAX_HISTORY_STEP_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MAX_TICK_EVENTS = 5000;
/** They are made and handed over in steps of about so many: what is not made yet is nothing that the garbage collector must keep. */
const MAX_STEP_EVENTS = 250;
/** With this many events unanswered the traffic waits for Redis. More would only wait here; with half of it the source limits a busy pipeline. */
const MAX_IN_FLIGHT = 6000;
/**
 * While events wait longer than the first of these until they are stored, ms, it lets ever fewer be unanswered, down to a tenth at the
 * second: so it makes as many as are stored, and what people send does not queue behind them for seconds.
 */
const UNHURRIED_MS = [300, 1300] as const;
const LEAST_SHARE = 0.1;
/** A longer gap (Redis away, a laptop asleep) is skipped: nobody wants last night's traffic within a minute, ms. */
const MAX_BACKLOG_MS = 60_000;

/**
 * Publishes the synthetic traffic as time passes.
 * `running → waiting` when too much is unanswered or no events are admitted, and back; `paused` by a change; `stopped` for good.
 */
export class TrafficSource implements EventSource {
  readonly name = 'traffic';
  private readonly logger = new Logger(TrafficSource.name);
  private readonly model: TrafficModel;
  private readonly deliveries = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private timer?: NodeJS.Timeout;
  private paused: boolean;
  /** The past that was asked for is not made up yet; undefined: there is none, or it is. */
  private history?: { startedAt: number };
  private inFlight = 0;

  /** @param now clock, whole ms since 1970. */
  constructor(
    private readonly publisher: Pick<EventPublisher, 'admits' | 'storingMs' | 'publishAll' | 'sourceStatus'>,
    private readonly options: TrafficSourceOptions,
    private readonly now: () => number = Date.now,
  ) {
    const { seed, users, pageVariants, eventsPerSecond, burst, dayCurve, paused, historyDays = 0 } = options;
    this.paused = paused;
    const startedAt = now();
    if (historyDays > 0) this.history = { startedAt };
    this.model = new TrafficModel({ seed, startAt: startedAt - historyDays * DAY_MS, users, pageVariants, eventsPerSecond, burst, dayCurve });
  }

  start(): void {
    const { project, seed, eventsPerSecond } = this.options;
    this.logger.log(`project ${project}, ${eventsPerSecond} events/s, seed ${seed}${this.paused ? ', paused' : ''}`);
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await Promise.all(this.deliveries);
  }

  /** Hands over what happened since the last tick. Public so that a test can move the time itself. */
  tick(): void {
    if (this.state !== 'running') return;
    const now = this.now();
    if (this.history) this.endHistory(now);
    else if (now - this.model.state.now > MAX_BACKLOG_MS) this.skipTo(now);
    const until = Math.min(now, this.timeAfter(MAX_TICK_EVENTS));
    while (this.state === 'running' && this.model.state.now < until) {
      const events = this.model.advanceTo(Math.min(until, this.timeAfter(MAX_STEP_EVENTS)));
      if (events.length > 0) this.handOver(events.map((event) => this.stamp(event, now)));
    }
  }

  /** Applies a change at once, whole or not at all. */
  change({ eventsPerSecond, paused, burst, burstNow }: TrafficChange): ChangeResult {
    const current = this.model.state.burst ?? DEFAULT_BURST;
    const wanted = burst ? { ...current, ...burst } : burst;
    if (wanted && wanted.durationMs > wanted.everyMs)
      return { ok: false, message: `burst.durationMs is ${wanted.durationMs}; expected at most burst.everyMs (${wanted.everyMs})` };
    if (this.paused && paused === false && !this.history) this.skipTo(this.now());
    this.paused = paused ?? this.paused;
    if (eventsPerSecond !== undefined) this.model.setRate(eventsPerSecond);
    if (wanted !== undefined) this.model.setBurst(wanted ?? undefined);
    if (burstNow) this.model.triggerBurst(this.model.state.now, (wanted ?? current).durationMs);
    return { ok: true, status: this.describe() };
  }

  status(): SourceStatus {
    return this.publisher.sourceStatus(this.name, this.state);
  }

  describe(): TrafficStatus {
    const { now, eventsPerSecond, currentRate, bursting, burst } = this.model.state;
    const { acceptedTotal, rate, state } = this.status();
    return {
      state: state as TrafficStatus['state'],
      project: this.options.project,
      seed: this.options.seed,
      eventsPerSecond,
      currentRate,
      bursting,
      burst: burst ?? null,
      behind_ms: this.paused ? 0 : Math.max(0, this.now() - now),
      acceptedTotal,
      acceptedRate: rate,
    };
  }

  private get state(): TrafficStatus['state'] {
    if (this.stopping.signal.aborted) return 'stopped';
    if (this.paused) return 'paused';
    return this.inFlight >= this.mostInFlight || !this.publisher.admits ? 'waiting' : 'running';
  }

  private get mostInFlight(): number {
    const [from, to] = UNHURRIED_MS;
    const share = (to - this.publisher.storingMs) / (to - from);
    return MAX_IN_FLIGHT * Math.min(1, Math.max(LEAST_SHARE, share));
  }

  /** When about so many events will have happened; at most a second (of the past: an hour) from where the model stands. */
  private timeAfter(events: number): number {
    const { now, currentRate } = this.model.state;
    return now + Math.max(1, Math.floor(Math.min(this.history ? MAX_HISTORY_STEP_MS : MAX_STEP_MS, (events / currentRate) * 1000)));
  }

  /** Once the past has come within a second of the present, time passes as ever. */
  private endHistory(now: number): void {
    const { now: reached, emitted } = this.model.state;
    if (!this.history || now - reached > MAX_STEP_MS) return;
    this.logger.log(`${emitted} events of the past made up in ${Math.round((now - this.history.startedAt) / 1000)} s`);
    this.history = undefined;
  }

  /** Moves the model's time without events. */
  private skipTo(now: number): void {
    const { now: before, eventsPerSecond } = this.model.state;
    if (!this.paused) this.logger.warn(`${Math.round((now - before) / 1000)} s behind the clock; this time is skipped`);
    this.model.setRate(0);
    this.model.advanceTo(now);
    this.model.setRate(eventsPerSecond);
  }

  private stamp(event: SimulatedEvent, now: number): IngestedEvent {
    const { project, retentionDays } = this.options;
    const stamped = stampEvent(event, { project_id: project, ...event.context }, { now, retentionDays, newId: uuidv7 });
    if (!stamped.ok) throw new Error(`the traffic model made an event that is refused: ${stamped.issues[0]?.message}`);
    return stamped.event;
  }

  private handOver(events: IngestedEvent[]): void {
    const delivery = this.deliver(events);
    this.deliveries.add(delivery);
    void delivery.finally(() => this.deliveries.delete(delivery));
  }

  // Until Redis has all of it, so that equal seeds store equal events.
  private deliver(events: IngestedEvent[]): Promise<void> {
    const { length } = events;
    this.inFlight += length;
    return this.publisher.publishAll(this.name, events, this.stopping.signal).then(() => void (this.inFlight -= length));
  }
}
