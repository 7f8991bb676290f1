/**
 * The statements of one batch, in the order in which EventBatchWriter runs them. Each has a name, so a connection parses and plans
 * it once. Rows come as one array for each column.
 *
 * Rollup rows are grouped once more here: two strings that differ in JavaScript (halves of surrogate pairs) can be one text in the
 * database, and ON CONFLICT refuses to touch a row twice. And they are sorted, so that two transactions that want the same rows may
 * wait for each other but never deadlock.
 */

import { EVENT_COLUMNS } from './event-row.encoder.js';

export interface Statement {
  name: string;
  text: string;
}

export const COPY_EVENTS = `COPY events (${EVENT_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`;

/** Moves the partition's offset only from where this batch begins and only for the owner of the epoch: the compare-and-set. */
export const ADVANCE_OFFSET: Statement = {
  name: 'advance_offset',
  text: `
    UPDATE stream_offsets
       SET last_id = $5, events_stored = events_stored + $6, dead_letters = dead_letters + $7, updated_at = now()
     WHERE stream = $1 AND partition = $2 AND epoch = $3 AND last_id = $4`,
};

/** Waits for a transaction that has moved the offset and not yet ended, so the answer is final. */
export const READ_OFFSET: Statement = {
  name: 'read_offset',
  text: `
    SELECT epoch, last_id FROM stream_offsets
     WHERE stream = $1 AND partition = $2
       FOR UPDATE`,
};

const addTypeCounts = (rollup: string): Statement => ({
  name: `add_${rollup}`,
  text: `
    INSERT INTO ${rollup} AS kept (project_id, bucket, partition, event_type, events)
    SELECT project_id, to_timestamp(second), $1, event_type, sum(events)
      FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[]) AS added (project_id, second, event_type, events)
     GROUP BY project_id, second, event_type
     ORDER BY project_id, second, event_type
    ON CONFLICT (project_id, bucket, partition, event_type) DO UPDATE SET events = kept.events + excluded.events`,
});

export const ADD_COUNTS_10S = addTypeCounts('event_counts_10s');
export const ADD_COUNTS_1M = addTypeCounts('event_counts_1m');

export const ADD_DIMENSIONS: Statement = {
  name: 'add_dimension_counts_1m',
  text: `
    INSERT INTO dimension_counts_1m AS kept (project_id, bucket, partition, dimension, value, events)
    SELECT project_id, to_timestamp(second), $1, dimension, value, sum(events)
      FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[]) AS added (project_id, second, dimension, value, events)
     GROUP BY project_id, dimension, second, value
     ORDER BY project_id, dimension, second, value
    ON CONFLICT (project_id, dimension, bucket, partition, value) DO UPDATE SET events = kept.events + excluded.events`,
};

export const ADD_LATENCIES: Statement = {
  name: 'add_endpoint_latency_1m',
  text: `
    INSERT INTO endpoint_latency_1m AS kept (project_id, bucket, partition, endpoint, latency_bucket, events)
    SELECT project_id, to_timestamp(second), $1, endpoint, latency_bucket, sum(events)
      FROM unnest($2::text[], $3::bigint[], $4::text[], $5::smallint[], $6::bigint[])
        AS added (project_id, second, endpoint, latency_bucket, events)
     GROUP BY project_id, second, endpoint, latency_bucket
     ORDER BY project_id, second, endpoint, latency_bucket
    ON CONFLICT (project_id, bucket, partition, endpoint, latency_bucket) DO UPDATE SET events = kept.events + excluded.events`,
};

export const ADD_ACTIVE_USERS: Statement = {
  name: 'add_active_users_1m',
  text: `
    INSERT INTO active_users_1m (project_id, bucket, user_id)
    SELECT project_id, to_timestamp(second), user_id
      FROM unnest($1::text[], $2::bigint[], $3::text[]) AS seen (project_id, second, user_id)
     ORDER BY project_id, second, user_id
    ON CONFLICT DO NOTHING`,
};

export const ADVANCE_SEQUENCES: Statement = {
  name: 'advance_sequences',
  text: `
    INSERT INTO producer_sequences AS kept (stream, partition, producer, last_sequence)
    SELECT $1, $2, producer, last_sequence
      FROM unnest($3::text[], $4::bigint[]) AS applied (producer, last_sequence)
    ON CONFLICT (stream, partition, producer)
    DO UPDATE SET last_sequence = greatest(kept.last_sequence, excluded.last_sequence), updated_at = now()`,
};

export const BURY_DEAD_LETTERS: Statement = {
  name: 'bury_dead_letters',
  text: `
    INSERT INTO dead_letters (stream, partition, entry_id, item_index, project_id, event_id, reason, payload)
    SELECT $1, $2, entry_id, item_index, project_id, event_id, reason, decode(payload, 'base64')
      FROM unnest($3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[])
        AS dead (entry_id, item_index, project_id, event_id, reason, payload)
    ON CONFLICT DO NOTHING`,
};
