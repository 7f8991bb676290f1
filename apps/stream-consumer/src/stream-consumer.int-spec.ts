import { createHash } from 'node:crypto';
import { COMMIT_CHANNEL, commitNoticeSchema, EVENTS_PATTERN, eventPackCodec, partitionKey, STREAM, WRITE_KEY_USES_HASH, WRITE_KEYS_HASH } from '@analytics/events';
import { tallyKeyOf, type CommitNotice, type IngestedEvent } from '@analytics/events';
import { NoticeSubscriber, RedisStreamsClient, RedisStreamsServer } from '@analytics/redis-streams';
import { eventually, freshDatabase, freshRedis, startPrivateServices, type FreshDatabase } from '@analytics/testing';
import { compareRollups, createDataSource, createPool, ensureProject, LedgerReader, prepareDatabase } from '@analytics/timescale';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { AppModule } from './app.module.js';
import { durabilityFaults } from './connections.js';
import type { ConsumerConfig } from './consumer.config.js';

const event = (number: number, more: Partial<IngestedEvent> = {}): IngestedEvent => ({
  event_id: `0190f3b0-0000-7000-8000-${String(number).padStart(12, '0')}`,
  timestamp: '2026-01-31T12:00:00.000Z',
  event_type: 'signed_up',
  user_id: `user_${number % 10}`,
  properties: { plan: 'pro', number },
  project_id: 'demo',
  received_at: '2026-01-31T12:00:00.010Z',
  ...more,
});

