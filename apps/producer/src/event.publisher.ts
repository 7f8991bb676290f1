import { setTimeout as delay } from 'node:timers/promises';
import { EVENTS_PATTERN, type IngestedEvent, type ProducerStatus } from '@analytics/events';
import type { EmitOutcome, RedisStreamsClient } from '@analytics/redis-streams';
import { RollingQuantiles, RollingRate } from '@analytics/service-runtime';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { AdmissionGate } from './admission/admission.gate.js';
import type { SourceStatus } from './event.source.js';

const RETRY_MS = 1000;

const acceptedOf = (outcomes: EmitOutcome[]): number => outcomes.reduce((count, { ok }) => (ok ? count + 1 : count), 0);

/** What became of one source's events since the process started. */
class Tally {
  accepted = 0;
  rejected = 0;
  failed = 0;
  readonly rate = new RollingRate();
}

/**
 * The one way into the stream. *Accepted* means that Redis has answered for it; nothing is counted or claimed before.
 * Validation happens before: what comes here is right.
 */
export class EventPublisher {
  private readonly tallies = new Map<string, Tally>();
  private readonly latency = new RollingQuantiles();
  private readonly rate = new RollingRate();
  private readonly seconds: Histogram;
  private inFlight = 0;

  /** @param registry where the metrics of publishing are registered. */
  constructor(
    private readonly client: RedisStreamsClient,
    private readonly admission: Pick<AdmissionGate, 'open' | 'untilOpen' | 'storingMs'>,
    registry: Registry,
  ) {
    this.seconds = new Histogram({
      name: 'analytics_publish_seconds',
      help: 'From the hand-over of events to the answer of Redis',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
    this.registerCounts(registry);
  }

  /** Whether events may enter now. Sources that can wait should make none while they may not. */
  get admits(): boolean {
    return this.admission.open;
  }

  /** How long events have to wait at present until they are stored, ms. Sources that can wait should make fewer when it is long. */
  get storingMs(): number {
    return this.admission.storingMs;
  }

  /**
   * Hands events over and waits for Redis.
   * @returns one outcome per event, in order. A failed one may be published again; its `event_id` keeps it from being stored twice.
   */
  publish(source: string, events: IngestedEvent[]): Promise<EmitOutcome[]> {
    const handedOverAt = performance.now();
    this.inFlight += events.length;
    // What waits for Redis does not hold the events: see EventCollector.
    return this.count(source, events.length, handedOverAt, this.client.emitBatch(EVENTS_PATTERN, events));
  }

  /**
   * Hands events over when they may enter, and again and again, with the same ids, until Redis has them all: for sources that can wait.
   * @param signal ends the waiting and the repetition within a second; what is in flight is still waited for.
   * @returns how many were accepted: all of them unless the signal ended it, or the transport can never take one.
   */
  publishAll(source: string, events: IngestedEvent[], signal: AbortSignal): Promise<number> {
    // No async function: its frame would hold the events, which are a busy garbage collector's work, until Redis has answered.
    if (!this.admission.open) return this.publishWhenOpen(source, events, signal);
    return this.publish(source, events).then((outcomes) => this.publishRest(source, outcomes, signal));
  }

  /** Counts events that a source refused because they are wrong. */
  countRejected(source: string, count: number): void {
    this.tally(source).rejected += count;
  }

  sourceStatus(name: string, state: string): SourceStatus {
    const { accepted, rate } = this.tally(name);
    return { name, acceptedTotal: accepted, rate: rate.perSecond, state };
  }

  status(): Pick<ProducerStatus, 'acceptedTotal' | 'acceptedRate' | 'rejectedTotal' | 'inFlight' | 'publishMs'> {
    const all = [...this.tallies.values()];
    return {
      acceptedTotal: all.reduce((sum, { accepted }) => sum + accepted, 0),
      acceptedRate: this.rate.perSecond,
      rejectedTotal: all.reduce((sum, { rejected }) => sum + rejected, 0),
      inFlight: this.inFlight,
      publishMs: this.latency.read(),
    };
  }

  private async publishWhenOpen(source: string, events: IngestedEvent[], signal: AbortSignal): Promise<number> {
    await this.admission.untilOpen(signal);
    return this.admission.open ? this.publishAll(source, events, signal) : 0;
  }

  private async publishRest(source: string, outcomes: EmitOutcome[], signal: AbortSignal): Promise<number> {
    const rest = outcomes.flatMap((outcome) => (outcome.ok || outcome.packed === undefined ? [] : [outcome.packed]));
    const accepted = acceptedOf(outcomes);
    if (rest.length === 0) return accepted;
    if (!signal.aborted) await delay(RETRY_MS);
    if (signal.aborted) return accepted;
    const events = rest.map((packed) => JSON.parse(String(packed)) as IngestedEvent);
    return accepted + (await this.publishAll(source, events, signal));
  }

  private async count(source: string, events: number, handedOverAt: number, settled: Promise<EmitOutcome[]>): Promise<EmitOutcome[]> {
    try {
      const outcomes = await settled;
      const accepted = acceptedOf(outcomes);
      const tally = this.tally(source);
      tally.accepted += accepted;
      tally.failed += outcomes.length - accepted;
      tally.rate.add(accepted);
      this.rate.add(accepted);
      return outcomes;
    } finally {
      this.inFlight -= events;
      const elapsed = performance.now() - handedOverAt;
      this.latency.record(elapsed);
      this.seconds.observe(elapsed / 1000);
    }
  }

  private tally(source: string): Tally {
    let tally = this.tallies.get(source);
    if (!tally) this.tallies.set(source, (tally = new Tally()));
    return tally;
  }

  // Prometheus reads the same numbers when it asks: a labelled counter per event would cost more than the validation.
  private registerCounts(registry: Registry): void {
    const tallies = this.tallies;
    const inFlight = (): number => this.inFlight;
    new Counter({
      name: 'analytics_events_total',
      help: 'Events by source and outcome: accepted (Redis has it), rejected (it is wrong), failed (Redis did not take it)',
      labelNames: ['source', 'outcome'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [source, { accepted, rejected, failed }] of tallies)
          for (const [outcome, count] of Object.entries({ accepted, rejected, failed })) this.inc({ source, outcome }, count);
      },
    });
    new Gauge({
      name: 'analytics_events_in_flight',
      help: 'Events handed over that Redis has not answered for',
      registers: [registry],
      collect() {
        this.set(inFlight());
      },
    });
  }
}
