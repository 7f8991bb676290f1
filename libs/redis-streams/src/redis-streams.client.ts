import { Logger } from '@nestjs/common';
import { ClientProxy, type ReadPacket } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { throwError, type Observable } from 'rxjs';
import { EmitError, Emission, type EmitFailure, type EmitOutcome, type EmitRefusal } from './emit-outcome.js';
import { appendEntry, appendKeys, type AppendResult } from './entry-appender.js';
import { isLonger } from './pack-body.js';
import { PartitionPublisher, type EncodedItem } from './partition-publisher.js';
import { partitionOf } from './partitioning.js';
import { createConnection, endConnection, messageOf, OutageLog, untilReady, type RedisStreamsStatus } from './redis-connection.js';
import { checkClientOptions, type CheckedClientOptions, type RedisStreamsClientOptions } from './redis-streams.client-options.js';

/** Events of the client: those of its connection. */
export interface RedisStreamsClientEvents extends Record<string, (...args: never[]) => void> {
  ready: () => void;
  close: () => void;
  reconnecting: (delayMs: number) => void;
  end: () => void;
  error: (error: Error) => void;
}

/**
 * Publishes items to partitioned Redis streams, many to an entry. *Accepted* means that Redis has answered the XADD, and with
 * `appendfsync always` that it is on its disk.
 */
export class RedisStreamsClient<Item = unknown> extends ClientProxy<RedisStreamsClientEvents, RedisStreamsStatus> {
  private readonly options: CheckedClientOptions<Item>;
  private readonly logger = new Logger(RedisStreamsClient.name);
  private readonly outage = new OutageLog(this.logger, 'Publishing to Redis');
  private readonly redis: Redis;
  private readonly publishers: PartitionPublisher[];
  private items = 0;
  private bytes = 0;
  private closing?: Promise<void>;

  /** @throws {Error} naming every option that is wrong. Opens no connection. */
  constructor(options: RedisStreamsClientOptions<Item>) {
    super();
    this.options = checkClientOptions(options);
    this.redis = createConnection(this.options.redis, {
      commandTimeout: this.options.commandTimeoutMs,
      enableOfflineQueue: false,
      connectionName: `${this.options.stream}-producer`,
    });
    this.redis.on('ready', () => this._status$.next('connected'));
    this.redis.on('reconnecting', () => this._status$.next('reconnecting'));
    this.redis.on('end', () => this._status$.next('disconnected'));
    this.redis.on('error', (error) => this.outage.failed(error));
    const port = { settled: (items: number, bytes: number) => this.release(items, bytes) };
    this.publishers = Array.from({ length: this.options.partitions }, (_, partition) => {
      const keys = appendKeys(this.options.stream, partition);
      return new PartitionPublisher(this.options, { ...port, append: (fields, tally) => this.append(keys, fields, tally) });
    });
  }

  /** Names this client's packs. */
  get producerId(): string {
    return this.options.producerId;
  }

  /** Items handed over that Redis has not answered for. */
  get inFlight(): number {
    return this.items;
  }

  /** Their bytes. */
  get inFlightBytes(): number {
    return this.bytes;
  }

  /**
   * Waits until Redis can be written to. It need not be called: the first item connects.
   * @throws {EmitError} `unavailable` after `publishTimeoutMs`, `closed` after close(). The connection is tried on all the same.
   */
  async connect(): Promise<void> {
    if (this.closing) throw new EmitError('closed', CLOSED.reason);
    this.open();
    if (!(await untilReady(this.redis, this.options.publishTimeoutMs)))
      throw new EmitError('unavailable', 'redis could not be reached; see the log for the cause');
  }

  /**
   * Hands items over and waits for Redis. Items of concurrent calls share packs.
   * @returns one outcome per item, in order. Never rejects for a fault of Redis or of an item.
   */
  emitBatch(pattern: string, items: readonly Item[]): Promise<EmitOutcome[]> {
    const emission = new Emission(items.length);
    if (!this.closing) this.open();
    for (let i = 0; i < items.length; i++) {
      const refusal = this.closing ? CLOSED : this.handOver(pattern, items[i], emission, i);
      if (refusal) emission.settle(i, refusal);
    }
    return emission.settled;
  }

