import {
  parseClientEvent,
  partitionKey,
  type EventIssue,
  type IngestedEvent,
  type ParseResult,
  type ServerContext,
} from '@analytics/events';
import { partitionOf, type EmitOutcome } from '@analytics/redis-streams';
import { stampClientEvent } from '../client-event.stamp.js';
import type { EventPublisher } from '../event.publisher.js';
import type { EventSource, SourceStatus } from '../event.source.js';
import type { CommitWatch, CommitWatcher, StreamPlace } from './commit.watcher.js';
import type { BodyItem } from './event-body.parser.js';

/** What the answer waits for: Redis (`accepted`), or the commit of the database (`stored`). */
export type Acknowledgement = 'accepted' | 'stored';

/** What became of the event at `index` of the request. */
export type EventResult =
  /** Final: Redis has it. */
  | { index: number; status: 'accepted'; event_id: string }
  /** Final: the consumer has committed it, now or when it was sent before. Only with `ack=stored`. */
  | { index: number; status: 'stored'; event_id: string }
  /** Final: it is wrong, and sending it again changes nothing. */
  | { index: number; status: 'rejected'; issues: EventIssue[] }
  /** Not final: send it again with this `event_id`, so that it is stored once even if Redis had it after all. */
  | { index: number; status: 'failed'; event_id: string; reason: string };

export interface CollectorAnswer {
  /** Those that are stored are among them. */
  accepted: number;
  /** Only with `ack=stored`. */
  stored?: number;
  rejected: number;
  failed: number;
  results: EventResult[];
}

export interface EventCollectorOptions {
  /** Older events are refused, days. */
  retentionDays: number;
  /** Number of partitions of the stream. */
  partitions: number;
}

/** Takes events from clients over HTTP: validates each, adds what the server knows, and publishes the right ones. */
export class EventCollector implements EventSource {
  readonly name = 'collector';
  private listening = false;

  /** @param commits is closed by `stop`. */
  constructor(
    private readonly publisher: EventPublisher,
    private readonly commits: CommitWatcher,
    private readonly options: EventCollectorOptions,
  ) {}

  start(): void {
    this.listening = true;
  }

  /** Requests in hand are still answered, those that wait for a commit at once; the HTTP server waits for them. */
  async stop(): Promise<void> {
    this.listening = false;
    await this.commits.close();
  }

  /** After `stop`: answers should end their connections. */
  get stopped(): boolean {
    return !this.listening;
  }

  status(): SourceStatus {
    return this.publisher.sourceStatus(this.name, this.listening ? 'listening' : 'stopped');
  }

  /**
   * Resolves when Redis has answered for every right event, and with `stored` when they are committed or the time for that is over.
   * A wrong event does not touch the others. What waits for the answer knows the ids alone: events that were kept until then were half of
   * what the garbage collector copied.
   */
  collect(
    { items, plain }: { items: readonly BodyItem[]; plain: boolean },
    context: ServerContext,
    acknowledgement: Acknowledgement,
  ): Promise<CollectorAnswer> {
    const results: EventResult[] = [];
    const events: IngestedEvent[] = [];
    const indexes: number[] = [];
    const now = Date.now();
    for (const [index, item] of items.entries()) {
      const parsed = item.ok ? this.ingest(item.value, plain, context, now) : item;
      if (parsed.ok) {
        events.push(parsed.event);
        indexes.push(index);
      } else results[index] = { index, status: 'rejected', issues: parsed.issues };
    }
    const rejected = items.length - events.length;
    if (rejected > 0) this.publisher.countRejected(this.name, rejected);
    const published = acknowledgement === 'stored' ? this.store(events, indexes) : this.publish(events, indexes);
    return published.then((settled) => answerOf(results, settled, acknowledgement));
  }

  private ingest(value: unknown, plain: boolean, context: ServerContext, now: number): ParseResult<IngestedEvent> {
    const parsed = parseClientEvent(value, plain);
    return parsed.ok ? stampClientEvent(parsed.event, context, { now, retentionDays: this.options.retentionDays }) : parsed;
  }

  private publish(events: IngestedEvent[], indexes: number[]): Promise<EventResult[]> {
    if (events.length === 0) return Promise.resolve([]);
    const ids = events.map(({ event_id }) => event_id);
    const published = this.publisher.publish(this.name, events);
    return published.then((outcomes) => outcomes.map((outcome, i) => toResult(indexes[i]!, ids[i]!, outcome)));
  }

  private async store(events: IngestedEvent[], indexes: number[]): Promise<EventResult[]> {
    if (events.length === 0) return [];
    const watch = await this.commits.watch(events.length);
    try {
      const outcomes = await this.publisher.publish(this.name, events);
      const results = outcomes.map((outcome, i) => toResult(indexes[i]!, events[i]!.event_id, outcome));
      if (watch) await this.markStored(results, events, outcomes, watch);
      return results;
    } finally {
      watch?.end();
    }
  }

  private async markStored(results: EventResult[], events: IngestedEvent[], outcomes: EmitOutcome[], watch: CommitWatch): Promise<void> {
    const places = outcomes.map((outcome, i): StreamPlace | undefined => {
      const partition = partitionOf(partitionKey(events[i] as IngestedEvent), this.options.partitions);
      return outcome.ok ? { partition, entryId: outcome.entryId } : undefined;
    });
    await watch.settled(places.filter((place) => place !== undefined));
    for (const [i, result] of results.entries()) {
      const place = places[i];
      if (result.status === 'accepted' && place && watch.isCommitted(place)) results[i] = { ...result, status: 'stored' };
    }
  }
}

/** The answer to a request: `results` are those of the events that were not published. */
function answerOf(results: EventResult[], published: readonly EventResult[], acknowledgement: Acknowledgement): CollectorAnswer {
  for (const result of published) results[result.index] = result;
  const count = (status: EventResult['status']): number => results.reduce((sum, result) => (result.status === status ? sum + 1 : sum), 0);
  const stored = count('stored');
  const counts = { accepted: count('accepted') + stored, ...(acknowledgement === 'stored' ? { stored } : {}) };
  return { ...counts, rejected: count('rejected'), failed: count('failed'), results };
}

function toResult(index: number, event_id: string, outcome: EmitOutcome): EventResult {
  if (outcome.ok) return { index, status: 'accepted', event_id };
  if (outcome.failure !== 'invalid') return { index, status: 'failed', event_id, reason: outcome.reason };
  return { index, status: 'rejected', issues: [{ path: '(root)', message: outcome.reason }] };
}
