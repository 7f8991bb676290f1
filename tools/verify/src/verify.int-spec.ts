import { startPrivatePipeline, type PrivatePipeline } from '@analytics/start';
import { createPool } from '@analytics/timescale';
import type { Pool } from 'pg';
import { COUNTRY_HEADER, mixedStream, type MixedStream } from './mixed-stream.js';
import { compareAll, publish } from './verify-run.js';

describe('the system, given a stream whose every answer is known,', () => {
  let pipeline: PrivatePipeline;
  let owner: Pool;
  let stream: MixedStream;
  let answered: Awaited<ReturnType<typeof publish>>;

  beforeAll(async () => {
    pipeline = await startPrivatePipeline({ env: { TRUSTED_COUNTRY_HEADER: COUNTRY_HEADER } });
    owner = createPool(pipeline.databaseUrl, { max: 1, applicationName: 'verify-spec' });
    stream = mixedStream({ seed: 7, events: 4_000, to: Date.now() });
    answered = await publish(pipeline, stream);
  });
  afterAll(async () => {
    await owner?.end();
    await pipeline?.stop();
  });

  const differing = async (): Promise<Record<string, string[]>> =>
    Object.fromEntries(
      (await compareAll(pipeline, stream, answered)).filter(({ found }) => found.length > 0).map(({ panel, found }) => [panel, found]),
    );

  it('answers on every panel exactly what the seed predicts, late, repeated and wrong events included', async () => {
    expect([stream.duplicates > 50, stream.invalid > 50]).toEqual([true, true]);
    expect(await differing()).toEqual({});
  });

  // One row in the hour that most panels show; active_users_1m has no counts, so a user is added.
  const oneRowOf = (table: string): string => `bucket = (SELECT max(bucket) FROM ${table} WHERE bucket < now() - interval '20 minutes')`;
  it.each([
    ['event_counts_10s', `UPDATE event_counts_10s SET events = events + 1 WHERE ${oneRowOf('event_counts_10s')}`, /^series of 10s/],
    ['event_counts_1m', `UPDATE event_counts_1m SET events = events + 1 WHERE ${oneRowOf('event_counts_1m')}`, /^series of 1m/],
    [
      'dimension_counts_1m',
      `UPDATE dimension_counts_1m SET events = events + 1 WHERE dimension = 'page' AND ${oneRowOf('dimension_counts_1m')}`,
      /^top pages/,
    ],
    ['endpoint_latency_1m', `UPDATE endpoint_latency_1m SET latency_bucket = latency_bucket + 1000`, /^top endpoints/],
    [
      'active_users_1m',
      `INSERT INTO active_users_1m (project_id, bucket, user_id) SELECT 'demo', max(bucket), 'nobody' FROM active_users_1m`,
      /^summary/,
    ],
    ['ledger', `UPDATE ledger SET stored = stored - 1`, /^ledger/],
    ['events', `DELETE FROM events WHERE received_at = (SELECT max(received_at) FROM events)`, /^recent/],
  ])('is caught when a row of %s is changed', async (table, mutation, panel) => {
    await owner.query(`CREATE UNLOGGED TABLE kept AS TABLE ${table}`);
    try {
      expect((await owner.query(mutation)).rowCount).toBeGreaterThan(0);
      expect(Object.keys(await differing())).toContainEqual(expect.stringMatching(panel));
    } finally {
      await owner.query(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept; DROP TABLE kept`);
    }
  });
});
