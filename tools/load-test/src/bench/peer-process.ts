// One side of a peer: `node peer-process.js <peer> <producer|consumer>`, with REDIS_URL and DATABASE_URL. See peers.ts.
import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { parseIngestedEvent, TrafficModel, type IngestedEvent } from '@analytics/events';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, EventPattern, Payload, Transport, type ClientRedis, type MicroserviceOptions } from '@nestjs/microservices';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';

const BATCH = 100;
/** Events on their way at most: the transports themselves have no bound, or do not say how far they are. */
const MOST_ON_THE_WAY = 20_000;
const STORED = 'peer:stored';
const NAME = 'peer';

const redisUrl = process.env['REDIS_URL']!;
const { hostname: host, port } = new URL(redisUrl);
const connection = { host, port: Number(port), maxRetriesPerRequest: null };

type Row = unknown[];

const parameters = (rows: readonly Row[]): string => {
  let next = 0;
  return rows.map((row) => `(${row.map(() => `$${++next}`).join(', ')})`).join(', ');
};

/** One parameterised multi-row INSERT for 100 events. A generous reading of the common way: no validation, no rollups, no ledger. */
class CommonStore {
  protected readonly pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 8 });
  private readonly redis = new Redis(redisUrl);
  private waiting: { event: IngestedEvent; resolve: () => void; reject: (error: unknown) => void }[] = [];
  private timer?: NodeJS.Timeout;

  async insert(events: readonly IngestedEvent[]): Promise<void> {
    await this.write(events);
    await this.redis.incrby(STORED, events.length);
  }

  protected async write(events: readonly IngestedEvent[]): Promise<void> {
    const rows = events.map(({ timestamp, received_at, event_id, project_id, event_type, user_id, properties }): Row => [
      ...[timestamp, received_at, event_id, properties['session_id'] ?? null, false, project_id, event_type, user_id],
      JSON.stringify(properties),
    ]);
    await this.pool.query(
      `INSERT INTO events (time, received_at, event_id, session_id, clock_adjusted, project_id, event_type, user_id, properties)
       VALUES ${parameters(rows)} ON CONFLICT DO NOTHING`,
      rows.flat(),
    );
  }

  /** Resolves when the event is stored with 99 others, or after 5 ms with fewer. */
  add(event: IngestedEvent): Promise<void> {
    const stored = new Promise<void>((resolve, reject) => this.waiting.push({ event, resolve, reject }));
    if (this.waiting.length >= BATCH) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), 5);
    return stored;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting.splice(0);
    this.insert(batch.map(({ event }) => event)).then(
      () => batch.forEach(({ resolve }) => resolve()),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  }
}

const urlOf = (value: unknown): URL | undefined => (typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined);
const minuteOf = (timestamp: string): string => `${timestamp.slice(0, 16)}:00Z`;

/** The counts of a batch under their keys. */
class Counts {
  readonly rows = new Map<string, Row>();

  add(...keys: unknown[]): void {
    const row = this.rows.get(keys.join('\n')) ?? [...keys, 0];
    row[keys.length] = Number(row[keys.length]) + 1;
    this.rows.set(keys.join('\n'), row);
  }

  /** That there were some, without how many. */
  note(...keys: unknown[]): void {
    this.rows.set(keys.join('\n'), keys);
  }
}

const COUNT_KEYS: Record<string, string> = {
  event_counts_10s: 'project_id, bucket, partition, event_type',
  event_counts_1m: 'project_id, bucket, partition, event_type',
  dimension_counts_1m: 'project_id, dimension, bucket, partition, value',
};

/** Users are there or not; everything else is added up. */
const addTo = (table: string, rows: readonly Row[]): string =>
  table in COUNT_KEYS
    ? `INSERT INTO ${table} AS kept (${COUNT_KEYS[table]}, events) VALUES ${parameters(rows)}
       ON CONFLICT (${COUNT_KEYS[table]}) DO UPDATE SET events = kept.events + excluded.events`
    : `INSERT INTO ${table} (project_id, bucket, user_id) VALUES ${parameters(rows)} ON CONFLICT DO NOTHING`;

/**
 * The common way to what the pipeline stores: events validated, all columns, and the counts of each batch of 100 added in the transaction of
 * its rows. Durations, the ledger and the offset are still missing, and an event that comes again is counted again.
 */
