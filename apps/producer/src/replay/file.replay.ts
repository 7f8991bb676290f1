import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseClientEvent, type EventIssue, type IngestedEvent, type ParseResult } from '@analytics/events';
import { stampClientEvent } from '../client-event.stamp.js';
import type { EventPublisher } from '../event.publisher.js';
import type { EventSource, SourceStatus } from '../event.source.js';

export interface FileReplayOptions {
  /** The NDJSON file: one event as a client sends it per line; blank lines are skipped. */
  file: string;
  /** The project that the events belong to. */
  project: string;
  /** Events per second at most. */
  rate: number;
  /** Begins again at the end of the file, until stopped. */
  loop: boolean;
  /** Events happen now instead of when the file says. */
  now: boolean;
  /** As for the collector: older events are refused, days. */
  retentionDays: number;
  /** Hears of each line that is refused; numbers begin at 1. */
  onBadLine: (line: number, issues: EventIssue[]) => void;
}

export interface ReplaySummary {
  accepted: number;
  badLines: number;
}

/** Batches of a twentieth of a second keep the rate even; larger ones than a pack gain nothing. */
const BATCHES_A_SECOND = 20;
const MAX_BATCH = 500;
/** So many batches may wait for Redis; then the file waits. */
const MAX_PENDING = 20;

/**
 * Publishes the events of a file at a steady rate.
 * Ids are kept, so a file that is replayed twice is stored once; with `now` or `loop` events get new ids, because they are new events then.
 */
export class FileReplay implements EventSource {
  readonly name = 'replay';
  private readonly stopping = new AbortController();
  private readonly pending = new Set<Promise<void>>();
  private readonly summary: ReplaySummary = { accepted: 0, badLines: 0 };
  private running?: Promise<ReplaySummary>;
  private handedOver = 0;
  private startedAt = 0;

  constructor(
    private readonly publisher: EventPublisher,
    private readonly options: FileReplayOptions,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves at the end of the file, or after `stop`. Rejects when the file cannot be read. */
  async finished(): Promise<ReplaySummary> {
    this.start();
    return this.running as Promise<ReplaySummary>;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  status(): SourceStatus {
    return this.publisher.sourceStatus(this.name, this.stopping.signal.aborted ? 'stopped' : 'running');
  }

  /** What is done so far. */
  get progress(): Readonly<ReplaySummary> {
    return this.summary;
  }

  private async run(): Promise<ReplaySummary> {
    this.startedAt = performance.now();
    do await this.pass();
    while (this.options.loop && this.handedOver > 0 && !this.stopping.signal.aborted);
    await Promise.all(this.pending);
    return this.summary;
  }

  private async pass(): Promise<void> {
    const batchSize = Math.max(1, Math.min(MAX_BATCH, Math.floor(this.options.rate / BATCHES_A_SECOND)));
    const handle = await open(this.options.file);
    let batch: IngestedEvent[] = [];
    let number = 0;
    for await (const line of handle.readLines()) {
      number++;
      if (this.stopping.signal.aborted) return;
      if (line.trim() === '') continue;
      const parsed = this.parse(line);
      if (parsed.ok) batch.push(parsed.event);
      else this.refuse(number, parsed.issues);
      if (batch.length < batchSize) continue;
      await this.handOver(batch);
      batch = [];
    }
    if (batch.length > 0) await this.handOver(batch);
  }

  private parse(line: string): ParseResult<IngestedEvent> {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      return { ok: false, issues: [{ path: '(root)', message: `is not valid JSON: ${(error as SyntaxError).message}` }] };
    }
    const parsed = parseClientEvent(value);
    if (!parsed.ok) return parsed;
    const { project, retentionDays, loop, now } = this.options;
    const event = { ...parsed.event, ...(now || loop ? { event_id: undefined } : {}), ...(now ? { timestamp: undefined } : {}) };
    return stampClientEvent(event, { project_id: project }, { now: Date.now(), retentionDays });
  }

  private refuse(line: number, issues: EventIssue[]): void {
    this.summary.badLines++;
    this.publisher.countRejected(this.name, 1);
    this.options.onBadLine(line, issues);
  }

  private async handOver(events: IngestedEvent[]): Promise<void> {
    const { signal } = this.stopping;
    const due = this.startedAt + (this.handedOver / this.options.rate) * 1000;
    const early = due - performance.now();
    if (early > 0) await delay(early, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    this.handedOver += events.length;
    const delivery = this.publisher.publishAll(this.name, events, signal).then((accepted) => void (this.summary.accepted += accepted));
    this.pending.add(delivery);
    void delivery.finally(() => this.pending.delete(delivery));
    if (this.pending.size >= MAX_PENDING) await Promise.race(this.pending);
  }
}
