import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { DEFAULT_PARTITIONS, eventPackCodec, STREAM, WRITE_KEYS_HASH, type IngestedEvent } from '@analytics/events';
import { readBody, readHeader, streamKey, type RawField } from '@analytics/redis-streams';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { createProducer } from '../producer.app.js';
import { loadProducerConfig } from '../producer.config.js';

/** The write key of project `shop` in specs. */
export const WRITE_KEY = 'wk_spec';

/** A producer in this process, on a port of its own. */
export interface RunningProducer {
  url: string;
  /** Stops it as SIGTERM does. */
  close(): Promise<void>;
  /** `POST /v1/events` with the write key; a body that is no string is sent as JSON. */
  send(body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Starts a producer as `main.ts` does, with variables that override the defaults. */
export async function runProducer(redisUrl: string, env: Record<string, string> = {}): Promise<RunningProducer> {
  Logger.overrideLogger(false);
  const app = await createProducer(loadProducerConfig({ REDIS_URL: redisUrl, PUBLISH_LINGER_MS: '1', ...env }));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { url, close: () => app.close(), send: (body, headers) => sendEvents(url, body, headers) };
}

/** @param query of the address, with its question mark. */
export function sendEvents(url: string, body: unknown, headers: Record<string, string> = {}, query = ''): Promise<Response> {
  const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const all = { authorization: `Bearer ${WRITE_KEY}`, ...headers };
  return fetch(`${url}/v1/events${query}`, { method: 'POST', body: payload as RequestInit['body'], headers: all });
}

/** Lets {@link WRITE_KEY} (or another key) write to project `shop`, as the stream-consumer does. */
export const allowKey = (redisUrl: string, key = WRITE_KEY): Promise<void> =>
  withRedis(redisUrl, async (redis) => void (await redis.hset(WRITE_KEYS_HASH, createHash('sha256').update(key).digest('hex'), 'shop')));

/** All events in the stream, partition by partition, as a consumer would read them. */
export const streamedEvents = (redisUrl: string): Promise<IngestedEvent[]> =>
  withRedis(redisUrl, async (redis) => {
    const events: unknown[] = [];
    for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) {
      for (const [, values] of await redis.xrangeBuffer(streamKey(STREAM, partition), '-', '+')) {
        const fields = values.flatMap((name, i): RawField[] => (i % 2 === 0 ? [[name, values[i + 1]!]] : []));
        const entry = readHeader(fields);
        const pack = entry.ok ? readBody(entry.header, entry.body, eventPackCodec) : entry;
        if (!pack.ok) throw new Error(pack.reason);
        events.push(...pack.items.map((event) => JSON.parse(String(event)) as unknown));
      }
    }
    return events as IngestedEvent[];
  });

export async function withRedis<T>(redisUrl: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(redisUrl);
  try {
    return await use(redis);
  } finally {
    await redis.quit();
  }
}
