import { filterSql, type Filter } from './filter-sql.js';
import type { SqlParameters } from './sql-parameters.js';
import type { TimeRange } from './time-range.js';

/** Events that a question is about, before anything is measured. */
export interface EventSet {
  projectId: string;
  range: TimeRange;
  /** Default: all events of the range. */
  filter?: Filter | undefined;
  /** IANA zone of the fields `hour_of_day` and `day_of_week`, and of calendar days. */
  timeZone: string;
}

/** The set as a condition on rows of `events`. */
export function eventSetSql({ projectId, range, filter }: EventSet, parameters: SqlParameters): string {
  const [from, to] = [parameters.add(range.from, 'timestamptz'), parameters.add(range.to, 'timestamptz')];
  const matching = filter ? filterSql(filter, parameters) : 'TRUE';
  return `project_id = ${parameters.add(projectId, 'text')} AND time >= ${from} AND time < ${to} AND ${matching}`;
}

/** What is followed through time: a user, or a session (events without one are left out). */
export type EntityKind = 'user' | 'session';

/** The columns that tell entities apart. */
export const ENTITY_COLUMNS: Readonly<Record<EntityKind, string>> = { user: 'user_id', session: 'session_id' };
