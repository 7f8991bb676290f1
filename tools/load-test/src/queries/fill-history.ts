import { TrafficModel, type IngestedEvent } from '@analytics/events';
import { Compactor, createPool, EventBatchWriter, eventItems, PartitionLeases, prepareDatabase } from '@analytics/timescale';
import type { Pool } from 'pg';

/** It is known as a project only when it is filled: until then no compactor begins with it. */
export const PROJECT = 'history';
export const HISTORY_DAYS = 30;

const STREAM = 'bench_queries';
const SAMPLE = 200_000;
const BATCH = 10_000;
/** Ten million events in 30 days are four a second, of some 70 people who are online; each copy of the sample has people of its own. */
const SAMPLE_RATE = 4;
const USERS = 200;
const CROWDS = 25;

/**
 * Keeps 200,000 simulated events as table `sample`, made by the real writer, and leaves nothing else of them behind. The system must be
 * quiet, and what is stored is gone.
 */
export async function makeSample(databaseUrl: string): Promise<void> {
  const { writerUrl } = await prepareDatabase({ databaseUrl });
  const [owner, pool] = [createPool(databaseUrl, { max: 1, applicationName: 'bench-fill' }), createPool(writerUrl, { max: 2, applicationName: 'bench-fill' })];
  try {
    const claim = await new PartitionLeases(pool, { stream: STREAM }).acquire(0, 'bench');
    const writer = new EventBatchWriter(pool);
    const events = sampleEvents();
    for (let from = 0; from < events.length; from += BATCH) {
      const entry = from / BATCH;
      const written = await writer.write({
        stream: STREAM,
        partition: 0,
        epoch: claim!.epoch,
        previousId: entry === 0 ? '0-0' : `${entry}-0`,
        lastId: `${entry + 1}-0`,
        sequences: new Map([['bench', entry + 1]]),
        items: eventItems(events.slice(from, from + BATCH)),
        positionOf: (index) => ({ entryId: `${entry + 1}-0`, itemIndex: index }),
      });
      if (written.kind !== 'stored') throw new Error(`the sample could not be written: ${JSON.stringify(written)}`);
    }
    await owner.query('CREATE TABLE sample AS SELECT *, row_number() OVER (ORDER BY time, event_id) AS place FROM events');
    await empty(owner);
  } finally {
    await Promise.all([owner.end(), pool.end()]);
  }
}

function sampleEvents(): IngestedEvent[] {
  const startAt = Date.UTC(2026, 0, 1);
  const model = new TrafficModel({ seed: 42, startAt, eventsPerSecond: SAMPLE_RATE, users: USERS, dayCurve: false });
  const events = model.advanceTo(startAt + ((SAMPLE * 1.05) / SAMPLE_RATE) * 1000).slice(0, SAMPLE);
  return events.map(({ context, ...event }) => ({ ...event, project_id: PROJECT, ...context, received_at: event.timestamp }));
}

/** Nothing of a bench is stored any more, and no compactor begins with it. */
async function empty(owner: Pool): Promise<void> {
  await owner.query('DELETE FROM projects WHERE id = $1', [PROJECT]);
  await owner.query('TRUNCATE events, event_counts_10s, event_counts_1m, dimension_counts_1m, endpoint_latency_1m, active_users_1m, ledger');
}

/**
 * Spreads copies of the sample evenly over the last 30 days, with ids and sessions of their own. Only what the planner reads is made of
 * them, not the minute rollups.
 */
export async function fillHistory(databaseUrl: string, events: number): Promise<void> {
  const owner = createPool(databaseUrl, { max: 1, applicationName: 'bench-fill', queryTimeoutMs: 900_000 });
  try {
    await empty(owner);
    await owner.query('SET synchronous_commit = off');
    const { rows } = await owner.query<{ columns: string }>(`
      SELECT string_agg(attname, ', ') AS columns FROM pg_attribute
       WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('time', 'received_at', 'event_id', 'user_id', 'session_id')`);
    const { columns } = rows[0]!;
    const at = `now() - INTERVAL '${HISTORY_DAYS} days' + ($1::bigint * ${SAMPLE} + place) * (INTERVAL '${HISTORY_DAYS} days' / ${events})`;
    for (let copy = 0; copy < Math.ceil(events / SAMPLE); copy++)
      await owner.query(
        `INSERT INTO events (time, received_at, event_id, user_id, session_id, ${columns})
         SELECT ${at}, ${at}, gen_random_uuid(), user_id || '_' || $1 % ${CROWDS}, md5(session_id::text || $1)::uuid, ${columns}
           FROM sample WHERE place <= $2`,
        [copy, events - copy * SAMPLE],
      );
    await owner.query('VACUUM ANALYZE events');
  } finally {
    await owner.end();
  }
}

/** Compacts all that is over. */
export async function compactHistory(databaseUrl: string): Promise<void> {
  const owner = createPool(databaseUrl, { max: 1, applicationName: 'bench-compaction', queryTimeoutMs: 900_000 });
  try {
    // Only now: a pass of the consumer's that knew the project before it was emptied has compacted what little there was then.
    await owner.query('TRUNCATE compactions, stale_quarters, counted_chunks, value_counts, duration_counts, distinct_sketches, event_segments');
    await owner.query('INSERT INTO projects (id, name) VALUES ($1, $1)', [PROJECT]);
    const compactor = new Compactor(owner);
    const isDone = async (): Promise<boolean> =>
      (await owner.query(`SELECT FROM compactions WHERE project_id = $1 AND compacted_through > now() - INTERVAL '20 minutes'`, [PROJECT])).rowCount === 1;
    // The consumer of the pipeline does the same, and the two leave what the other one is at.
    while (!(await isDone())) await compactor.compact();
    await owner.query('VACUUM ANALYZE value_counts, duration_counts, distinct_sketches, event_segments');
    await owner.query('CHECKPOINT');
  } finally {
    await owner.end();
  }
}
