import { ENDPOINT, textProperty } from '../rollups/rollup-definitions.js';
import type { SqlParameters } from './sql-parameters.js';

/** Fields with a name of their own, of every event. */
export type BuiltInField =
  | 'type'
  | 'page_path'
  | 'page_host'
  | 'referrer_host'
  | 'button'
  | 'endpoint'
  | 'method'
  | 'error_type'
  | 'status_code'
  | 'status_class'
  | 'browser'
  | 'os'
  | 'device'
  | 'country'
  | 'user'
  | 'session'
  | 'duration_ms'
  | 'hour_of_day'
  | 'day_of_week';

/** What can be asked about an event: filters, dimensions, and the values that are summed or averaged. */
export type FieldName = BuiltInField | `properties.${string}`;

/** A field as SQL over `events`; each expression is null where an event lacks the field. */
export interface FieldSql {
  /** The value as text: what rows of a breakdown are named by. */
  text: string;
  /** The value as float8; undefined for fields that are never numbers. */
  number?: string;
  /** The field is a number and nothing else, so texts are compared with it as numbers. */
  alwaysNumber?: boolean;
}

/**
 * A JSON number whose plain decimal form has more characters does not count as a number: this keeps float8 and its sums and squares
 * away from overflow and underflow, which are errors in PostgreSQL. JSON takes 1e-400, and jsonb keeps it.
 */
const MOST_DIGITS = 100;

const numberAt = (key: string): string =>
  `CASE WHEN jsonb_typeof(properties -> ${key}) = 'number' AND length(properties ->> ${key}) <= ${MOST_DIGITS}
        THEN (properties ->> ${key})::float8 END`;

const scalarAt = (key: string): string =>
  `CASE WHEN jsonb_typeof(properties -> ${key}) IN ('string', 'number', 'boolean') THEN properties ->> ${key} END`;

const STATUS_CODE = numberAt(`'status_code'`);
const DURATION_MS = numberAt(`'duration_ms'`);

const numeric = (number: string): FieldSql => ({ text: `(${number})::text`, number, alwaysNumber: true });

const BUILT_IN: ReadonlyMap<string, FieldSql> = new Map<BuiltInField, FieldSql>([
  ['type', { text: 'event_type' }],
  ['page_path', { text: 'page_path' }],
  ['page_host', { text: 'page_host' }],
  ['referrer_host', { text: 'referrer_host' }],
  ['button', { text: textProperty('button_id') }],
  ['endpoint', { text: ENDPOINT }],
  ['method', { text: textProperty('method') }],
  ['error_type', { text: textProperty('error_type') }],
  ['status_code', numeric(STATUS_CODE)],
  [
    'status_class',
    { text: `CASE WHEN (${STATUS_CODE}) >= 100 AND (${STATUS_CODE}) < 600 THEN floor((${STATUS_CODE}) / 100)::text || 'xx' END` },
  ],
  ['browser', { text: 'browser' }],
  ['os', { text: 'os' }],
  ['device', { text: 'device' }],
  ['country', { text: 'country' }],
  ['user', { text: 'user_id' }],
  ['session', { text: 'session_id::text' }],
  ['duration_ms', numeric(DURATION_MS)],
]);

/** By the clocks of the statement's zone. 1970 began on a Thursday. */
const LOCAL: ReadonlyMap<string, (localTime: string) => string> = new Map<BuiltInField, (localTime: string) => string>([
  ['hour_of_day', (localTime) => `mod(floor(${localTime} / 3600)::bigint, 24)::float8`],
  ['day_of_week', (localTime) => `(mod(floor(${localTime} / 86400)::bigint + 3, 7) + 1)::float8`],
]);

const PROPERTY = 'properties.';

/**
 * The SQL of a field. What follows the first dot of `properties.…` is one top-level key, whatever is in it, and becomes a parameter.
 * @throws {RangeError} for a field that does not exist: names are checked at the edge.
 */
export function fieldSql(field: FieldName, parameters: SqlParameters): FieldSql {
  if (field.startsWith(PROPERTY)) {
    const key = parameters.add(field.slice(PROPERTY.length), 'text');
    return { text: scalarAt(key), number: numberAt(key) };
  }
  const local = LOCAL.get(field);
  if (local) return numeric(local(parameters.localTime));
  const sql = BUILT_IN.get(field);
  if (!sql) throw new RangeError(`there is no field ${field}`);
  return sql;
}

/**
 * A field that is compared or computed with as a number.
 * @throws {RangeError} for one that is never a number: fields are checked at the edge.
 */
export const numberSql = (field: FieldName, parameters: SqlParameters): string => numberOf(field, fieldSql(field, parameters));

/** The same of a field whose SQL is known. */
export function numberOf(field: FieldName, { number }: FieldSql): string {
  if (number === undefined) throw new RangeError(`the field ${field} is not a number`);
  return number;
}
