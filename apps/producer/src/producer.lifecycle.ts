import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { EventSource } from './event.source.js';
import type { StatusReporter } from './status.reporter.js';
import type { EventStream } from './stream.connection.js';

/**
 * Starts and stops the parts in order. Nest closes the HTTP server, and waits for the requests in hand, between
 * `onModuleDestroy` and `onApplicationShutdown`: the stream must stay open until then.
 */
export class ProducerLifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    private readonly sources: readonly EventSource[],
    private readonly reporter: StatusReporter,
    private readonly stream: EventStream,
  ) {}

  onApplicationBootstrap(): void {
    for (const source of this.sources) source.start();
    this.reporter.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reporter.stop();
    await this.stream.close();
  }
}
