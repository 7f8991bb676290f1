import { hostname } from 'node:os';
import { STATUS_CHANNEL, type ProducerStatus } from '@analytics/events';
import type { NoticePublisher } from '@analytics/redis-streams';
import type { EventPublisher } from './event.publisher.js';
import type { EventSource } from './event.source.js';

const INTERVAL_MS = 1000;

/** Tells the gateway once a second how this process fares. A report that is lost is followed by the next. */
export class StatusReporter {
  private readonly startedAt = Date.now();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly notices: NoticePublisher,
    private readonly publisher: EventPublisher,
    private readonly sources: readonly EventSource[],
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.notices.publish(STATUS_CHANNEL, this.report()), INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.notices.close();
  }

  private report(): ProducerStatus {
    return {
      stage: 'producer',
      instance: `${hostname()}:${process.pid}`,
      at: Date.now(),
      startedAt: this.startedAt,
      ...this.publisher.status(),
      sources: this.sources.map((source) => source.status()),
    };
  }
}
