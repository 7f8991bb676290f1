import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { eventPackCodec, TrafficModel } from '@analytics/events';
import type { PrivatePipeline } from '@analytics/start';
import { Redis } from 'ioredis';
import { compressSync } from 'lz4-napi';
import { Client } from 'pg';

/** Rows of the prepared file, at most. */
const COPY_ROWS = 1_000_000;
const PACKS = 2_000;
const PACK_ITEMS = 500;
/** As the transport does: one append, or one read, waits for the one before. Several partitions do so side by side. */
const LANES = 4;
const READ_COUNT = 20;

const SPIN_MS = 1_500;
const SPIN = `
  const { parentPort } = require('node:worker_threads');
  const text = JSON.stringify({ page: 'https://shop.example/products/1', numbers: [1, 2, 3, 4], nested: { deeper: true } });
  let done = 0;
  for (const end = performance.now() + ${SPIN_MS}; performance.now() < end; done += 500) for (let i = 0; i < 500; i++) JSON.parse(text);
  parentPort.postMessage(done);`;

/**
 * How much more all cores get done at once than one does alone: their number, where each is a core of its own, and little more than 1 where two
 * of them are threads of one core or the machine is shared. A limit that is measured on one core is to be read with it.
 */
export async function measureCores(): Promise<number> {
  const work = async (threads: number): Promise<number> => {
    const spin = (): Promise<number> =>
      new Promise((resolve, reject) => new Worker(SPIN, { eval: true }).once('message', resolve).once('error', reject));
    const done = await Promise.all(Array.from({ length: threads }, spin));
    return done.reduce((sum, each) => sum + each, 0);
  };
  const alone = await work(1);
  return (await work(availableParallelism())) / alone;
}

/**
 * The COPY limit: rows of the run that has just ended, from a file on the server into the same hypertable with the same indexes, by one
 * session, as one transaction. Rows that were stored are removed first: the system must be quiet, and is of no use afterwards.
 * @returns rows per second, of each of `runs` runs.
 */
export async function measureCopy({ databaseUrl }: Pick<PrivatePipeline, 'databaseUrl'>, runs: number): Promise<number[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ file: string; columns: string }>(`
      SELECT current_setting('data_directory') || '/events.copy' AS file, string_agg(attname, ', ' ORDER BY attnum) AS columns
        FROM pg_attribute WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped`);
    const { file, columns } = rows[0]!;
    await client.query(`COPY (SELECT ${columns} FROM events LIMIT ${COPY_ROWS}) TO '${file}' (FORMAT binary)`);
    const rates: number[] = [];
    for (let run = 0; run < runs; run++) {
      await client.query('TRUNCATE events');
      await client.query('CHECKPOINT');
      const startedAt = performance.now();
      const { rowCount } = await client.query(`COPY events (${columns}) FROM '${file}' (FORMAT binary)`);
      rates.push((rowCount ?? 0) / ((performance.now() - startedAt) / 1000));
    }
    return rates;
  } finally {
    await client.end();
  }
}

/** Rows made at a time of the ones that are there, at least and at most. */
const [LEAST_STEP, FILL_STEP] = [50_000, 500_000];
const FIRST_ROWS_MS = 30_000;

/**
 * Fills `events` with copies of its own rows, as of the last 29 days, with ids of their own: `rows` of them. Traffic must be running; its
 * first rows are waited for.
 */
export async function fillWithRows({ databaseUrl }: Pick<PrivatePipeline, 'databaseUrl'>, rows: number, say: (line: string) => void): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    await untilRows(client, LEAST_STEP);
    await client.query(`CREATE TEMPORARY TABLE sample AS SELECT *, row_number() OVER () AS n FROM events LIMIT ${FILL_STEP}`);
    const { rows: counted } = await client.query<{ n: number; columns: string }>(`
      SELECT (SELECT count(*)::int FROM sample) AS n, string_agg(attname, ', ' ORDER BY attnum) AS columns
        FROM pg_attribute WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('time', 'received_at', 'event_id')`);
    const { n, columns } = counted[0]!;
    for (let filled = 0; filled < rows; filled += n) {
      const at = `now() - interval '12 hours' - (${filled} + n) * interval '28 days' / ${rows}`;
      await client.query(`INSERT INTO events (time, received_at, event_id, ${columns}) SELECT ${at}, ${at}, gen_random_uuid(), ${columns} FROM sample LIMIT ${rows - filled}`);
      if (Math.floor(filled / 5_000_000) !== Math.floor((filled + n) / 5_000_000)) say(`${filled + n} rows filled in`);
    }
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

async function untilRows(client: Client, least: number): Promise<void> {
  for (const endsAt = performance.now() + FIRST_ROWS_MS; ; await pause(200)) {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM (SELECT FROM events LIMIT ${least}) AS first_rows`);
    const n = rows[0]!.n;
    if (n >= least) return;
    if (performance.now() > endsAt) throw new Error(`only ${n} rows to copy from after ${FIRST_ROWS_MS / 1000} s; is traffic running?`);
  }
}

/** Appending and reading of packs by bare loops, `appendfsync always`. @returns events per second, of each run. */
export async function measureRedis({ redisUrl }: Pick<PrivatePipeline, 'redisUrl'>, runs: number): Promise<{ append: number[]; read: number[] }> {
  const body = somePack();
  const lanes = Array.from({ length: LANES }, (_, lane) => ({ key: `limit:${lane}`, redis: new Redis(redisUrl) }));
  const timed = async (work: (lane: (typeof lanes)[number]) => Promise<void>): Promise<number> => {
    const startedAt = performance.now();
    await Promise.all(lanes.map(work));
    return (PACKS * PACK_ITEMS) / ((performance.now() - startedAt) / 1000);
  };
  const rates = { append: [] as number[], read: [] as number[] };
  try {
    for (let run = 0; run < runs; run++) {
      for (const { key, redis } of lanes) await redis.multi().del(key).xgroup('CREATE', key, 'limit', '0', 'MKSTREAM').exec();
      rates.append.push(
        await timed(async ({ key, redis }) => {
          for (let pack = 0; pack < PACKS / LANES; pack++) await redis.xadd(key, '*', 'b', body);
        }),
      );
      rates.read.push(
        await timed(async ({ key, redis }) => {
          for (let read = 0; read < PACKS / LANES; ) {
            const reply = (await redis.xreadgroupBuffer('GROUP', 'limit', 'c', 'COUNT', READ_COUNT, 'STREAMS', key, '>')) as [Buffer, [Buffer, Buffer[]][]][];
            const ids = reply[0]![1].map(([id]) => id);
            read += ids.length;
            await Promise.all([redis.xack(key, 'limit', ...ids), redis.xtrim(key, 'MINID', '~', ids.at(-1)!.toString())]);
          }
        }),
      );
    }
    return rates;
  } finally {
    for (const { redis } of lanes) redis.disconnect();
  }
}

/** As the transport sends it. */
function somePack(): Buffer {
  const now = Date.now();
  const model = new TrafficModel({ seed: 42, startAt: now, eventsPerSecond: 100_000 });
  const received_at = new Date(now).toISOString();
  const events = model.advanceTo(now + 1_000).slice(0, PACK_ITEMS);
  const { encodeItem, frame } = eventPackCodec;
  const items = events.map(({ context, ...event }) => encodeItem({ ...event, project_id: 'demo', ...context, received_at }));
  return compressSync(frame.open + items.join(frame.separator) + frame.close);
}
