import type { ProducerStatus } from '@analytics/events';

/** One line of the status that producers report each second. */
export type SourceStatus = ProducerStatus['sources'][number];

/** Where events come from. Every source hands them to the one `EventPublisher`. */
export interface EventSource {
  /** Label in metrics and status. */
  readonly name: string;
  /** Begins to make or take events. */
  start(): void;
  /** Takes no more, and resolves when what it had handed over is answered. */
  stop(): Promise<void>;
  status(): SourceStatus;
}