  /** Request and response cannot travel through a log. @returns an observable that errors. */
  override send<TResult = never>(): Observable<TResult> {
    return throwError(() => new Error('RedisStreamsClient.send() is not supported: a stream has no answers. Use emit() or emitBatch().'));
  }

  /** Listens to the connection's events. */
  override on<Key extends keyof RedisStreamsClientEvents>(event: Key, callback: RedisStreamsClientEvents[Key]): void {
    this.redis.on(String(event) as 'error', callback as (error: Error) => void);
  }

  /** The ioredis connection. */
  override unwrap<T = Redis>(): T {
    return this.redis as T;
  }

  /** Refuses new items, sends what is in hand for at most `closeTimeoutMs`, then quits. Calling it again waits for the same end. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  protected override publish(): () => void {
    throw new Error('unreachable: send() is refused');
  }

  protected override async dispatchEvent<T = string>(packet: ReadPacket): Promise<T> {
    const [outcome] = await this.emitBatch(this.normalizePattern(packet.pattern), [packet.data]);
    if (!outcome.ok) throw new EmitError(outcome.failure, outcome.reason);
    return outcome.entryId as T;
  }

  private handOver(pattern: string, item: Item, emission: Emission, position: number): EmitRefusal | undefined {
    let encoded: EncodedItem;
    let partition: number;
    try {
      encoded = this.encode(item);
      partition = partitionOf(this.options.partitionKey(item), this.options.partitions);
    } catch (error) {
      return refusal('invalid', `the item cannot be encoded: ${messageOf(error)}`);
    }
    const { text } = encoded;
    const { packMaxBytes, maxInFlightBytes } = this.options;
    if (isLonger(text, packMaxBytes))
      return refusal('invalid', `the item is ${Buffer.byteLength(text)} bytes long; at most ${packMaxBytes} are taken`);
    if (isLonger(text, maxInFlightBytes - this.bytes))
      return { ...refusal('overloaded', `${this.bytes} bytes wait for redis; send it later`), packed: this.packedAlone(text) };
    this.items++;
    this.bytes += this.publishers[partition].add(pattern, encoded, emission, position);
    return undefined;
  }

  private packedAlone(text: string): unknown {
    const { codec } = this.options;
    return codec.decodePack(Buffer.from(codec.frame.open + text + codec.frame.close), 1)[0];
  }

  private encode(item: Item): EncodedItem {
    const text: unknown = this.options.codec.encodeItem(item);
    // JSON.stringify gives undefined for undefined and functions, whatever its type says.
    if (typeof text !== 'string') throw new Error('it has no text form');
    const tallyKey: unknown = this.options.tally?.(item);
    if (this.options.tally && typeof tallyKey !== 'string') throw new Error('option tally gave no text for it');
    return { text, tallyKey: tallyKey as string | undefined };
  }

  private open(): void {
    // Its failure is told by the event `error`, and the connection is tried again.
    if (this.redis.status === 'wait') this.redis.connect().catch(() => undefined);
  }

  private async append(
    keys: ReturnType<typeof appendKeys>,
    fields: (string | Buffer)[],
    tally: ReadonlyMap<string, number>,
  ): Promise<AppendResult> {
    const result = await appendEntry(this.redis, keys, fields, tally);
    if (result.ok) this.outage.recovered();
    else this.outage.failed(result.reason);
    return result;
  }

  private release(items: number, bytes: number): void {
    this.items -= items;
    this.bytes -= bytes;
  }

  private async finish(): Promise<void> {
    const deadline = Date.now() + this.options.closeTimeoutMs;
    await Promise.all(this.publishers.map((publisher) => publisher.flush(deadline)));
    await endConnection(this.redis);
    this._status$.next('disconnected');
  }
}

const refusal = (failure: EmitFailure, reason: string): EmitRefusal => ({ ok: false, failure, reason });
const CLOSED = refusal('closed', 'the client is closed');
