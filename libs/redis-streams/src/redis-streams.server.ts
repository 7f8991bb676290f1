import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { delay } from './backoff.js';
import type { BatchCall } from './batch-delivery.js';
import { callHandler } from './handler-call.js';
import { PartitionConsumer } from './partition-consumer.js';
import { PartitionLog } from './partition-log.js';
import type { PartitionPort } from './partition-reader.js';
import { createConnection, endConnection, messageOf, OutageLog, type RedisStreamsStatus } from './redis-connection.js';
import type { RedisStreamsContext } from './redis-streams.context.js';
import type { PartitionSnapshot, RedisStreamsServerEvents } from './redis-streams.server-events.js';
import { checkServerOptions, type CheckedServerOptions, type RedisStreamsServerOptions } from './redis-streams.server-options.js';

/** Names this transport where several are connected to one application: `@EventPattern<string>('x', REDIS_STREAMS)`. */
export const REDIS_STREAMS = Symbol('redis-streams');

/**
 * Reads partitioned Redis streams and hands batches to `@EventPattern` handlers: `(items, context) => Outcome[]`, one for each item, in a
 * promise or an Observable. An entry is acknowledged only after every item of its batch is stored or dead. A handler that throws, errors,
 * does not end or miscounts gets the same batch again; one that ends without a word has stored everything.
 */
export class RedisStreamsServer extends Server<RedisStreamsServerEvents, RedisStreamsStatus> implements CustomTransportStrategy {
  override readonly transportId = REDIS_STREAMS;
  /** Failures of handlers are awaited, retried and reported here. */
  override readonly propagatesEventHandlerErrors = true;
  protected override readonly logger = new Logger(RedisStreamsServer.name);
  private readonly options: CheckedServerOptions;
  private readonly events = new EventEmitter();
  private readonly outages: OutageLog[];
  private commands?: Redis;
  private readers: Redis[] = [];
  private consumers: PartitionConsumer[] = [];
  private runs: Promise<void>[] = [];
  private lagTimer?: NodeJS.Timeout;
  private stopping = false;
  private closing?: Promise<void>;

  /** @throws {Error} naming every option that is wrong. Opens no connection. */
  constructor(options: RedisStreamsServerOptions) {
    super();
    this.options = checkServerOptions(options);
    const partitions = Array.from({ length: this.options.partitions }, (_, partition) => partition);
    this.outages = partitions.map((partition) => new OutageLog(this.logger, `Partition ${partition} of ${this.options.stream}`));
  }

  /** Registers a batch handler. @throws {Error} for a second handler of one pattern, and for a `@MessagePattern` handler. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const name = this.normalizePattern(pattern as string);
    if (!isEventHandler)
      throw new Error(`@MessagePattern(${name}): a stream has no answers. Use @EventPattern, or name the handler's transport.`);
    if (this.messageHandlers.has(name))
      throw new Error(`@EventPattern(${name}) has two handlers: an entry is acknowledged by one outcome. Let one handler call the other.`);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** Starts reading. A Redis that is away is no error: it is logged once and tried until it is there. */
  listen(callback: (error?: unknown) => void): void {
    try {
      this.start();
    } catch (error) {
      return callback(error);
    }
    callback();
  }

  /** Listens to what happens. Listeners are called in line: they must be quick and must not throw. */
  override on<Key extends keyof RedisStreamsServerEvents>(event: Key, callback: RedisStreamsServerEvents[Key]): void {
    this.events.on(String(event), callback as (...args: unknown[]) => void);
  }

  /** The shared ioredis connection, then one for each partition's reads. @throws {Error} before listen(). */
  override unwrap<T = Redis[]>(): T {
    if (!this.commands) throw new Error('RedisStreamsServer.unwrap(): not listening yet; call listen() or startAllMicroservices() first');
    return [this.commands, ...this.readers] as T;
  }

  /** Each partition as this process sees it; lag is at most `lagEveryMs` old. */
  partitions(): PartitionSnapshot[] {
    return this.consumers.map((consumer) => consumer.snapshot());
  }

  /** Stops reading, finishes the batches in hand for at most `drainTimeoutMs`, releases the partitions and disconnects. */
  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  private start(): void {
    const { commandTimeoutMs, blockMs, watchdogMarginMs, stream, partitions } = this.options;
    const commands = this.connect(commandTimeoutMs, `${stream}-consumer`);
    commands.on('ready', () => this._status$.next('connected'));
    commands.on('reconnecting', () => this._status$.next('reconnecting'));
    commands.on('end', () => this._status$.next('disconnected'));
    this.commands = commands;
    for (let partition = 0; partition < partitions; partition++) {
      const reader = this.connect(blockMs + watchdogMarginMs, `${stream}-p${partition}`);
      this.readers.push(reader);
      const log = new PartitionLog({ ...this.options, partition }, reader, commands);
      const consumer = new PartitionConsumer(partition, this.options, log, this.portFor(partition, reader));
      this.consumers.push(consumer);
      this.runs.push(consumer.run());
    }
    this.lagTimer = setInterval(() => this.refreshLag(), this.options.lagEveryMs);
  }

  private connect(commandTimeout: number, connectionName: string): Redis {
    const redis = createConnection(this.options.redis, { commandTimeout, connectionName });
    // Every command that fails on this connection is reported by the partition that sent it.
    redis.on('error', () => undefined);
    return redis;
  }

  private portFor(partition: number, reader: Redis): PartitionPort {
    return {
      handlerOf: (pattern) => this.callOf(pattern),
      emit: (event, ...payload) => void this.events.emit(String(event), ...payload),
      failed: (error) => this.failed(error, partition),
      recovered: () => this.outages[partition].recovered(),
      interruptRead: () => reader.disconnect(!this.stopping),
    };
  }

  private callOf(pattern: string): BatchCall | undefined {
    const handler = this.messageHandlers.get(pattern) as MessageHandler<unknown[], RedisStreamsContext> | undefined;
    if (!handler) return undefined;
    return (items, info) => callHandler(handler, items, info, this.options.handlerTimeoutMs, (context, work) => this.around(context, work));
  }

  /** Runs one call between Nest's processing hooks. */
  private around(context: RedisStreamsContext, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (runEndHook) => {
        await work().then(resolve, reject);
        runEndHook();
      });
    });
  }

  private failed(error: unknown, partition: number): void {
    this.outages[partition].failed(error);
    if (this.events.listenerCount('error') > 0)
      this.events.emit('error', error instanceof Error ? error : new Error(messageOf(error)), partition);
  }

  private refreshLag(): void {
    this.consumers.forEach((consumer, partition) => {
      consumer.refreshLag().catch((error: unknown) => {
        if (!this.stopping) this.failed(error, partition);
      });
    });
  }

  private async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.lagTimer);
    for (const consumer of this.consumers) consumer.close();
    const end = new AbortController();
    const drained = await Promise.race([
      Promise.all(this.runs).then(() => true),
      delay(this.options.drainTimeoutMs, end.signal).then(() => false),
    ]);
    end.abort();
    if (!drained) await this.abandon();
    for (const reader of this.readers) reader.disconnect();
    if (this.commands) await endConnection(this.commands);
    this._status$.next('disconnected');
  }

  private async abandon(): Promise<void> {
    this.logger.warn(`Handlers were still busy after ${this.options.drainTimeoutMs} ms; their batches will be read again.`);
    await Promise.allSettled(this.consumers.map((consumer) => consumer.giveUp()));
  }
}
