import type { ClientBase } from 'pg';
import { to as copyTo, type CopyToStreamQuery } from 'pg-copy-streams';

/** Signature, flags and the length of nothing more. */
const HEADER_BYTES = 19;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const END = -1;

/** Where the fields of a row are. The object is used again for each row, so it is valid during the call only. */
export interface CopiedRow {
  bytes: Buffer;
  /** Of each field its first byte in `bytes`, and how many there are; -1: null. */
  starts: Int32Array;
  lengths: Int32Array;
}

/**
 * Runs a SELECT by COPY in the binary format: columns come as the bytes they are, where pg would make a text of each, and no object is made
 * for a row. COPY takes no parameters: text comes in as a setting of the transaction, see {@link setProject}, and instants as numbers.
 * @param fields how many columns there are. @param onRow must not wait. The next bytes are read when it is done with those before.
 */
export async function copyRows(client: ClientBase, select: string, fields: number, onRow: (row: CopiedRow) => void): Promise<void> {
  const stream: CopyToStreamQuery & { callback?: () => void } = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  try {
    const parse = rowParser(fields, onRow);
    for await (const chunk of stream as AsyncIterable<Buffer>) parse(chunk);
  } finally {
    // pg limits the time of a statement, and takes this for its end: else the timer would hold the stream, and the process, for as long.
    stream.callback?.();
  }
}

/** @returns what takes the bytes as they come, in pieces of any length. */
function rowParser(fields: number, onRow: (row: CopiedRow) => void): (chunk: Buffer) => void {
  const row: CopiedRow = { bytes: Buffer.alloc(0), starts: new Int32Array(fields), lengths: new Int32Array(fields) };
  let [parts, size, needed]: [Buffer[], number, number] = [[], 0, HEADER_BYTES];
  let headed = false;
  return (chunk) => {
    parts.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    row.bytes = parts.length === 1 ? chunk : Buffer.concat(parts, size);
    let at = headed ? 0 : HEADER_BYTES;
    headed = true;
    for (let next = findRow(row, at); next > 0; next = findRow(row, at)) {
      onRow(row);
      at = next;
    }
    // A row of which only the beginning is here says at least how many bytes more it takes.
    needed = Math.max(1, missingFrom(row, at) - at);
    parts = [row.bytes.subarray(at)];
    size = row.bytes.length - at;
  };
}

/** @returns where the row after the one at `at` begins; 0: that one is not here as a whole, or the end is reached. */
function findRow({ bytes, starts, lengths }: CopiedRow, at: number): number {
  if (at + COUNT_BYTES > bytes.length || bytes.readInt16BE(at) === END) return 0;
  let place = at + COUNT_BYTES;
  for (let field = 0; field < starts.length; field++) {
    if (place + LENGTH_BYTES > bytes.length) return 0;
    const length = bytes.readInt32BE(place);
    starts[field] = place + LENGTH_BYTES;
    lengths[field] = length;
    place += LENGTH_BYTES + Math.max(0, length);
  }
  return place <= bytes.length ? place : 0;
}

/** Up to where bytes must be there before it makes sense to look at the row again. */
function missingFrom({ bytes, starts }: CopiedRow, at: number): number {
  let place = at + COUNT_BYTES;
  for (let field = 0; field < starts.length && place + LENGTH_BYTES <= bytes.length; field++)
    place += LENGTH_BYTES + Math.max(0, bytes.readInt32BE(place));
  return Math.max(place, bytes.length + 1);
}

const PROJECT = 'segments.project_id';

/** A project in a statement of {@link copyRows}: the one of {@link setProject}. */
export const COPIED_PROJECT = `current_setting('${PROJECT}')`;

/** Which project the statements of a transaction are about. */
export async function setProject(client: ClientBase, projectId: string): Promise<void> {
  await client.query('SELECT set_config($1, $2, true)', [PROJECT, projectId]);
}

/** An instant in a statement of {@link copyRows}, by its number; as a constant, so that chunks of another time are not even planned for. */
export const instantSql = (ms: number): string => `'${new Date(ms).toISOString()}'::timestamptz`;
