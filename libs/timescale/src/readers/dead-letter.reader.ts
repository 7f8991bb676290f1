import { isUtf8 } from 'node:buffer';
import { queryRows, type Queryable } from '../postgres-pool.js';

/**
 * What has become of a dead letter: `dead` at first; `replayed` once its event is stored, `discarded` once somebody has decided that it
 * never will be. Neither of the two changes again.
 */
export type DeadLetterState = 'dead' | 'replayed' | 'discarded';

export interface StoredDeadLetter {
  id: number;
  state: DeadLetterState;
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
  /** When it was replayed or discarded, ISO 8601; `null` while it is dead. */
  resolvedAt: string | null;
}

/** Which dead letters; what is left out does not narrow. */
export interface DeadLetterFilter {
  state?: DeadLetterState;
  /** Text that the reason contains, in upper or lower case. */
  reason?: string;
  projectId?: string;
}

export interface DeadLetterListQuery extends DeadLetterFilter {
  /** Letters at most. */
  limit: number;
  /** Only letters with a lower id: the last `id` of the page before. */
  before?: number;
}

interface DeadLetterRow {
  id: number;
  state: DeadLetterState;
  stream: string;
  partition: number;
  entry_id: string;
  item_index: number | null;
  project_id: string | null;
  event_id: string | null;
  reason: string;
  payload: Buffer;
  dead_at: Date;
  resolved_at: Date | null;
}

/** Reasons quote what came, so there may be as many as letters. */
const LISTED_REASONS = 100;

const COLUMNS = 'id, state, stream, partition, entry_id, item_index, project_id, event_id, reason, payload, dead_at, resolved_at';

const FILTER = `
  ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR project_id = $2)
  AND ($3::text IS NULL OR strpos(lower(reason), lower($3)) > 0)`;

const NEWEST = `
  SELECT ${COLUMNS} FROM dead_letters
   WHERE ${FILTER} AND ($4::bigint IS NULL OR id < $4)
   ORDER BY id DESC
   LIMIT $5`;

const ONE = `SELECT ${COLUMNS} FROM dead_letters WHERE id = $1 AND ($2::text IS NULL OR project_id = $2)`;

const COUNT_BY_REASON = `
  SELECT reason, count(*) AS count FROM dead_letters
   WHERE ${FILTER}
   GROUP BY reason
   ORDER BY count DESC, reason
   LIMIT ${LISTED_REASONS}`;

const COUNT = `SELECT count(*) AS count FROM dead_letters WHERE ${FILTER}`;

/** Answers "what could not be stored, why, and what has become of it?". */
export class DeadLetterReader {
  constructor(private readonly db: Queryable) {}

  /** Newest first. */
  async list({ limit, before, ...filter }: DeadLetterListQuery): Promise<StoredDeadLetter[]> {
    const rows = await queryRows<DeadLetterRow>(this.db, NEWEST, [...filterValues(filter), before ?? null, limit]);
    return rows.map(toDeadLetter);
  }

  /** @param projectId the only project whose letters are looked at; `null`: all. @returns `null` when there is none of this id. */
  async get(id: number, projectId: string | null = null): Promise<StoredDeadLetter | null> {
    const [row] = await queryRows<DeadLetterRow>(this.db, ONE, [id, projectId]);
    return row ? toDeadLetter(row) : null;
  }

  async count(filter: DeadLetterFilter = {}): Promise<number> {
    const [row] = await queryRows<{ count: number }>(this.db, COUNT, filterValues(filter));
    return row?.count ?? 0;
  }

  /** The 100 most frequent reasons, most frequent first. */
  async countByReason(filter: DeadLetterFilter = {}): Promise<{ reason: string; count: number }[]> {
    return queryRows<{ reason: string; count: number }>(this.db, COUNT_BY_REASON, filterValues(filter));
  }
}

const filterValues = ({ state, projectId, reason }: DeadLetterFilter): unknown[] => [state ?? null, projectId ?? null, reason ?? null];

const toDeadLetter = (row: DeadLetterRow): StoredDeadLetter => ({
  id: row.id,
  state: row.state,
  stream: row.stream,
  partition: row.partition,
  entryId: row.entry_id,
  itemIndex: row.item_index,
  projectId: row.project_id,
  eventId: row.event_id,
  reason: row.reason,
  ...readable(row.payload),
  deadAt: row.dead_at.toISOString(),
  resolvedAt: row.resolved_at?.toISOString() ?? null,
});

const readable = (payload: Buffer): Pick<StoredDeadLetter, 'payload' | 'payloadEncoding'> =>
  isUtf8(payload)
    ? { payload: payload.toString('utf8'), payloadEncoding: 'text' }
    : { payload: payload.toString('base64'), payloadEncoding: 'base64' };
