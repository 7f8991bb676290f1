import { randomBytes } from 'node:crypto';
import type { ClientEvent } from '@analytics/events';

/** What was sent by one producer of a run: it numbers its events from 0. */
export interface ProducerRecord {
  /** Events 0 to attempted - 1 were sent at least once. */
  attempted: number;
  /** Numbers of the events of which the collector said that they are accepted. */
  readonly acknowledged: Set<number>;
  /** When they were sent first: from that number on, at that time (ms since 1970). */
  readonly sentAt: { from: number; at: number }[];
}

const TYPES = ['page_view', 'api_call', 'known_event'] as const;

/**
 * Events that say themselves who sent them: run, producer and number are in their properties and in their id, so that what is stored
 * can be compared with what was sent. Everything else of them varies with the number, so that each rollup has something to count.
 */
export class KnownEvents {
  /** Different for each run, so that several can share a database. */
  readonly run = randomBytes(3).toString('hex');
  readonly producers: ProducerRecord[] = [];

  /** @returns the number of a new producer. */
  addProducer(): number {
    return this.producers.push({ attempted: 0, acknowledged: new Set(), sentAt: [] }) - 1;
  }

  /** The next `count` events of a producer, noted as attempted. Their time is now; a retry sends the same again. */
  next(producer: number, count: number, userId?: string): ClientEvent[] {
    const record = this.recordOf(producer);
    const first = record.attempted;
    record.attempted += count;
    const now = Date.now();
    record.sentAt.push({ from: first, at: now });
    return Array.from({ length: count }, (_, index) => this.event(producer, first + index, now, userId));
  }

  /** When that event was sent first, ISO 8601. */
  sentAt(producer: number, number: number): string {
    return new Date(this.recordOf(producer).sentAt.findLast(({ from }) => from <= number)?.at ?? NaN).toISOString();
  }

  acknowledge(producer: number, number: number): void {
    this.recordOf(producer).acknowledged.add(number);
  }

  get acknowledgedTotal(): number {
    return this.producers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  }

  get attemptedTotal(): number {
    return this.producers.reduce((sum, { attempted }) => sum + attempted, 0);
  }

  private recordOf(producer: number): ProducerRecord {
    const record = this.producers[producer];
    if (!record) throw new RangeError(`there is no producer ${producer}; addProducer() makes one`);
    return record;
  }

  private event(producer: number, number: number, now: number, userId = `chaos_${producer}_${number % 97}`): ClientEvent {
    const known = { run: this.run, producer, number };
    const session_id = '3f0e7c1e-7a52-4d0e-9c59-0b6c53a1f001';
    const properties = {
      page_view: { page_url: `https://shop.example/p/${number % 11}`, session_id, viewport_width: 1280, viewport_height: 720 },
      api_call: { endpoint: `/api/${number % 5}`, method: 'GET', status_code: 200, duration_ms: 1 + (number % 400), user_agent: 'chaos' },
      known_event: {},
    };
    const event_type = TYPES[number % TYPES.length] as (typeof TYPES)[number];
    return {
      event_id: this.idOf(producer, number, now),
      timestamp: new Date(now).toISOString(),
      event_type,
      user_id: userId,
      properties: { ...properties[event_type], ...known },
    };
  }

  /** A UUID of version 7 whose random bits are the run, the producer and the number. */
  private idOf(producer: number, number: number, now: number): string {
    const time = now.toString(16).padStart(12, '0');
    const low = `${this.run}${number.toString(16).padStart(9, '0')}`;
    return `${time.slice(0, 8)}-${time.slice(8)}-7${producer.toString(16).padStart(3, '0')}-8${low.slice(0, 3)}-${low.slice(3)}`;
  }
}
