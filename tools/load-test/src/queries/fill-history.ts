import { TrafficModel, type IngestedEvent } from '@analytics/events';
import { Compactor, createPool, EventBatchWriter, eventItems, PartitionLeases, prepareDatabase } from '@analytics/timescale';

export const PROJECT = 'history';
export const HISTORY_DAYS = 30;

const STREAM = 'bench_queries';
const SAMPLE = 200_000;
const BATCH = 10_000;
/** Ten million events in 30 days are four a second, of some 70 people who are online; each copy of the sample has people of its own. */
const SAMPLE_RATE = 4;
const USERS = 200;
const CROWDS = 25;

/** A new database with all tables on the server at `serverUrl` (the owner's address). @returns the owner's address of it. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const owner = createPool(serverUrl, { max: 1, applicationName: 'bench-fill' });
  await owner.query(`CREATE DATABASE ${name}`).finally(() => owner.end());
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
}

/** Keeps 200,000 simulated events as table `sample`, made by the real writer, and leaves nothing else of them behind. */
async function makeSample(databaseUrl: string): Promise<void> {
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
    await owner.query('TRUNCATE events, event_counts_10s, event_counts_1m, dimension_counts_1m, endpoint_latency_1m, active_users_1m, ledger');
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

/** The history is as long as its name says, and goes on while questions are asked: so the present has events as the past has. */
const AHEAD = '30 minutes';

/**
 * Spreads copies of 200,000 simulated events evenly over 30 days, with ids and sessions of their own. Only what the planner reads is made
 * of them, not the minute rollups.
 * @param databaseUrl of a new database.
 */
export async function fillHistory(databaseUrl: string, events: number): Promise<void> {
  await makeSample(databaseUrl);
  const owner = createPool(databaseUrl, { max: 1, applicationName: 'bench-fill', queryTimeoutMs: 900_000 });
  try {
    await owner.query('SET synchronous_commit = off');
    const { rows } = await owner.query<{ columns: string }>(`
      SELECT string_agg(attname, ', ') AS columns FROM pg_attribute
       WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('time', 'received_at', 'event_id', 'user_id', 'session_id')`);
    const { columns } = rows[0]!;
    const endsAt = `to_timestamp(${Date.now() / 1000}) + INTERVAL '${AHEAD}'`;
    const at = `${endsAt} - ($2::bigint - $1::bigint * ${SAMPLE} - place) * (INTERVAL '${HISTORY_DAYS} days' / ${events})`;
    for (let copy = 0; copy < Math.ceil(events / SAMPLE); copy++)
      await owner.query(
        `INSERT INTO events (time, received_at, event_id, user_id, session_id, ${columns})
         SELECT ${at}, ${at}, gen_random_uuid(), user_id || '_' || $1 % ${CROWDS}, md5(session_id::text || $1)::uuid, ${columns}
           FROM sample WHERE place <= $2::bigint - $1 * ${SAMPLE}`,
        [copy, events],
      );
    await owner.query('VACUUM ANALYZE events');
  } finally {
    await owner.end();
  }
}

/** Compacts all that is over by now. */
export async function compactHistory(databaseUrl: string): Promise<void> {
  const owner = createPool(databaseUrl, { max: 1, applicationName: 'bench-compaction', queryTimeoutMs: 900_000 });
  try {
    await owner.query('INSERT INTO projects (id, name) VALUES ($1, $1) ON CONFLICT DO NOTHING', [PROJECT]);
    const compactor = new Compactor(owner);
    const isDone = async (): Promise<boolean> =>
      (await owner.query(`SELECT FROM compactions WHERE project_id = $1 AND compacted_through > now() - INTERVAL '8 minutes'`, [PROJECT])).rowCount === 1;
    do await compactor.compact();
    while (!(await isDone()));
    await owner.query('VACUUM ANALYZE value_counts, duration_counts, distinct_sketches, event_segments');
    await owner.query('CHECKPOINT');
  } finally {
    await owner.end();
  }
}
