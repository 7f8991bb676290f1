import { parseClientEvent, stampEvent, type EventIssue, type IngestedEvent, type ParseResult, type ServerContext } from '@analytics/events';
import type { EmitOutcome } from '@analytics/redis-streams';
import { v7 as uuidv7 } from 'uuid';
import { mayRetry, type EventPublisher } from '../event.publisher.js';
import type { EventSource, SourceStatus } from '../event.source.js';
import type { BodyItem } from './event-body.parser.js';

/** What became of the event at `index` of the request. */
export type EventResult =
  /** Final: Redis has it. */
  | { index: number; status: 'accepted'; event_id: string }
  /** Final: it is wrong, and sending it again changes nothing. */
  | { index: number; status: 'rejected'; issues: EventIssue[] }
  /** Not final: send it again with this `event_id`, so that it is stored once even if Redis had it after all. */
  | { index: number; status: 'failed'; event_id: string; reason: string };

export interface CollectorAnswer {
  accepted: number;
  rejected: number;
  failed: number;
  results: EventResult[];
}

/** Takes events from clients over HTTP: validates each, adds what the server knows, and publishes the right ones. */
export class EventCollector implements EventSource {
  readonly name = 'collector';
  private listening = false;

  /** @param retentionDays older events are refused. @param now the server's clock, ms. */
  constructor(
    private readonly publisher: EventPublisher,
    private readonly retentionDays: number,
    private readonly now: () => number = Date.now,
  ) {}

  start(): void {
    this.listening = true;
  }

  /** Requests in hand are still answered; the HTTP server waits for them. */
  async stop(): Promise<void> {
    this.listening = false;
  }

  /** After `stop`: answers should end their connections. */
  get stopped(): boolean {
    return !this.listening;
  }

  status(): SourceStatus {
    return this.publisher.sourceStatus(this.name, this.listening ? 'listening' : 'stopped');
  }

  /** Resolves when Redis has answered for every right event; a wrong one does not touch the others. */
  async collect(items: readonly BodyItem[], context: ServerContext): Promise<CollectorAnswer> {
    const results: EventResult[] = [];
    const events: IngestedEvent[] = [];
    const indexes: number[] = [];
    const now = this.now();
    for (const [index, item] of items.entries()) {
      const parsed = item.ok ? this.ingest(item.value, context, now) : item;
      if (parsed.ok) {
        events.push(parsed.event);
        indexes.push(index);
      } else results[index] = { index, status: 'rejected', issues: parsed.issues };
    }
    const rejected = items.length - events.length;
    if (rejected > 0) this.publisher.countRejected(this.name, rejected);
    const outcomes = events.length > 0 ? await this.publisher.publish(this.name, events) : [];
    for (const [i, outcome] of outcomes.entries()) {
      const index = indexes[i] as number;
      results[index] = toResult(index, (events[i] as IngestedEvent).event_id, outcome);
    }
    const count = (status: EventResult['status']): number => results.reduce((sum, result) => (result.status === status ? sum + 1 : sum), 0);
    return { accepted: count('accepted'), rejected: count('rejected'), failed: count('failed'), results };
  }

  private ingest(value: unknown, context: ServerContext, now: number): ParseResult<IngestedEvent> {
    const parsed = parseClientEvent(value);
    return parsed.ok ? stampEvent(parsed.event, context, { now, retentionDays: this.retentionDays, newId: uuidv7 }) : parsed;
  }
}

function toResult(index: number, event_id: string, outcome: EmitOutcome): EventResult {
  if (outcome.ok) return { index, status: 'accepted', event_id };
  if (mayRetry(outcome)) return { index, status: 'failed', event_id, reason: outcome.reason };
  return { index, status: 'rejected', issues: [{ path: '(root)', message: outcome.reason }] };
}
