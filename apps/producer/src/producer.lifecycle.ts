import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { EventSource } from './event.source.js';
import type { EventStream } from './stream.connection.js';

/** What runs as long as the service does, beside the sources. */
export interface BackgroundPart {
  /** Resolves when requests and sources may begin. */
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts and stops the parts in order. Nest closes the HTTP server, and waits for the requests in hand, between
 * `onModuleDestroy` and `onApplicationShutdown`: the stream must stay open until then.
 */
export class ProducerLifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    private readonly sources: readonly EventSource[],
    private readonly background: readonly BackgroundPart[],
    private readonly stream: EventStream,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(this.background.map((part) => part.start()));
    for (const source of this.sources) source.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.background.map((part) => part.stop()));
    await this.stream.close();
  }
}
