import type { Pool, PoolClient } from 'pg';
import { inTransaction, queryRows } from '../postgres-pool.js';
import { eventSetSql, type EventSet } from './event-set.js';
import { fieldSql, type FieldName } from './fields.js';
import { SNAPSHOT } from './metrics.reader.js';
import { SqlParameters } from './sql-parameters.js';

/** Columns of an export that are no fields of the language. */
export const EXPORT_ONLY_COLUMNS = ['event_id', 'timestamp', 'received_at', 'properties'] as const;
export type ExportColumn = (typeof EXPORT_ONLY_COLUMNS)[number] | FieldName;

/** A value of a column; null: the event lacks it. `properties` is the object as it was sent. */
export type ExportValue = string | number | boolean | Record<string, unknown> | null;

export interface ExportRows {
  /** How many rows there are, counted in the same snapshot. */
  count: number;
  /** Read as fast as they are taken, newest first. */
  rows: AsyncIterable<ExportValue[]>;
}

/** So many rows are in memory at a time. */
const ROWS_A_FETCH = 1000;
/** Longer than a question may take: few matching events among many, read by a client that is slow. */
const PATIENCE = `SET LOCAL statement_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '60s'`;

const INSTANT = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ONLY: ReadonlyMap<string, string> = new Map<string, string>([
  ['event_id', 'event_id'],
  ['timestamp', INSTANT('time')],
  ['received_at', INSTANT('received_at')],
  ['properties', 'properties'],
] satisfies [(typeof EXPORT_ONLY_COLUMNS)[number], string][]);

/** Gives all events of a set, of one snapshot, without ever holding them all. */
export class ExportReader {
  /** @param pool one of its own: an export keeps its connection for as long as its client takes. */
  constructor(private readonly pool: Pool) {}

  /** @param write is given the rows, and may stop taking them; rows cannot be read after it has ended. */
  async export<T>(set: EventSet, columns: readonly ExportColumn[], write: (rows: ExportRows) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      await client.query(PATIENCE);
      const count = await countEvents(client, set);
      const parameters = new SqlParameters(set);
      const selected = columns.map((column, index) => `${columnSql(column, parameters)} AS c${index}`).join(', ');
      await client.query(
        `DECLARE export NO SCROLL CURSOR FOR
         SELECT ${selected} FROM events WHERE ${eventSetSql(set, parameters)} ORDER BY time DESC, event_id DESC`,
        parameters.values,
      );
      return write({ count, rows: fetchRows(client) });
    });
  }
}

async function countEvents(client: PoolClient, set: EventSet): Promise<number> {
  const parameters = new SqlParameters(set);
  const [row] = await queryRows<{ count: number }>(client, `SELECT count(*) AS count FROM events WHERE ${eventSetSql(set, parameters)}`, parameters.values);
  return row!.count;
}

async function* fetchRows(client: PoolClient): AsyncGenerator<ExportValue[]> {
  while (true) {
    const { rows } = await client.query<ExportValue[]>({ text: `FETCH ${ROWS_A_FETCH} FROM export`, rowMode: 'array' });
    yield* rows;
    if (rows.length < ROWS_A_FETCH) return;
  }
}

/** Numbers stay numbers; a property stays what it was in JSON. */
function columnSql(column: ExportColumn, parameters: SqlParameters): string {
  const only = ONLY.get(column);
  if (only !== undefined) return only;
  const { text, number, alwaysNumber } = fieldSql(column as FieldName, parameters);
  if (alwaysNumber && number !== undefined) return number;
  return number === undefined ? text : `CASE WHEN (${text}) IS NOT NULL THEN properties -> ${parameters.add(column.slice('properties.'.length), 'text')} END`;
}
