import type { PoolClient } from 'pg';
import { copyRows, setProject } from './copy-rows.js';
import { SegmentEncoder, type EncodedSegment } from './segment.encoder.js';
import { ADD_SEGMENT, DELETE_SEGMENTS, rawRows, SEGMENT_COLUMNS } from './segment-statements.js';

/** The segments that the raw events of a range make, as of now. @param from, to quarters of an hour, ms since 1970 */
export async function encodeEvents(client: PoolClient, projectId: string, from: number, to: number): Promise<EncodedSegment[]> {
  const encoder = new SegmentEncoder(SEGMENT_COLUMNS.length);
  await setProject(client, projectId);
  await copyRows(client, rawRows(SEGMENT_COLUMNS, from, to), SEGMENT_COLUMNS.length + 1, (row) => encoder.add(row));
  return encoder.end();
}

/** Replaces the segments of some quarters, in the compactor's transaction. @param from, to as in {@link encodeEvents} */
export async function fillSegments(client: PoolClient, projectId: string, from: number, to: number): Promise<void> {
  await client.query(DELETE_SEGMENTS, [projectId, new Date(from), new Date(to)]);
  for (const { quarter, part, events, times, columns } of await encodeEvents(client, projectId, from, to))
    await client.query(ADD_SEGMENT, [projectId, new Date(quarter / 1000), part, events, times, ...columns]);
}
