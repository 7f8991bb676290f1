import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { createConnection, endConnection, OutageLog, type RedisTarget } from './redis-connection.js';

/**
 * Tells whoever listens right now. Pub/sub keeps nothing: a notice says that something changed and where to look, and a lost one must
 * cost no more than a late look.
 */
export class NoticePublisher {
  private readonly redis: Redis;
  private readonly outage = new OutageLog(new Logger(NoticePublisher.name), 'Publishing notices');
  private opened?: Promise<void>;

  constructor(target: RedisTarget) {
    // No queue while Redis is away: a notice that is late is worthless, and a thousand late ones are harmful.
    this.redis = createConnection(target, { commandTimeout: 2000, enableOfflineQueue: false, connectionName: 'notice-publisher' });
    this.redis.on('error', (error) => this.outage.failed(error));
  }

  /** Opens the connection. Never rejects; a Redis that is away is tried again in the background. */
  connect(): Promise<void> {
    this.opened ??= this.redis.connect().catch((error: unknown) => this.outage.failed(error));
    return this.opened;
  }

  /** Publishes a JSON value; connects if need be. @returns whether Redis took it. Never rejects. */
  async publish(channel: string, notice: object): Promise<boolean> {
    await this.connect();
    try {
      await this.redis.publish(channel, JSON.stringify(notice));
      this.outage.recovered();
      return true;
    } catch (error) {
      this.outage.failed(error);
      return false;
    }
  }

  close(): Promise<void> {
    return endConnection(this.redis);
  }
}

const HEARTBEAT_MS = 10_000;

type Receive = (message: string) => void;

/** Hears notices. Subscribes again by itself after a reconnect; what was told meanwhile is gone. */
export class NoticeSubscriber {
  private readonly redis: Redis;
  private readonly logger = new Logger(NoticeSubscriber.name);
  private readonly outage = new OutageLog(this.logger, 'Listening for notices');
  private readonly receivers = new Map<string, Set<Receive>>();
  private droppedTotal = 0;
  private readonly heartbeat: NodeJS.Timeout;
  private opened?: Promise<void>;

  constructor(target: RedisTarget) {
    this.redis = createConnection(target, { commandTimeout: 2000, enableOfflineQueue: false, connectionName: 'notice-subscriber' });
    this.redis.on('error', (error) => this.outage.failed(error));
    this.redis.on('message', (channel, message) => this.receivers.get(channel)?.forEach((receive) => receive(message)));
    // ioredis repeats subscriptions that once succeeded; one that was asked for while Redis was away has not.
    this.redis.on('ready', () => void this.subscribeAll());
    // Nothing is sent on this connection otherwise, so a cut cable would never be noticed.
    this.heartbeat = setInterval(() => this.connected && void this.redis.ping().catch(() => undefined), HEARTBEAT_MS).unref();
  }

  /** Notices that were no JSON, or that `parse` or the listener refused. */
  get dropped(): number {
    return this.droppedTotal;
  }

  /** Whether notices can arrive at present. */
  get connected(): boolean {
    return this.redis.status === 'ready';
  }

  /**
   * Hears a channel. Resolves when the subscription stands, or when Redis turns out to be away; it is then made as soon as Redis is back.
   * @param parse throws when the notice is invalid; it is then dropped and counted.
   * @returns ends this subscription.
   */
  async subscribe<T>(channel: string, parse: (json: unknown) => T, listener: (notice: T) => void): Promise<() => Promise<void>> {
    const receive: Receive = (message) => {
      try {
        listener(parse(JSON.parse(message)));
      } catch (error) {
        if (this.droppedTotal++ === 0) this.logger.warn(`Dropped a notice on ${channel}; later ones are only counted: ${String(error)}`);
      }
    };
    const receivers = this.receivers.get(channel) ?? new Set<Receive>();
    this.receivers.set(channel, receivers.add(receive));
    this.opened ??= this.redis.connect().catch((error: unknown) => this.outage.failed(error));
    await this.opened;
    if (this.connected) await this.subscribeAll();
    return async () => {
      receivers.delete(receive);
      if (receivers.size > 0) return;
      this.receivers.delete(channel);
      if (this.connected) await this.redis.unsubscribe(channel).catch(() => undefined);
    };
  }

  close(): Promise<void> {
    clearInterval(this.heartbeat);
    this.redis.disconnect();
    return Promise.resolve();
  }

  private async subscribeAll(): Promise<void> {
    if (this.receivers.size === 0) return;
    try {
      await this.redis.subscribe(...this.receivers.keys());
      this.outage.recovered();
    } catch (error) {
      this.outage.failed(error);
    }
  }
}
