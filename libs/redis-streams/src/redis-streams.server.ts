import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { delay } from './backoff.js';
import type { BatchCall } from './batch-delivery.js';
import { callHandler, callSingleHandler, type CallOptions } from './handler-call.js';
import { PartitionBalance } from './partition-balance.js';
import { PartitionConsumer } from './partition-consumer.js';
import { PartitionLog } from './partition-log.js';
import type { PartitionPort } from './partition-port.js';
import { addTally, PartitionTally, type InFlight } from './partition-tally.js';
import { createConnection, endConnection, messageOf, OutageLog, type RedisStreamsStatus } from './redis-connection.js';
import type { RedisStreamsContext } from './redis-streams.context.js';
import type { PartitionSnapshot, RedisStreamsServerEvents } from './redis-streams.server-events.js';
import { checkServerOptions, type CheckedServerOptions, type RedisStreamsServerOptions } from './redis-streams.server-options.js';
import { Turns } from './turns.js';

/** Names this transport where several are connected to one application: `@EventPattern<string>('x', REDIS_STREAMS)`. */
export const REDIS_STREAMS = Symbol('redis-streams');

/**
 * Reads partitioned Redis streams and hands batches to `@EventPattern` handlers: `(items, context) => Outcome[]`, one for each item, in a
 * promise or an Observable. An entry is acknowledged only after every item of its batch is stored or dead. A handler that throws, errors,
 * does not end or miscounts gets the same batch again; one that ends without a word has stored everything. One outcome instead of an array
 * is that of the whole batch.
 *
 * For small rates: `@EventPattern<string>('x', { single: true })` handlers get `(item, context)`, one item at a time, and may throw.
 */
export class RedisStreamsServer extends Server<RedisStreamsServerEvents, RedisStreamsStatus> implements CustomTransportStrategy {
  override readonly transportId = REDIS_STREAMS;
  /** Failures of handlers are awaited, retried and reported here. */
  override readonly propagatesEventHandlerErrors = true;
  protected override readonly logger = new Logger(RedisStreamsServer.name);
  private readonly options: CheckedServerOptions;
  private readonly events = new EventEmitter();
  private readonly outages: OutageLog[];
  private readonly balance: PartitionBalance;
  private readonly suspects = new Turns();
  private tallies: PartitionTally[] = [];
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
    const sharing = new OutageLog(this.logger, `Sharing the partitions of ${this.options.stream}`);
    this.balance = new PartitionBalance(this.options, sharing, (most) => this.giveUpAbove(most));
  }

  /**
   * Registers a handler.
   * @throws {Error} for a second handler of one pattern, for a `@MessagePattern` handler, and for a single-event handler with ownership.
   */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const name = this.normalizePattern(pattern as string);
    if (!isEventHandler)
      throw new Error(`@MessagePattern(${name}): a stream has no answers. Use @EventPattern, or name the handler's transport.`);
    if (this.messageHandlers.has(name))
      throw new Error(`@EventPattern(${name}) has two handlers: an entry is acknowledged by one outcome. Let one handler call the other.`);
    if (extras.single === true && this.options.ownership)
      throw new Error(`@EventPattern(${name}, { single: true }): an offset is committed with a batch: use a batch handler, or no offsets.`);
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

  /**
   * Items accepted and not committed, per tally key, in the partitions this process owns. Exact with ownership, when `truncated` is false.
   * Each partition is asked by itself, so what is committed meanwhile may be counted or not.
   */
  async inFlight(): Promise<InFlight> {
    const all = await Promise.all(this.consumers.map((consumer, partition) => consumer.inFlight(this.tallies[partition])));
    const tally = new Map<string, number>();
    for (const each of all) if (each) addTally(tally, each.tally);
    return { tally, truncated: all.some((each) => each?.truncated) };
  }

  /** Items ever accepted in one partition, per tally key, but for the forgotten keys; duplicates of packs included. */
  acceptedTally(partition: number): Promise<Map<string, number>> {
    return this.tallyOf(partition).accepted();
  }

  /** Removes tally keys from the counters of accepted items. An item accepted later under such a key is counted from 0. */
  forgetAccepted(partition: number, keys: readonly string[]): Promise<void> {
    return this.tallyOf(partition).forget(keys);
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
    this.balance.start();
    for (let partition = 0; partition < partitions; partition++) {
      const reader = this.connect(blockMs + watchdogMarginMs, `${stream}-p${partition}`);
      this.readers.push(reader);
      this.tallies.push(new PartitionTally(stream, partition, commands));
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
      balance: this.balance,
      suspects: this.suspects,
      handlerOf: (pattern) => this.callOf(pattern),
      emit: (event, ...payload) => void this.events.emit(String(event), ...payload),
      failed: (error) => this.failed(error, partition),
      recovered: () => this.outages[partition].recovered(),
      interruptRead: () => reader.disconnect(!this.stopping),
    };
  }

  private callOf(pattern: string): BatchCall | undefined {
    const handler: MessageHandler<unknown, RedisStreamsContext> | undefined = this.messageHandlers.get(pattern);
    if (!handler) return undefined;
    const callWith = handler.extras?.single === true ? callSingleHandler : callHandler;
    const options: CallOptions = {
      timeoutMs: this.options.handlerTimeoutMs,
      around: (context, work) => this.around(context, work),
    };
    return (items, info) => callWith(handler, items, info, options);
  }

  private tallyOf(partition: number): PartitionTally {
    const tally: PartitionTally | undefined = this.tallies[partition];
    if (tally) return tally;
    const most = this.options.partitions - 1;
    throw new Error(`RedisStreamsServer: partition ${partition} is not read here; listen() first, and name one of 0 to ${most}`);
  }

  private giveUpAbove(most: number): void {
    const serving = this.consumers.filter((consumer) => consumer.serving);
    for (const consumer of serving.slice(most)) consumer.yield();
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
      Promise.all([...this.runs, this.balance.leave()]).then(() => true),
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
