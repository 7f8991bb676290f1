import { Injectable, Inject, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ThrottlerStorageService, type ThrottlerStorage } from '@nestjs/throttler';
import { Redis, type Result } from 'ioredis';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countHit(key: string, windowMs: number): Result<[hits: number, msLeft: number], Context>;
    takeBackHit(key: string): Result<number, Context>;
  }
}

/** A fixed window: the first hit opens it, and it ends by itself. */
const COUNT_HIT = `
  local hits = redis.call('INCR', KEYS[1])
  if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { hits, redis.call('PTTL', KEYS[1]) }`;

/** Nothing where the window has ended meanwhile, and never below 0. */
const TAKE_BACK_HIT = `
  if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then return redis.call('DECR', KEYS[1]) end
  return 0`;

/** Nobody should wait long to be counted. */
const ANSWER_WITHIN_MS = 250;

type Record = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts requests in Redis, so that several gateways share one limit. While Redis is away each process counts for itself: reading goes
 * on, and guessing passwords stays slow.
 */
@Injectable()
export class RedisThrottlerStorage implements ThrottlerStorage, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('throttle');
  private readonly redis: Redis;
  private readonly own = new ThrottlerStorageService();
  private away = false;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.redis = new Redis(config.REDIS_URL, {
      connectionName: 'gateway-throttle',
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 2_000,
      commandTimeout: ANSWER_WITHIN_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
      scripts: { countHit: { numberOfKeys: 1, lua: COUNT_HIT }, takeBackHit: { numberOfKeys: 1, lua: TAKE_BACK_HIT } },
    });
    // A hit that cannot be counted tells it, once.
    this.redis.on('error', () => undefined);
  }

  /** A gateway starts without Redis too. */
  async onApplicationBootstrap(): Promise<void> {
    await this.redis.connect().catch(() => undefined);
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
    this.own.onApplicationShutdown();
  }

  /** One hit less. What this process counted for itself while Redis was away stays counted. */
  async takeBack(key: string): Promise<void> {
    await this.redis.takeBackHit(key).catch(() => undefined);
  }

  async increment(key: string, ttl: number, limit: number, blockDuration: number, throttlerName: string): Promise<Record> {
    try {
      const [hits, msLeft] = await this.redis.countHit(key, ttl);
      if (this.away) this.logger.log('Redis counts requests again');
      this.away = false;
      const seconds = Math.ceil(msLeft / 1000);
      return { totalHits: hits, timeToExpire: seconds, isBlocked: hits > limit, timeToBlockExpire: seconds };
    } catch (error) {
      if (!this.away) this.logger.warn(`requests cannot be counted in Redis (${String(error)}); this process counts for itself. This is said once.`);
      this.away = true;
      return this.own.increment(key, ttl, limit, blockDuration, throttlerName);
    }
  }
}
