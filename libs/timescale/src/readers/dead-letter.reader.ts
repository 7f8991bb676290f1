import { isUtf8 } from 'node:buffer';
import { queryRows, type Queryable } from '../postgres-pool.js';

export interface StoredDeadLetter {
  id: number;
  stream: string;
  partition: number;
  entryId: string;
  /** Place in the entry's pack; `null`: the entry as a whole. */
  itemIndex: number | null;
  projectId: string | null;
  eventId: string | null;
  reason: string;
  payload: string;
  /** `text` where the payload is valid UTF-8, else `base64`. */
  payloadEncoding: 'text' | 'base64';
  /** ISO 8601. */
  deadAt: string;
}

interface DeadLetterRow {
  id: number;
  stream: string;
  partition: number;
  entry_id: string;
  item_index: number | null;
  project_id: string | null;
  event_id: string | null;
  reason: string;
  payload: Buffer;
  dead_at: Date;
}

const NEWEST_DEAD_LETTERS = `
  SELECT id, stream, partition, entry_id, item_index, project_id, event_id, reason, payload, dead_at
    FROM dead_letters
   ORDER BY id DESC
   LIMIT $1`;

/** Answers "what could not be stored, and why?", newest first. */
export class DeadLetterReader {
  constructor(private readonly db: Queryable) {}

  async list({ limit }: { limit: number }): Promise<StoredDeadLetter[]> {
    const rows = await queryRows<DeadLetterRow>(this.db, NEWEST_DEAD_LETTERS, [limit]);
    return rows.map((row) => ({
      id: row.id,
      stream: row.stream,
      partition: row.partition,
      entryId: row.entry_id,
      itemIndex: row.item_index,
      projectId: row.project_id,
      eventId: row.event_id,
      reason: row.reason,
      ...readable(row.payload),
      deadAt: row.dead_at.toISOString(),
    }));
  }
}

const readable = (payload: Buffer): Pick<StoredDeadLetter, 'payload' | 'payloadEncoding'> =>
  isUtf8(payload)
    ? { payload: payload.toString('utf8'), payloadEncoding: 'text' }
    : { payload: payload.toString('base64'), payloadEncoding: 'base64' };
