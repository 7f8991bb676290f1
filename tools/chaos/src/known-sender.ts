import { setTimeout as pause } from 'node:timers/promises';
import type { ClientEvent } from '@analytics/events';
import type { KnownEvents } from './known-events.js';

const REQUEST_TIMEOUT_MS = 15_000;
const RETRY_AFTER_MS = 100;

interface CollectorAnswer {
  results?: { index: number; status: string }[];
}

export interface KnownSenderOptions {
  /** Address of the collector. */
  collector: string;
  writeKey: string;
  known: KnownEvents;
}

/** What the collector said to one request; `unanswered` when nobody knows whether it arrived. */
export interface SendResult {
  status: number | 'unanswered';
  headers?: Headers;
  /** Events of the request that it did not call final: send them again. */
  left: ClientEvent[];
}

/** A client of the collector that sends known events and notes each one that is acknowledged, as the answer arrives. */
export class KnownSender {
  readonly producer: number;
  /** Requests that were not answered, or refused as a whole. */
  failures = 0;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;
  private abandoned = false;
  private readonly options: KnownSenderOptions;

  constructor(options: KnownSenderOptions) {
    this.options = options;
    this.producer = options.known.addProducer();
  }

  /** Sends the next `count` events in one request, once, and notes what is acknowledged. */
  sendOnce(count: number, userId?: string): Promise<SendResult> {
    return this.request(this.options.known.next(this.producer, count, userId));
  }

  /**
   * Sends the next `count` events in requests of `size` and repeats, with the same ids, what was not final.
   * @throws {Error} when the collector rejects one for good: known events are right, so that is a fault of the system.
   */
  async send(count: number, size = 200): Promise<void> {
    for (let sent = 0; sent < count && !this.abandoned; sent += size) {
      let left = this.options.known.next(this.producer, Math.min(size, count - sent));
      while (left.length > 0 && !this.abandoned) {
        ({ left } = await this.request(left));
        if (left.length > 0) await pause(RETRY_AFTER_MS);
      }
    }
  }

  /** Sends `rate` events a second, in requests of `size`, until `stop`. What it falls behind while the collector is away is not made up. */
  start(rate: number, size = Math.max(1, Math.round(rate / 10))): void {
    this.stopping = false;
    const everyMs = (1000 * size) / rate;
    this.running = (async () => {
      for (let next = Date.now(); !this.stopping; next = Math.max(next + everyMs, Date.now() - 1_000)) {
        await pause(Math.max(0, next - Date.now()));
        await this.send(size, size);
      }
    })();
    // Reported by stop(); until then it must not count as unhandled.
    this.running.catch(() => undefined);
  }

  /** Resolves when the request in hand is final. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    this.stopping = false;
  }

  /** Gives up at once, also what is in hand: the system will not come back. */
  abandon(): void {
    this.stopping = true;
    this.abandoned = true;
  }

  private async request(events: ClientEvent[]): Promise<SendResult> {
    const { collector, writeKey } = this.options;
    let response: Response;
    let answer: CollectorAnswer;
    try {
      response = await fetch(`${collector}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${writeKey}` },
        body: JSON.stringify(events),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      answer = (await response.json()) as CollectorAnswer;
    } catch {
      this.failures++;
      return { status: 'unanswered', left: events };
    }
    const { status, headers } = response;
    if (!answer.results) {
      this.failures++;
      return { status, headers, left: events };
    }
    return { status, headers, left: this.note(events, answer.results) };
  }

  /** @returns the events to send again. */
  private note(events: ClientEvent[], results: { index: number; status: string }[]): ClientEvent[] {
    const left: ClientEvent[] = [];
    for (const result of results) {
      const event = events[result.index] as ClientEvent;
      if (result.status === 'failed') left.push(event);
      else if (result.status === 'rejected') throw new Error(`the collector rejected a known event: ${JSON.stringify(result)}`);
      else this.options.known.acknowledge(this.producer, event.properties['number'] as number);
    }
    return left;
  }
}