class CompleteStore extends CommonStore {
  protected override async write(events: readonly IngestedEvent[]): Promise<void> {
    const rows = events.filter((event) => parseIngestedEvent(event).ok).map((event): Row => {
      const [page, referrer] = [urlOf(event.properties['page_url']), urlOf(event.properties['referrer'])];
      const { timestamp, received_at, event_id, properties, clock_adjusted, project_id, event_type, user_id } = event;
      return [
        ...[timestamp, received_at, event_id, properties['session_id'] ?? null, clock_adjusted ?? false, project_id, event_type, user_id],
        ...[page?.host, page?.pathname, referrer?.host, event.browser, event.os, event.device, event.country, JSON.stringify(properties)],
      ];
    });
    const counts = { event_counts_10s: new Counts(), event_counts_1m: new Counts(), dimension_counts_1m: new Counts(), active_users_1m: new Counts() };
    for (const [timestamp, , , , , project, type, user, , path, referrer, browser, os, device, country] of rows) {
      const minute = minuteOf(String(timestamp));
      counts.event_counts_10s.add(project, `${String(timestamp).slice(0, 18)}0Z`, 0, type);
      counts.event_counts_1m.add(project, minute, 0, type);
      counts.active_users_1m.note(project, minute, user);
      const seen = { ...(type === 'page_view' ? { page: path, referrer } : {}), browser, os, device, country };
      for (const [dimension, value] of Object.entries(seen)) if (value) counts.dimension_counts_1m.add(project, dimension, minute, 0, value);
    }
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO events (time, received_at, event_id, session_id, clock_adjusted, project_id, event_type, user_id, page_host, page_path,
           referrer_host, browser, os, device, country, properties) VALUES ${parameters(rows)} ON CONFLICT DO NOTHING`,
        rows.flat(),
      );
      for (const [table, { rows: added }] of Object.entries(counts)) await client.query(addTo(table, [...added.values()]), [...added.values()].flat());
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
}

@Controller()
class PeerController {
  private readonly store = new CommonStore();

  @EventPattern(NAME)
  take(@Payload() event: IngestedEvent): Promise<void> {
    return this.store.add(event);
  }
}

@Module({ controllers: [PeerController] })
class PeerModule {}

interface Peer {
  /** @returns how to send 100 events. */
  produce(): Promise<(events: IngestedEvent[]) => Promise<unknown>>;
  consume(): Promise<unknown>;
}

/** One event an entry, read in hundreds. */
const entryByEntry = (storeOf: () => CommonStore): Peer => ({
  produce: async () => {
    const redis = new Redis(redisUrl);
    return async (events) => {
      const pipeline = redis.pipeline();
      for (const event of events) pipeline.xadd(NAME, '*', 'event', JSON.stringify(event));
      await pipeline.exec();
    };
  },
  consume: async () => {
    const redis = new Redis(redisUrl);
    const store = storeOf();
    await redis.xgroup('CREATE', NAME, NAME, '0', 'MKSTREAM');
    for (;;) {
      const reply = (await redis.xreadgroup('GROUP', NAME, NAME, 'COUNT', BATCH, 'BLOCK', 1_000, 'STREAMS', NAME, '>')) as
        [string, [string, [string, string]][]][] | null;
      const entries = reply?.[0]?.[1] ?? [];
      if (entries.length === 0) continue;
      await store.insert(entries.map(([, [, text]]) => JSON.parse(text) as IngestedEvent));
      const ids = entries.map(([id]) => id);
      await redis.multi().xack(NAME, NAME, ...ids).xtrim(NAME, 'MINID', '~', ids.at(-1)!).exec();
    }
  },
});

const peers: Record<string, Peer> = {
  common: entryByEntry(() => new CompleteStore()),
  'common-bare': entryByEntry(() => new CommonStore()),
  'nest-redis': {
    produce: async () => {
      const client = ClientProxyFactory.create({ transport: Transport.REDIS, options: connection }) as ClientRedis;
      await client.connect();
      return (events) => Promise.all(events.map((event) => new Promise<void>((resolve, reject) => client.emit(NAME, event).subscribe({ complete: resolve, error: reject }))));
    },
    consume: async () => {
      const app = await NestFactory.createMicroservice<MicroserviceOptions>(PeerModule, { transport: Transport.REDIS, options: connection, logger: false });
      await app.listen();
    },
  },
  bullmq: {
    produce: async () => {
      const queue = new Queue<IngestedEvent>(NAME, { connection });
      return (events) => queue.addBulk(events.map((data) => ({ name: NAME, data, opts: { removeOnComplete: true } })));
    },
    consume: async () => {
      const store = new CommonStore();
      await new Worker<IngestedEvent>(NAME, ({ data }) => store.add(data), { connection, concurrency: 2 * BATCH }).waitUntilReady();
    },
  },
};

async function produceForEver(send: (events: IngestedEvent[]) => Promise<unknown>): Promise<never> {
  const counter = new Redis(redisUrl);
  let now = Date.now();
  const model = new TrafficModel({ seed: 42, startAt: now, eventsPerSecond: 100_000, dayCurve: false });
  for (let sent = 0; ; ) {
    const received_at = new Date().toISOString();
    const events = model.advanceTo(++now).map(({ context, ...event }): IngestedEvent => ({ ...event, ...context, project_id: 'demo', received_at }));
    await send(events);
    sent += events.length;
    while (sent - Number(await counter.get(STORED)) > MOST_ON_THE_WAY) await pause(1);
  }
}

const [name = '', role = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());
if (role === 'producer') await produceForEver(await peers[name]!.produce());
else await peers[name]!.consume();
