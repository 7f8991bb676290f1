import { eventPackCodec, partitionKey, STREAM, tallyKeyOf, type IngestedEvent } from '@analytics/events';
import { checkRedisDurability, RedisStreamsClient } from '@analytics/redis-streams';
import { ConfigError, failpoint } from '@analytics/service-runtime';
import { Redis } from 'ioredis';
import type { StreamConfig } from './producer.config.js';

const PROBE_TIMEOUT_MS = 5000;

export type EventStream = RedisStreamsClient<IngestedEvent>;

/**
 * Opens the way into the stream. Nothing is taken in before this has succeeded.
 * @throws {ConfigError} when Redis does not answer, or (with `DURABILITY` strict) may lose what it accepted.
 */
export async function connectStream(config: StreamConfig): Promise<EventStream> {
  await requireRedis(config.REDIS_URL);
  if (config.DURABILITY === 'strict') await requireDurability(config.REDIS_URL);
  const client = new RedisStreamsClient<IngestedEvent>({
    redis: config.REDIS_URL,
    stream: STREAM,
    partitions: config.STREAM_PARTITIONS,
    partitionKey,
    codec: eventPackCodec,
    tally: tallyKeyOf,
    onPoint: failpoint,
    lingerMs: config.PUBLISH_LINGER_MS,
    publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
  });
  await client.connect();
  return client;
}

/**
 * Says whether events can be published now, and how safe they are then.
 * @throws {Error} with the reason when they cannot.
 */
export async function checkStream(client: EventStream, config: StreamConfig): Promise<{ durability: string; faults?: string[] }> {
  await client.unwrap().ping();
  const durability = await checkRedisDurability(config.REDIS_URL);
  if (durability.ok) return { durability: 'strict' };
  if (config.DURABILITY === 'strict') throw new Error(durability.faults.join('; '));
  return { durability: 'relaxed', faults: durability.faults };
}

// A connection that is given up at once: the client's own would be tried for ever, which is right only once the service runs.
async function requireRedis(url: string): Promise<void> {
  const timeouts = { connectTimeout: PROBE_TIMEOUT_MS, commandTimeout: PROBE_TIMEOUT_MS };
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, ...timeouts });
  let cause = '';
  redis.on('error', (error: NodeJS.ErrnoException) => (cause ||= error.message || error.code || error.name));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const reason = cause || (error as Error).message;
    const place = withoutPassword(url);
    throw new ConfigError(`Redis at ${place} does not answer (${reason}); start it with "npm run services -- up", or set REDIS_URL`);
  } finally {
    redis.disconnect();
  }
}

async function requireDurability(url: string): Promise<void> {
  const durability = await checkRedisDurability(url);
  if (durability.ok) return;
  const faults = durability.faults.map((fault) => `\n  ${fault}`).join('');
  throw new ConfigError(`Redis may lose what it has accepted; change its settings, or set DURABILITY=relaxed:${faults}`);
}

const withoutPassword = (url: string): string => url.replace(/:\/\/[^@/]*@/, '://***@');