describe('the stream-consumer', () => {
  let redisUrl: string;
  let database: FreshDatabase;
  let owner: Pool;
  let redis: Redis;
  let client: RedisStreamsClient;
  let app: INestApplication;

  const config = (): ConsumerConfig => ({
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'fatal',
    LOG_FORMAT: 'json',
    REDIS_URL: redisUrl,
    DATABASE_WRITER_URL: database.writerUrl,
    STREAM_PARTITIONS: 2,
    MAX_TRANSACTIONS: 2,
    BATCH_MAX_ENTRIES: 20,
    LEASE_MS: 2_000,
    INSTANCE: 'spec',
    METRICS_FILE: '/dev/null',
    DURABILITY: 'relaxed',
  });

  const startConsumer = async (): Promise<INestApplication> => {
    const consumer = await NestFactory.create(AppModule.register(config()), { logger: false, abortOnError: false });
    consumer.connectMicroservice({ strategy: consumer.get(RedisStreamsServer) });
    await consumer.startAllMicroservices();
    return consumer.init();
  };
  const count = async (table: string): Promise<number> => Number((await owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]!.n);
  const emit = async (events: unknown[]): Promise<void> => {
    const outcomes = await client.emitBatch(EVENTS_PATTERN, events as IngestedEvent[]);
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  };

  beforeEach(async () => {
    redisUrl = await freshRedis();
    database = await freshDatabase(prepareDatabase);
    owner = createPool(database.ownerUrl, { max: 1, applicationName: 'spec' });
    redis = new Redis(redisUrl);
    client = new RedisStreamsClient({
      redis: redisUrl,
      stream: STREAM,
      partitions: 2,
      codec: eventPackCodec,
      partitionKey: (item) => partitionKey(item as IngestedEvent),
      tally: (item) => tallyKeyOf(item as IngestedEvent),
    });
    await client.connect();
    app = await startConsumer();
  });

  afterEach(async () => {
    await app.close();
    await client.close();
    await redis.quit();
    await owner.end();
    await database.drop();
  });

  it('stores each accepted event once, with rollups that equal it, and empties the stream', async () => {
    await emit(Array.from({ length: 1_200 }, (_, number) => event(number)));
    await eventually(async () => expect(await count('events')).toBe(1_200));
    expect(Number((await owner.query<{ n: string }>('SELECT sum(events) AS n FROM event_counts_1m')).rows[0]!.n)).toBe(1_200);
    const { differences } = await compareRollups(owner, { from: new Date('2026-01-31T11:00:00Z'), to: new Date('2026-01-31T13:00:00Z') });
    expect(differences).toEqual([]);
    await eventually(async () => {
      for (const partition of [0, 1]) expect((await redis.xpending(`${STREAM}:{${partition}}`, 'analytics_consumers'))[0]).toBe(0);
    });
  });

  it('tells after the commit what changed, and for whom', async () => {
    const notices: CommitNotice[] = [];
    const subscriber = new NoticeSubscriber(redisUrl);
    await subscriber.subscribe(COMMIT_CHANNEL, (json) => commitNoticeSchema.parse(json), (notice) => notices.push(notice));
    try {
      await emit([event(1), event(2, { project_id: 'self', event_type: 'page_left' })]);
      await eventually(() => expect(notices.flatMap(({ projects }) => projects.map(({ projectId }) => projectId)).sort()).toEqual(['demo', 'self']));
      const self = notices.flatMap(({ projects }) => projects).find(({ projectId }) => projectId === 'self');
      expect(self).toEqual({
        projectId: 'self',
        eventTypes: ['page_left'],
        events: 1,
        from: Date.parse('2026-01-31T12:00:00.000Z'),
        to: Date.parse('2026-01-31T12:00:00.000Z'),
        stretches: [[Date.parse('2026-01-31T12:00:00.000Z'), Date.parse('2026-01-31T12:01:00.000Z')]],
        newestReceivedAt: Date.parse('2026-01-31T12:00:00.010Z'),
        newestCreatedAt: Date.parse('2026-01-31T12:00:00.000Z'),
      });
      expect(await count('events')).toBe(2);
    } finally {
      await subscriber.close();
    }
  });

  it('buries what is no event, each with its reason, and stores the rest of the same pack', async () => {
    await emit([event(1), { ...event(2), user_id: '' }, event(3), { ...event(4), received_at: 'yesterday' }]);
    await redis.xadd(`${STREAM}:{1}`, '*', 'not', 'a pack');
    await eventually(async () => expect([await count('events'), await count('dead_letters')]).toEqual([2, 3]));
    const { rows } = await owner.query<{ reason: string }>('SELECT reason FROM dead_letters ORDER BY reason');
    expect(rows.map(({ reason }) => reason).join('\n')).toMatch(/received_at[^]*user_id/);
  });

  it('goes on where another process was killed: nothing is lost or doubled', async () => {
    await emit(Array.from({ length: 600 }, (_, number) => event(number)));
    await eventually(async () => expect(await count('events')).toBe(600));
    await app.close();
    await emit(Array.from({ length: 600 }, (_, number) => event(1_000 + number)));
    app = await startConsumer();
    await eventually(async () => expect(await count('events')).toBe(1_200));
    expect(Number((await owner.query<{ n: string }>('SELECT count(DISTINCT event_id) AS n FROM events')).rows[0]!.n)).toBe(1_200);
  });

  it('balances in the ledger: accepted = stored + duplicate + dead, each counted where it happens', async () => {
    const ledger = new LedgerReader(owner);
    await emit(Array.from({ length: 40 }, (_, number) => event(number)));
    await emit([event(0), event(1), { ...event(50), user_id: '' }]);
    const range = { projectId: 'demo', from: new Date('2026-01-31T12:00:00Z'), to: new Date('2026-01-31T12:01:00Z') };
    await eventually(async () =>
      expect((await ledger.read(range)).totals).toMatchObject({ accepted: 43, stored: 40, duplicate: 2, dead: 1, replayed: 0 }),
    );
    expect(await count('events')).toBe(40);
  });

  it('stores a dead letter on request once it is an event, and only once, however often it is asked', async () => {
    await emit([event(1), { ...event(2), user_id: '' }]);
    await eventually(async () => expect(await count('dead_letters')).toBe(1));
    const id = (await owner.query<{ id: string }>('SELECT id FROM dead_letters')).rows[0]!.id;
    const act = async (action: string): Promise<{ result: string }> =>
      (await (await fetch(`${await app.getUrl()}/dead-letters/${id}/${action}`, { method: 'POST' })).json()) as { result: string };
    await app.listen(0, '127.0.0.1');
    expect(await act('replay')).toMatchObject({ result: 'invalid', reason: expect.stringContaining('user_id') as string });
    const repaired = JSON.stringify({ ...event(2), user_id: 'repaired' });
    await owner.query('UPDATE dead_letters SET payload = $1', [Buffer.from(repaired)]);
    const results = await Promise.all([act('replay'), act('replay'), act('discard')]);
    expect(results.map(({ result }) => result).sort()).toEqual(['already', 'already', expect.stringMatching(/replayed|discarded/)]);
    const replayed = results.some(({ result }) => result === 'replayed');
    expect(await count('events')).toBe(replayed ? 2 : 1);
    expect((await act('replay')).result).toBe('already');
  });

  it('publishes the write keys, and withdraws one that was revoked', async () => {
    const tables = await createDataSource({ url: database.ownerUrl, applicationName: 'spec-keys' }).initialize();
    try {
      await ensureProject(tables, { id: 'shop', name: 'Shop', writeKey: 'wk_spec' });
      await eventually(async () => expect(Object.values(await redis.hgetall(WRITE_KEYS_HASH))).toEqual(['shop']));
      await owner.query('UPDATE write_keys SET revoked_at = now()');
      await eventually(async () => expect(await redis.hgetall(WRITE_KEYS_HASH)).toEqual({}));
    } finally {
      await tables.destroy();
    }
  });

  it('compacts the past, and what comes late into it', async () => {
    await owner.query(`INSERT INTO projects (id, name) VALUES ('demo', 'Demo')`);
    const compacted = async (): Promise<number> =>
      Number((await owner.query<{ n: string }>(`SELECT coalesce(sum(n), 0) AS n FROM value_counts, unnest(events) AS n WHERE field = 'type' AND minutes = 1440`)).rows[0]!.n);
    await emit(Array.from({ length: 30 }, (_, number) => event(number)));
    await eventually(async () => expect(await compacted()).toBe(30));
    await emit([event(30)]);
    await eventually(async () => expect(await compacted()).toBe(31));
  });

  it('keeps when a write key was last used, as collectors note it, and goes on when a note is nonsense', async () => {
    const tables = await createDataSource({ url: database.ownerUrl, applicationName: 'spec-keys' }).initialize();
    try {
      await ensureProject(tables, { id: 'shop', name: 'Shop', writeKey: 'wk_used' });
      const digest = createHash('sha256').update('wk_used').digest('hex');
      await redis.hset(WRITE_KEY_USES_HASH, digest, Date.parse('2026-01-31T12:00:00Z'), 'another', 'nonsense');
      await eventually(async () => {
        const { rows } = await owner.query<{ last_used_at: Date | null }>('SELECT last_used_at FROM write_keys WHERE key_hash = $1', [digest]);
        expect(rows[0]?.last_used_at?.toISOString()).toBe('2026-01-31T12:00:00.000Z');
      });
      await eventually(async () => expect(await redis.exists(WRITE_KEY_USES_HASH)).toBe(0));
    } finally {
      await tables.destroy();
    }
  });

  it('names the settings under which accepted events could be lost', async () => {
    const unsafe = await startPrivateServices({ postgres: false, redisSettings: { appendfsync: 'everysec' } });
    try {
      expect((await durabilityFaults(unsafe.redis!.url, owner)).join('\n')).toMatch(/appendfsync is everysec; expected always/);
    } finally {
      await unsafe.stop();
    }
  });
});
